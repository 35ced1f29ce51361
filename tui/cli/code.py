"""`httptui code`: a contender as a script in its library's own idiom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from httptui.errors import PlanError
from httptui.safe_text import safe_text
from httptui.tui.cli import completion
from httptui.tui.cli.plan_options import PlanCommand, plan_options
from httptui.tui.cli.streams import columns, put_text, tell

if TYPE_CHECKING:
    from httptui.plan.model import Plan


@click.command(cls=PlanCommand)
@click.argument("preset", required=False, metavar="[NAME|FILE|REPORT]", shell_complete=completion.presets)
@click.argument("contender", required=False, metavar="[CONTENDER]")
@click.option("--list", "listed", is_flag=True, help="Only list the contenders, by letter and label.")
@plan_options
def code(preset: str | None, contender: str | None, listed: bool, **flags: Any) -> None:
    """Print the Python code of a contender.

    The code is a complete script, as an experienced user of the library would write it: client, pool, timeouts, TLS,
    reuse, URLs, retries and pauses follow the plan; a comment at the top lists what it leaves out. CONTENDER is a
    letter or a label; without it, the scripts of all contenders are printed. Flags override the preset (default:
    demo).
    """
    from httptui.codegen import no_snippet, snippet_of
    from httptui.plan.model import label_of, letter_of
    from httptui.presets import DEFAULT_PRESET, load_preset
    from httptui.tui.cli.plan_flags import PlanFlags, plan_of_flags, replaced_by

    given = PlanFlags(**flags)
    found = load_preset(
        DEFAULT_PRESET if preset is None else preset, check=False, replaced=replaced_by(given)
    )
    plan = plan_of_flags(found, given)
    if contender is not None and not listed:
        index = chosen(plan, contender)
        script = snippet_of(plan, index)
        if script is None:
            raise PlanError(no_snippet(plan.contender[index]))
        put_text(script)
        return
    scripts = [
        (letter_of(index), label_of(one), snippet_of(plan, index), no_snippet(one))
        for index, one in enumerate(plan.contender)
    ]
    if listed:
        tell(columns([(letter, label, "" if script else why) for letter, label, script, why in scripts]))
    else:
        put_text(
            "\n".join(f"# {f' {one} ':=^76}\n" + (script or f"# {why}\n") for one, _, script, why in scripts)
        )


def chosen(plan: Plan, word: str) -> int:
    """Return the index of the contender with a letter or label, in any case; PlanError where it is not one.

    A letter goes before a label.
    """
    from httptui.plan.model import label_of, letter_of

    names = [(letter_of(index), label_of(contender)) for index, contender in enumerate(plan.contender)]
    for position in (0, 1):
        found = [index for index, name in enumerate(names) if name[position].lower() == word.lower()]
        if len(found) == 1:
            return found[0]
        if found:
            letters = " and ".join(names[index][0] for index in found)
            raise PlanError(f'contender: "{safe_text(word, 60)}" is the label of {letters}; name the letter')
    there = ", ".join(f"{letter} {safe_text(label)}" for letter, label in names)
    raise PlanError(f'contender: none is called "{safe_text(word, 60)}"; there are {there}')
