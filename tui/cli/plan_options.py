"""The flags that change a plan, made from the declarations of its fields as click options; times as typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click
from msgspec import UNSET, inspect

from httptui.plan.decode import default_at, is_list, kinds_of
from httptui.plan.field import Field, fields_in, fields_of_plan
from httptui.plan.model import Contender, Plan
from httptui.plan.requests import shown
from httptui.plan.texts import SECONDS_IN
from httptui.tui.cli import completion

TIME = "TIME"
"""The placeholder of such a value in the help of a command."""

ALLOWED = "a time such as 10s, 500ms, 2m or a number of seconds"


def seconds_of_text(text: str) -> float:
    """Parse "10s", "500ms", "2m", "1h" or "10"; ValueError says what is allowed."""
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|)", text.strip())
    if match is None:
        raise ValueError(ALLOWED)
    return round(float(match[1]) * SECONDS_IN[match[2]], 9)


def seconds_of_flag(flag: str, text: str | None, problems: list[str]) -> float | None:
    """Return the seconds of a flag's value, None if it is not given; add what is wrong with it to `problems`."""
    try:
        return None if text is None else seconds_of_text(text)
    except ValueError as allowed:
        problems.append(f"{flag}: {shown(text)} is not allowed; {allowed}")
        return None


KEYS = tuple(name for name in fields_in(Contender) if name not in ("engine", "reuse"))

DESTINATIONS = {"header": "headers", "stage": "stages", "sweep": "sweeps"}
"""Options that may be repeated, and what they are called together."""

OWN = ("engines", "burst", "data_binary", "data_raw")
"""Flags that are no field's own: each sets several, or one in another way."""


def destination_of(field: Field) -> str:
    """Return the parameter name of a field's flag."""
    return DESTINATIONS.get(field.option, field.option.replace("-", "_"))


FLAGS = {path: field for path, field in fields_of_plan(Plan).items() if field.flag}
"""The fields that a flag sets, by path."""

REPEATED = frozenset({"engines", *(destination_of(field) for path, field in FLAGS.items() if is_list(path))})
"""Flags that may be given more than once."""

NAMES = frozenset({*OWN, *map(destination_of, FLAGS.values())})

Command = TypeVar("Command", bound=Callable[..., Any])

ENGINE_HELP = f"""\b
A contender, may be repeated: ENGINE[:REUSE][,key=value…]
reuse: shared, per-worker, per-request, every-N;
keys: {", ".join(KEYS[:6])},
{", ".join(KEYS[6:])};
ENGINE may be ./mine.py:MyEngine."""

EXPECT_HELP = """\b
A pass criterion; the exit code is 3 if one is missed; may be repeated:
'aiohttp.p99 < 50ms', 'ratio(httpx) > 0.5', 'errors == 0'."""

SWEEP_HELP = """\b
Run every level of a number in the plan; twice for a grid:
concurrency=1,2,4 or latency_ms=0,10,50 or pool=8,16 or load.rate=100,200"""

GROUPS = {
    "target": "Target",
    "contender": "Contenders",
    "load": "Load",
    "schedule": "Schedule",
    "policy": "Client behaviour",
    "": "Evaluation",
}
"""The parts of a plan, as the help tells them apart."""

FILES = ("target.urls_file", "target.ca_file")

HELP = {
    "target.body": "The body: TEXT, env:VARIABLE, or a file's text without line breaks; does not change the "
    "method.",
    "target.verify": "Do not verify TLS certificates.",
    "target.headers": "A header of every request; NAME: env:VARIABLE reads its value from the environment; may "
    "be repeated.",
    "expect": EXPECT_HELP,
    "sweep": SWEEP_HELP,
}
"""Flags that do more, or less, than their field means."""


class PlanOption(click.Option):
    """An option that stands in a group of the help."""

    group = ""


class PlanCommand(click.Command):
    """A command whose help tells its flags in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each part of a plan, and one for all else."""
        groups: dict[str, list[tuple[str, str]]] = {title: [] for title in GROUPS.values()}
        for option in self.get_params(ctx):
            if isinstance(option, click.Option) and (record := option.get_help_record(ctx)) is not None:
                groups.setdefault(getattr(option, "group", "Options"), []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)


def _options() -> Iterator[PlanOption]:
    yield from _of("target")
    yield _option(
        "contender",
        "-e",
        "--engine",
        "engines",
        multiple=True,
        metavar="SPEC",
        shell_complete=completion.contenders,
        help=ENGINE_HELP,
    )
    yield from _of("load")
    yield _option(
        "load", "--burst", type=int, metavar="N", help="Send N requests at once, instead of a steady load."
    )
    for group in ("schedule", "policy", ""):
        yield from _of(group)


def _of(group: str) -> Iterator[PlanOption]:
    """The options of a plan's part, in the order of its fields."""
    for path, field in FLAGS.items():
        if path.rpartition(".")[0] == group:
            yield _of_field(group, path, field)
            if path == "target.body":
                yield _option(
                    group,
                    "--data-binary",
                    metavar="TEXT|@FILE",
                    help="Like --data, with every byte of the file.",
                )
                yield _option(
                    group,
                    "--data-raw",
                    metavar="TEXT",
                    help="Like --data, but a leading @ is part of the text.",
                )


def _of_field(group: str, path: str, field: Field) -> PlanOption:
    kind, default = kind_of(path), default_at(path)
    flag = field.flag.removesuffix(f" {field.metavar}") if field.metavar else field.flag
    names = [*flag.split(", "), destination_of(field)]
    settings: dict[str, Any] = {"help": HELP.get(path, field.meaning) + _told(path, field, default)}
    if kind is bool:
        return _option(group, *names, default=None, is_flag=True, **settings)
    settings |= {"metavar": field.metavar, "multiple": destination_of(field) in REPEATED}
    if kind in (int, float) and field.metavar != TIME:
        settings["type"] = kind
    if path in FILES:
        settings["shell_complete"] = completion.files
    elif isinstance(kind, tuple):
        settings["shell_complete"] = completion.one_of(*kind)
    return _option(group, *names, **settings)


def kind_of(path: str) -> object:
    """The type of a flag's value: `int`, `float`, `bool`, a tuple of words or `str`."""
    first = kinds_of(path)[0]
    if isinstance(first, inspect.LiteralType):
        return tuple(map(str, first.values))
    kinds = {inspect.IntType: int, inspect.FloatType: float, inspect.BoolType: bool}
    return kinds.get(type(first), str)


def _told(path: str, field: Field, default: object) -> str:
    """The usual value, where that tells something."""
    if path in HELP or default in (None, UNSET, "", (), {}) or isinstance(default, bool):
        return ""
    return (
        f"  [{default:g} {field.unit}]".replace(" ]", "]") if isinstance(default, float) else f"  [{default}]"
    )


def _option(group: str, *names: str, **settings: Any) -> PlanOption:
    option = PlanOption(names, **settings)
    option.group = GROUPS[group]
    return option


def plan_options(command: Command) -> Command:
    """Add every flag that changes a plan; their names are those of `PlanFlags`.  The command is a `PlanCommand`."""
    # Click keeps options so until the command is made, the last one first.
    vars(command).setdefault("__click_params__", []).extend(reversed([*_options()]))
    return command
