"""The declaration of a plan's field beside its type: words, flag, conditions; command, form, schema, docs read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Struct

from httptui.plan.texts import lines_of

Texts = Mapping[str, str]
"""A plan as it is typed: the text of each field by its path."""


@dataclass(frozen=True)
class Condition:
    """A condition on the texts of a plan; `words` complete "only …"."""

    words: str
    holds: Callable[[Texts], bool]

    def __call__(self, texts: Texts) -> bool:
        """Return whether it holds."""
        return self.holds(texts)


@dataclass(frozen=True)
class Field:
    """A field in words: `meaning` is a sentence or two, `label` one or two words for a form.

    `flag` is the option of a command that sets it, with its metavar, such as "-c, --concurrency N"; "" where none
    does.  `unit` stands behind a number; `example` is a value as TOML has it.

    The rest is for a form, where the type does not say it.  `empty` stands in an empty control, the longest wording
    first; unless given, the default does.  `names` are pairs of a value and what its option is called; of a truth,
    "true" and what stands beside its box.  `typed` is "text" for text of several lines, and for a list "lines",
    "words" or "packages".  `told` is how a line tells the value, which stands for {}.  `item` is what a message calls
    one of several values; `give` says what must be given where nothing is.

    The field may be given where `only` holds, and has an effect where `useful` does.
    """

    meaning: str
    label: str = ""
    flag: str = ""
    unit: str = ""
    example: str = ""
    empty: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    typed: str = ""
    told: str = ""
    item: str = ""
    give: str = ""
    only: Condition | None = None
    useful: Condition | None = None

    @property
    def option(self) -> str:
        """The long name of its option, without dashes; "" where it has none."""
        names = [part.split()[0] for part in self.flag.replace("/", ", ").split(", ") if part]
        return next((name[2:] for name in names if name.startswith("--")), "")

    @property
    def metavar(self) -> str:
        """The word for the option's value; "" for one that is only there or not."""
        return self.flag.rpartition("--")[2].partition(" ")[2]


@cache
def fields_in(struct: type[Struct]) -> dict[str, Field]:
    """Return the declarations of a struct's fields, by name."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: field for name in struct.__struct_fields__ if (field := _said(hints[name])) is not None}


@cache
def fields_of_plan(plan: type[Struct]) -> dict[str, Field]:
    """Return the declarations of all fields of a plan, by path: "load.rate", "contender.read" for any contender."""
    found: dict[str, Field] = {}
    for name, inner in tables_of(plan).items():
        found |= {f"{name}.{own}": field for own, field in fields_in(inner).items()}
    return fields_in(plan) | found


@cache
def tables_of(plan: type[Struct]) -> dict[str, type[Struct]]:
    """Return the structs inside a plan, by the name of their field; `contender` for the items of its list."""
    parts = {name: (kind, *get_args(kind)) for name, kind in get_type_hints(plan).items()}
    inner = {name: next(filter(_is_struct, kinds), None) for name, kinds in parts.items()}
    return {name: struct for name, struct in inner.items() if struct is not None}


def _said(annotation: Any) -> Field | None:
    """Find the `Field` in an annotation, at any depth."""
    for part in (*getattr(annotation, "__metadata__", ()), *get_args(annotation)):
        if isinstance(part, Field):
            return part
        if get_origin(part) is not None and (inner := _said(part)) is not None:
            return inner
    return None


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def of_load(*kinds: str) -> Condition:
    """Return the condition that the load is of one of these kinds."""
    loads = f"{' or '.join(kinds)} load"
    words = f"for {'an' if loads[0] in 'aeiou' else 'a'} {loads}"
    return Condition(words, lambda texts: texts["load.kind"] in kinds)


def all_of(*conditions: Condition) -> Condition:
    """Return the condition that all of these hold."""
    words = ", ".join(condition.words for condition in conditions)
    return Condition(words, lambda texts: all(condition(texts) for condition in conditions))


@partial(Condition, "without a sweep")
def not_swept(texts: Texts) -> bool:
    """Return whether the plan is one run, not a sweep."""
    return not texts["sweep"].strip()


@partial(Condition, "with the interleaved schedule")
def interleaved(texts: Texts) -> bool:
    """Return whether contenders take turns, as in every sweep."""
    return texts["schedule.kind"] == "interleaved" or not not_swept(texts)


@partial(Condition, "with retries")
def retrying(texts: Texts) -> bool:
    """Return whether requests are retried, or `retry_on` is given all the same."""
    return texts["policy.retries"].strip() != "0" or bool(texts["policy.retry_on"].strip())


@partial(Condition, "with several URLs")
def several_urls(texts: Texts) -> bool:
    """Return whether a list or a file of URLs is requested."""
    return texts["target.source"] != "url"


@partial(Condition, "for the embedded target")
def embedded(texts: Texts) -> bool:
    """Return whether every URL may be the embedded target's; URLs in a file are not read."""
    typed = {"url": [texts["target.url"]], "urls": lines_of(texts["target.urls"])}
    return all(map(_is_embedded, typed.get(texts["target.source"], ())))


@partial(Condition, "without a body that is text")
def no_text(texts: Texts) -> bool:
    """Return whether no text is typed as the body, so that one of bytes can be sent."""
    return not texts["target.body"]


def _is_embedded(url: str) -> bool:
    # The module needs the model, whose fields declare these conditions.
    from httptui.plan.urls import valid_target

    target = valid_target(url)
    return target is not None and target.embedded
