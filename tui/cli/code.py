"""`httptui code`: what a contender does, as a script of its library's own."""

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
    from httptui.presets import DEFAULT_PRESET, load_preset
    from httptui.tui.cli.plan_flags import PlanFlags, plan_of_flags, replaced_by

    given = PlanFlags(**flags)
    found = load_preset(
        DEFAULT_PRESET if preset is None else preset, check=False, replaced=replaced_by(given)
    )
    plan = plan_of_flags(found, given)
    if listed:
        tell(columns(_rows(plan)))
    elif contender is None:
        put_text("\n".join(_all(plan)))
    else:
        index = chosen(plan, contender)
        script = snippet_of(plan, index)
        if script is None:
            raise PlanError(no_snippet(plan.contender[index]))
        put_text(script)


def chosen(plan: Plan, word: str) -> int:
    """The index of the contender of a letter or label, in any case; PlanError where there is none, or more than one.

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


def _rows(plan: Plan) -> list[tuple[str, str, str]]:
    from httptui.codegen import no_snippet, snippet_of
    from httptui.plan.model import label_of, letter_of

    return [
        (
            letter_of(index),
            label_of(contender),
            "" if snippet_of(plan, index) else no_snippet(contender),
        )
        for index, contender in enumerate(plan.contender)
    ]


def _all(plan: Plan) -> list[str]:
    """Every script under a line with its letter; one that does not exist is a comment."""
    from httptui.codegen import no_snippet, snippet_of
    from httptui.plan.model import letter_of

    return [
        f"# {f' {letter_of(index)} ':=^76}\n" + (snippet_of(plan, index) or f"# {no_snippet(contender)}\n")
        for index, contender in enumerate(plan.contender)
    ]
