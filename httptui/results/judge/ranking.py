"""Rankings by requests per second and by CPU per request, and the places that the data settle.

Contenders are compared inside blocks: D_b = ln(figure of one / figure of the other) in block b, so that a temporary
slowdown of the whole machine cancels out. A place spans [1 + shown to be better, N - shown to be worse];
`httptui.results.judge.claims` defines what counts as shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from httptui.figures import compared_cpu_us
from httptui.results.judge.blocks import Blocks, log_ratios
from httptui.results.judge.claims import differences_beyond, order_claims, places_of
from httptui.results.judge.limiter_facts import twins_of
from httptui.results.snapshot import ContenderView, CpuRank, Rank
from httptui.statistics import ALPHA, FEWEST_FOR_95, Estimate, estimate, ratio_of
from httptui.units import format_times


def rank(
    ids_rates: Sequence[tuple[str, float]],
    blocks: Blocks,
    *,
    alpha: float = ALPHA,
    margin: float = 0.0,
    apart: Collection[str] = (),
) -> tuple[Rank, ...]:
    """Rank contenders, given as (id, successful requests per second), by their rates, highest first.

    `blocks` has each contender's rate by block. Contenders without a success come last, with ratio 0. With fewer than
    six shared blocks, a ratio is that of the rates and has no interval. `alpha` is the probability that any place is
    false, at an early stop that of its look. Differences up to `margin` (0.1 is 10 %) are ignored, see
    `httptui.results.judge.blocks`. Contenders in `apart` did other work: they follow the others, without any claim
    about or against their place.
    """
    ordered = sorted(ids_rates, key=lambda item: -item[1])
    running = sorted(((key, rate) for key, rate in ordered if rate > 0), key=lambda item: item[0] in apart)
    places = _places([key for key, _ in running], blocks, alpha, margin, apart)
    ranks: list[Rank] = []
    for key, rate in running:
        ratio, low, high = _ratio(running[0], (key, rate), {} if key in apart else blocks)
        lowest, highest = places[key]
        ranks.append(
            Rank(
                id=key,
                rank_low=lowest,
                rank_high=highest,
                req_per_s=rate,
                ratio=ratio,
                ratio_low=low,
                ratio_high=high,
            )
        )
    ranks += [
        Rank(id=key, rank_low=len(running) + 1, rank_high=len(ordered), req_per_s=0.0, ratio=0.0)
        for key, rate in ordered
        if rate <= 0
    ]
    return tuple(ranks)


def rank_cpu(
    ids_costs: Sequence[tuple[str, float | None]],
    blocks_cost: Blocks,
    *,
    alpha: float = ALPHA,
    margin: float = 0.0,
    apart: Collection[str] = (),
) -> tuple[CpuRank, ...]:
    """Rank contenders, given as (id, CPU microseconds per request), by cost, the cheapest first.

    `blocks_cost` has each contender's cost by block where known. A cost over several blocks is all CPU time over all
    requests. Contenders without a known cost are left out. Everything else is as for `rank`.
    """
    known = ((key, cost) for key, cost in ids_costs if cost)
    ordered = sorted(known, key=lambda item: (item[0] in apart, item[1]))
    places = _places([key for key, _ in ordered], blocks_cost, alpha, margin, apart, cheapest_first=True)
    ranks: list[CpuRank] = []
    for key, cost in ordered:
        ratio, low, high = _ratio(ordered[0], (key, cost), {} if key in apart else blocks_cost)
        lowest, highest = places[key]
        ranks.append(
            CpuRank(
                id=key,
                rank_low=lowest,
                rank_high=highest,
                cpu_us_per_request=cost,
                ratio=ratio,
                ratio_low=low,
                ratio_high=high,
            )
        )
    return tuple(ranks)


def rank_text(place: Rank | CpuRank) -> str:
    """Format a place: "1", or "2–3" if the data leave it open."""
    if place.rank_low == place.rank_high:
        return str(place.rank_low)
    return f"{place.rank_low}–{place.rank_high}"


def _places(
    ids: Sequence[str],
    blocks: Blocks,
    alpha: float,
    margin: float,
    apart: Collection[str],
    *,
    cheapest_first: bool = False,
) -> dict[str, tuple[int, int]]:
    """Return the range of places of each of the ids, which are in the order of their figures."""
    compared = [key for key in ids if key not in apart]
    differences = differences_beyond(compared, blocks, margin)
    if cheapest_first:
        differences = {pair: [-value for value in values] for pair, values in differences.items()}
    return places_of(ids, order_claims(compared, differences, alpha))


def _ratio(leader: tuple[str, float], contender: tuple[str, float], blocks: Blocks) -> Estimate:
    """Return the contender's figure over the leader's, with an interval if there are enough blocks.

    An interval without an upper end has `high` None.
    """
    if leader[0] == contender[0]:
        return Estimate(1.0, None, None)
    differences = log_ratios(blocks.get(contender[0], {}), blocks.get(leader[0], {}))
    if len(differences) < FEWEST_FOR_95:
        return Estimate(contender[1] / leader[1], None, None)
    point, low, high = map(ratio_of, estimate(differences))
    return Estimate(point or contender[1] / leader[1], low, high)


COSTLY = 2.0


@dataclass(frozen=True, slots=True)
class ReuseCost:
    """A contender that costs `factor` times the CPU per request of `twin`, which differs only in its reuse."""

    view: ContenderView
    twin: ContenderView
    factor: float

    def clause(self) -> str:
        """Format for a limiter: "one client shared by 64 costs 5.1 times the CPU per request of the same …"."""
        comma = "," if self.twin.reuse == "per-worker" else ""
        than = f"the CPU per request of the same client{comma} {_kept(self.twin)} ({self.twin.id})"
        return f"{_client(self.view)} costs {format_times(self.factor)} {than}"

    def because(self) -> str:
        """Format for a verdict that has named the contender: "sharing one client among 64 costs it 5.1 times …"."""
        kept = _kept(self.twin).removeprefix("one ")
        than = f"the CPU per request that one {kept} ({self.twin.id}) costs"
        return f"{_using(self.view)} costs it {format_times(self.factor)} {than}"


def reuse_cost_of(view: ContenderView, others: Sequence[ContenderView]) -> ReuseCost | None:
    """Compare with the cheapest reuse of the same client; None unless that halves the CPU per request or better."""
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
