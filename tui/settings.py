"""Settings of the app: one TOML file of the user's, over it `HTTPTUI_…` in the environment, checked once and wholly.

The file is `config.toml` in the user's config folder, or the one that `HTTPTUI_CONFIG` names.  Only its user writes
to it; `httptui.tui.memory` keeps the app's own choices.
"""

from __future__ import annotations

import json
import os
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
import platformdirs
from msgspec import Meta, Struct

from httptui.engines.files import TooLongError
from httptui.errors import HttptuiError
from httptui.plan.decode import did_you_mean, type_problems
from httptui.plan.io import toml_value
from httptui.safe_text import safe_text
from httptui.text_files import NOT_TEXT, read_text
from httptui.tui.panels.columns import BY_NAME, COLUMNS

CONFIG_VARIABLE = "HTTPTUI_CONFIG"
MOST_BYTES = 64 * 1024
MOST_DIGITS = 10
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")

ThemeName = Literal["dark", "light", "high-contrast-dark", "high-contrast-light", "ansi-dark", "ansi-light"]
Frames = Annotated[int, Meta(ge=1, le=10)]
Clipboard = Literal["osc52", "file"]


class SettingsError(HttptuiError):
    """Settings that cannot be used; a line for each problem."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the app looks and behaves.

    `theme`: None stands for the one chosen last in the app, or the dark one.  `blocks`: lines are drawn in blocks,
    for a font without braille.  `reduced_motion`: nothing glides.  `keymap`: keys, joined by commas, for the ids of
    actions.  `columns`: those that the table of contenders may show, the usual ones where there are none.
    `precedence`: the screen comes before the load where a run has filled the machine.
    `clipboard`: whether what is copied goes to the terminal (OSC 52) or into a file.  `hints`: whether a newcomer is
    told the first keys.
    """

    theme: ThemeName | None = None
    blocks: bool = False
    reduced_motion: bool = False
    frames_per_second: Frames = 4
    precedence: bool = True
    columns: tuple[str, ...] = ()
    clipboard: Clipboard = "osc52"
    hints: bool = True
    keymap: dict[str, str] = {}


USUAL = Settings()
"""The defaults."""


def settings_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the path of the settings, which need not exist."""
    named = environ.get(CONFIG_VARIABLE)
    return Path(named) if named else platformdirs.user_config_path("httptui", appauthor=False) / "config.toml"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings in force; SettingsError names every problem and where it is."""
    path = settings_path(environ)
    settings = settings_from_toml(_read(path, required=CONFIG_VARIABLE in environ), safe_text(str(path)))
    return _with_environment(settings, environ)


def settings_from_toml(text: str, where: str = "settings") -> Settings:
    """Decode and check settings in TOML; `where` is told in front of every problem."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{where}: not valid TOML: {safe_text(str(error))}") from None
    if problems := (*type_problems(table, Settings, "settings"), *_column_problems(table.get("columns"))):
        raise SettingsError("\n".join(f"{where}: {problem}" for problem in problems))
    return msgspec.convert(table, Settings)


def settings_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the settings."""
    schema = json.loads(msgspec.json.encode(msgspec.json.schema(Settings)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "httptui settings", **schema}


def variable_of(field: str) -> str:
    """Return the environment variable that overrides a setting."""
    return f"HTTPTUI_{field.upper()}"


def _read(path: Path, *, required: bool) -> str:
    where = safe_text(str(path))
    try:
        return read_text(path, MOST_BYTES)
    except FileNotFoundError:
        if required:
            raise SettingsError(f"{where}: there is no such file, but {CONFIG_VARIABLE} names it") from None
        return ""
    except UnicodeDecodeError:
        raise SettingsError(f"{where}: {NOT_TEXT}") from None
    except TooLongError as error:
        raise SettingsError(f"{where}: {error.strerror}") from None
    except OSError as error:
        raise SettingsError(f"{where}: cannot be read: {error.strerror}") from None


def _column_problems(columns: object) -> list[str]:
    named = columns if isinstance(columns, list) else []
    known = list(BY_NAME)
    problems = [
        f'columns[{index}]: no column is called "{safe_text(name, 60)}"'
        f"{did_you_mean(name, known) or '; there are ' + ', '.join(known)}"
        for index, name in enumerate(named)
        if isinstance(name, str) and name not in BY_NAME
    ]
    twice = {name for name in named if named.count(name) > 1 and isinstance(name, str)}
    return problems + [f'columns: "{safe_text(name, 60)}" is given twice' for name in sorted(twice)]


def _with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Return the settings, overridden by the environment; the keymap comes only from the file."""
    table: dict[str, Any] = {}
    for name in Settings.__struct_fields__:
        given = environ.get(variable_of(name))
        if given and name != "keymap":
            table[name] = _typed(name, given)
    problems = (*type_problems(table, Settings), *_column_problems(table.get("columns")))
    if problems:
        raise SettingsError("\n".join(_told_by_variable(problem) for problem in problems))
    return msgspec.convert(msgspec.to_builtins(settings) | table, Settings)


def _typed(name: str, text: str) -> object:
    """Convert a variable's text; one that cannot be converted stays text, which the checks then refuse."""
    if name == "columns":
        return [word.strip() for word in text.split(",")]
    if name == "frames_per_second":
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else text
    if isinstance(getattr(USUAL, name), bool) and text.lower() in (*YES, *NO):
        return text.lower() in YES
    return text


def _told_by_variable(problem: str) -> str:
    field, colon, words = problem.partition(":")
    name, bracket, index = field.partition("[")
    return f"{variable_of(name)}{bracket}{index}{colon}{words}"


WORDS = {
    "theme": "One of " + ", ".join(get_args(ThemeName)) + ". Without it, the one chosen last in the app.",
    "blocks": "Draw lines in block characters, for a font without braille.",
    "reduced_motion": "Nothing glides or fades.",
    "frames_per_second": "Pictures a second, 1 to 10; fewer spare a slow connection.",
    "precedence": "While a run saturates the machine, schedule the screen before the load, so that keys respond; "
    "Linux only, with permission (root, CAP_SYS_NICE, ulimit -r 1).",
    "columns": "The columns that the table may show: "
    + ", ".join(column.name for column in COLUMNS)
    + ". Without it, the usual ones.",
    "clipboard": '"osc52" hands what y copies to the terminal, "file" writes it beside the reports.',
    "hints": "Show first-time users the most important keys.",
    "keymap": '"httptui config keys" lists the actions; several keys are joined by commas.',
}
EXAMPLES = {"theme": '"dark"', "columns": '["req/s", "p50", "p99", "errors"]'}
KEYMAP_EXAMPLE = '"run.stop" = "s,f9"'


def settings_to_toml(settings: Settings) -> str:
    """Write the settings as TOML that reads back to equal ones."""
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
    """Write a file that explains every setting and sets none."""
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
