"""Settings as TOML: those in force, and a file that explains each of them."""

from __future__ import annotations

import textwrap
from typing import get_args

from httptui.plan.io import toml_value
from httptui.tui.panels.columns import COLUMNS
from httptui.tui.settings import USUAL, Settings, ThemeName, variable_of

WORDS = {
    "theme": "One of " + ", ".join(get_args(ThemeName)) + ". Without it, the one chosen last in the app.",
    "blocks": "Draw lines in block characters, for a font without braille.",
    "reduced_motion": "Nothing glides or fades.",
    "frames_per_second": "Pictures a second, 1 to 10; fewer spare a slow connection.",
    "precedence": "Where a run has filled the machine, the screen comes before the load, so that keys are answered; "
    "only Linux does it, and only for who may (root, CAP_SYS_NICE, ulimit -r 1).",
    "columns": "The columns that the table may show: "
    + ", ".join(column.name for column in COLUMNS)
    + ". Without it, the usual ones.",
    "clipboard": '"osc52" hands what y copies to the terminal, "file" writes it beside the reports.',
    "hints": "Whether a newcomer is told the first keys.",
    "keymap": '"httptui config keys" lists the actions; several keys are joined by commas.',
}
EXAMPLES = {"theme": '"dark"', "columns": '["req/s", "p50", "p99", "errors"]'}
KEYMAP_EXAMPLE = '"run.stop" = "s,f9"'


def settings_to_toml(settings: Settings) -> str:
    """The settings as TOML that reads back to equal ones."""
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__ if name != "keymap"}
    lines = [f"{name} = {toml_value(value)}" for name, value in values.items() if value not in (None, ())]
    if settings.keymap:
        lines += [
            "",
            "[keymap]",
            *(f"{toml_value(name)} = {toml_value(keys)}" for name, keys in settings.keymap.items()),
        ]
    return "\n".join(lines) + "\n"


def commented_settings() -> str:
    """A file in which every setting is explained and none is set."""
    lines = [
        "# Settings of httptui. Whatever is set here can be set for once by a variable of the environment."
    ]
    for name in Settings.__struct_fields__:
        if name == "keymap":
            continue
        words = textwrap.wrap(f"{WORDS[name]} ({variable_of(name)})", 100)
        lines += ["", *(f"# {line}" for line in words)]
        lines.append(f"# {name} = {EXAMPLES.get(name) or toml_value(getattr(USUAL, name))}")
    lines += ["", f"# {WORDS['keymap']}", "[keymap]", f"# {KEYMAP_EXAMPLE}"]
    return "\n".join(lines) + "\n"
