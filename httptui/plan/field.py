"""What a field of a plan means and is called: said beside its type, and told by flags, form, schema and page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Struct


@dataclass(frozen=True)
class Field:
    """A field in words: `meaning` is a sentence or two, `label` one or two words for a form.

    `flag` is the option of a command that sets it, with its metavar, such as "-c, --concurrency N"; "" where none
    does.  `unit` stands behind a number; `example` is a value as TOML has it.
    """

    meaning: str
    label: str = ""
    flag: str = ""
    unit: str = ""
    example: str = ""

    @property
    def option(self) -> str:
        """The long name of its option, without dashes; "" where it has none."""
        names = [part.split()[0] for part in self.flag.replace("/", ", ").split(", ") if part]
        return next((name[2:] for name in names if name.startswith("--")), "")

    @property
    def metavar(self) -> str:
        """What stands for the option's value; "" for one that is only there or not."""
        return self.flag.rpartition("--")[2].partition(" ")[2]


@cache
def fields_in(struct: type[Struct]) -> dict[str, Field]:
    """What a struct says of its fields, by name."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: field for name in struct.__struct_fields__ if (field := _said(hints[name])) is not None}


@cache
def fields_of_plan(plan: type[Struct]) -> dict[str, Field]:
    """All that is said of a plan's fields, by path: "load.rate", "contender.read" of any contender."""
    found: dict[str, Field] = {}
    for name, kind in get_type_hints(plan).items():
        inner = next((part for part in (kind, *get_args(kind)) if _is_struct(part)), None)
        if inner is not None:
            found |= {f"{name}.{own}": field for own, field in fields_in(inner).items()}
    return fields_in(plan) | found


def _said(annotation: Any) -> Field | None:
    """The field among what an annotation carries, wherever in it that stands."""
    for part in (*getattr(annotation, "__metadata__", ()), *get_args(annotation)):
        if isinstance(part, Field):
            return part
        if get_origin(part) is not None and (inner := _said(part)) is not None:
            return inner
    return None


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)
