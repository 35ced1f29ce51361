"""A plan's contenders as views, before anything is measured."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET

from httptui.plan.model import Plan, concurrency_of, label_of, letter_of
from httptui.results.snapshot import ContenderView
from httptui.safe_text import safe_text


def planned_views(plan: Plan, redact: Callable[[str], str] = str) -> tuple[ContenderView, ...]:
    """A view of each contender in the plan's order, with what the plan says of it; labels pass `redact`."""
    return tuple(
        ContenderView(
            id=letter_of(index),
            label=safe_text(redact(label_of(contender))),
            engine=contender.engine,
            reuse=contender.reuse,
            inside=None if contender.inside is UNSET else contender.inside,
            http_requested=contender.http,
            read=contender.read,
            concurrency=concurrency_of(plan, contender),
            processes=contender.processes,
        )
        for index, contender in enumerate(plan.contender)
    )
