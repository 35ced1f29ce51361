"""What a way to use a client costs: the same engine, measured beside it, that is used in another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from httptui.snapshot import ContenderView, compared_cpu_us
from httptui.units import format_times
from httptui.verdicts.limiter_facts import twins_of

COSTLY = 2.0


@dataclass(frozen=True, slots=True)
class ReuseCost:
    """A contender that costs `factor` times the CPU per request of `twin`, which differs in its reuse alone."""

    view: ContenderView
    twin: ContenderView
    factor: float

    def clause(self) -> str:
        """For a limiter: "one client shared by 64 costs 5.1 times the CPU per request of the same client …"."""
        comma = "," if self.twin.reuse == "per-worker" else ""
        than = f"the CPU per request of the same client{comma} {_kept(self.twin)} ({self.twin.id})"
        return f"{_client(self.view)} costs {format_times(self.factor)} {than}"

    def because(self) -> str:
        """For a verdict that has named the contender: "sharing one client among 64 costs it 5.1 times the …"."""
        kept = _kept(self.twin).removeprefix("one ")
        than = f"the CPU per request that one {kept} ({self.twin.id}) costs"
        return f"{_using(self.view)} costs it {format_times(self.factor)} {than}"


def reuse_cost_of(view: ContenderView, others: Sequence[ContenderView]) -> ReuseCost | None:
    """How much cheaper the same client is when used otherwise; None unless that saves half its CPU or more."""
    cost = compared_cpu_us(view)
    twins = [
        (of_twin, twin)
        for twin in twins_of(view, others)
        if (of_twin := compared_cpu_us(twin)) and twin.reuse != view.reuse
    ]
    if cost is None or not twins:
        return None
    least, twin = min(twins, key=lambda item: item[0])
    return ReuseCost(view, twin, cost / least) if cost >= COSTLY * least else None


def _client(view: ContenderView) -> str:
    if view.reuse == "shared":
        return f"one client shared by {view.concurrency}"
    return "one client per worker" if view.reuse == "per-worker" else f"a client {_kept(view)}"


def _using(view: ContenderView) -> str:
    if view.reuse == "shared":
        return f"sharing one client among {view.concurrency}"
    return f"using {_client(view)}"


def _kept(view: ContenderView) -> str:
    words = {
        "shared": "shared by all",
        "per-worker": "one per worker",
        "per-request": "made for every request",
    }
    return words.get(view.reuse) or f"made every {view.reuse.removeprefix('every-')} requests"
