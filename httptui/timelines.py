"""Snapshots without what they have over time, which the next snapshot has again, and with it once more."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from httptui.snapshot import ContenderView, PercentilePoint, Point, Snapshot, Stretch

AnyPoint = TypeVar("AnyPoint", Point, PercentilePoint)


def without_timelines(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is sent, a fraction of its size."""
    return replace(snapshot, contenders=tuple(replace(view, timeline=()) for view in snapshot.contenders))


def without_past(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is kept, smaller by far: without timelines, and with the last point of each line alone."""
    views = (
        replace(view, timeline=(), series=view.series[-1:], percentiles=view.percentiles[-1:])
        for view in snapshot.contenders
    )
    return replace(snapshot, contenders=tuple(views))


def with_past(snapshot: Snapshot, later: Snapshot) -> Snapshot:
    """The snapshot with so much of a later one's lines and timelines as had happened by then."""
    known = {view.id: view for view in later.contenders}
    views = (_with_past_of(view, known.get(view.id, view)) for view in snapshot.contenders)
    return replace(snapshot, contenders=tuple(views))


def _with_past_of(view: ContenderView, later: ContenderView) -> ContenderView:
    now = view.series[-1].seconds if view.series else 0.0
    return replace(
        view,
        timeline=_begun(later.timeline, now),
        series=_led_up_to(view.series, later.series),
        percentiles=_led_up_to(view.percentiles, later.percentiles),
    )


def _begun(timeline: tuple[Stretch, ...], now: float) -> tuple[Stretch, ...]:
    return tuple(stretch for stretch in timeline if stretch.start < now)


def _led_up_to(line: tuple[AnyPoint, ...], later: tuple[AnyPoint, ...]) -> tuple[AnyPoint, ...]:
    """The points of a later line before the last one of this, and that."""
    return tuple(point for point in later if line and point.seconds < line[-1].seconds) + line[-1:]
