"""The flag of a run in which requests failed."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.snapshot import ContenderView, Flag
from httptui.units import format_percent, listed
from httptui.verdicts.limiter_facts import failed_share

FEW = 0.01
MOST_TOLD = 3


def failure_flag(views: Sequence[ContenderView]) -> tuple[Flag, ...]:
    """The flag, where more than a hundredth of the requests of any contender that had a success failed."""
    shares = {view.id: failed_share(view) for view in views if view.requests.ok}
    failed = sorted((key for key in shares if shares[key] > FEW), key=lambda key: -shares[key])
    if not failed:
        return ()
    told = [f"{format_percent(shares[key])} for {key}" for key in failed[:MOST_TOLD]]
    if len(failed) > MOST_TOLD:
        told.append(f"less for {len(failed) - MOST_TOLD} more")
    return (
        Flag(
            "failures",
            f"failures: requests failed, {listed(told)}; req/s leave them out, and a failure takes another time than "
            "an answer",
        ),
    )
