"""What the plan form holds of one contender while it is edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from msgspec import UNSET, to_builtins

from httptui.tui.forms.lists import requirements_text
from httptui.tui.forms.texts import number_text

if TYPE_CHECKING:
    from collections.abc import Container

    from msgspec import Struct

    from httptui.plans.plan import Contender

Kept = tuple[tuple[str, Any], ...]
"""Path of a value in a plan, and the value as plain data."""
SHOWN = ("reuse", "concurrency", "pool", "label")
"""What a contender may have of its own, as it stands in its row."""
MORE = ("read", "inside", "processes", "dns_ttl", "python", "requires")
"""What it may have beyond that, which its row shows when it is unfolded."""


@dataclass(frozen=True, slots=True)
class ContenderState:
    """One contender as typed; of what it may have of its own, an empty text, or no `label`, is left out of the plan.

    `unfolded`: whether all of it is shown.  `kept` as for `FormState`.
    """

    engine: str
    reuse: str = "shared"
    http: str = "1.1"
    loop: str = ""
    pool: str = "concurrency"
    concurrency: str = ""
    label: str | None = None
    read: str = "bytes"
    inside: str = ""
    processes: str = ""
    dns_ttl: str = ""
    python: str = ""
    requires: str = ""
    unfolded: bool = False
    kept: Kept = ()


def contender_state_of(contender: Contender) -> ContenderState:
    """The form's texts for one contender of a plan."""
    return ContenderState(
        engine=contender.engine,
        reuse=contender.reuse,
        http=contender.http,
        loop="" if contender.loop is UNSET else contender.loop,
        pool=str(contender.pool),
        concurrency="" if contender.concurrency is UNSET else str(contender.concurrency),
        label=None if contender.label is UNSET else contender.label,
        read=contender.read,
        inside="" if contender.inside is UNSET else contender.inside,
        processes="" if contender.processes == 1 else str(contender.processes),
        dns_ttl="" if contender.dns_ttl is UNSET else number_text(contender.dns_ttl),
        python=contender.python,
        requires=requirements_text(contender.requires),
        kept=unshown(contender, "", ContenderState.__slots__),
    )


def changed(before: ContenderState, attribute: str, text: str) -> ContenderState:
    """The contender with one of `SHOWN` or `MORE` replaced; the same one where the text is equal."""
    if (getattr(before, attribute) or "") == text:
        return before
    value: dict[str, Any] = {attribute: None if attribute == "label" and not text else text}
    return replace(before, **value)


def unshown(struct: Struct, prefix: str, shown: Container[str]) -> Kept:
    """The values of a part of a plan for which there is no field."""
    values = ((f"{prefix}{name}", getattr(struct, name)) for name in struct.__struct_fields__)
    return tuple(
        (path, to_builtins(value)) for path, value in values if path not in shown and value is not UNSET
    )
