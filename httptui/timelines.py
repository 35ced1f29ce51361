"""Snapshots without their timelines, which the next snapshot has again, and with them once more."""

from __future__ import annotations

from msgspec.structs import replace

from httptui.snapshot import ContenderView, Snapshot, Stretch


def without_timelines(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is kept or sent, a fraction of its size."""
    return replace(snapshot, contenders=tuple(replace(view, timeline=()) for view in snapshot.contenders))


def with_timelines(snapshot: Snapshot, later: Snapshot) -> Snapshot:
    """The snapshot with so much of a later one's timelines as had happened by then."""
    known = {view.id: view.timeline for view in later.contenders}
    views = tuple(
        replace(view, timeline=_until_now(view, known.get(view.id, ()))) for view in snapshot.contenders
    )
    return replace(snapshot, contenders=views)


def _until_now(view: ContenderView, timeline: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    now = view.series[-1].seconds if view.series else 0.0
    return tuple(stretch for stretch in timeline if stretch.start < now)
