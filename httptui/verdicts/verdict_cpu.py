"""What CPU per request says where requests per second cannot: it is several times steadier."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.snapshot import ContenderView, CpuRank, Verdict, compared_cpu_us
from httptui.units import format_percent
from httptui.verdicts.blocks import Blocks
from httptui.verdicts.pairing import Pair
from httptui.verdicts.ranking import rank_cpu
from httptui.verdicts.verdict_words import cost, cost_times, named, shares


def cpu_clause(views: Sequence[ContenderView], costs: Blocks, alpha: float, margin: float) -> str:
    """Which of these contenders is shown to cost the least, as "; a clause"; empty where none is."""
    places = rank_cpu([(view.id, compared_cpu_us(view)) for view in views], costs, alpha=alpha, margin=margin)
    if len(places) < 2 or places[0].rank_high > 1:
        return ""
    by_id = {view.id: view for view in views}
    cheapest, second = by_id[places[0].id], by_id[places[1].id]
    return (
        f"; CPU per request parts them: {named(cheapest)} has {cost(places[0])}, "
        f"{named(second)} {cost_times(places[1])} as much"
    )


def cpu_first(
    places: Sequence[CpuRank],
    pairs: Sequence[Pair],
    views: Sequence[ContenderView],
    shared: str,
    tail: str,
    margin: float,
) -> Verdict:
    """The verdict where all shared a full machine: each got what the others left, so what a request costs decides.

    Only who both costs the least, shown, and serves the most is called the winner.
    """
    by_id = {view.id: view for view in views}
    leader, cheapest = pairs[0].leader, by_id[places[0].id]
    if cheapest.id != leader.id:
        text = f"{named(cheapest)} costs the least, {cost(places[0])}, but {named(leader)} serves the most"
        return Verdict("undecided", f"Undecided{shared}: {text}{shares(pairs, views)}{tail}.")
    second, times = named(by_id[places[1].id]), f"costs {cost_times(places[1])} as much"
    if places[0].rank_high > 1:
        near = f"is not parted from {second}, which {times}"
        twice = f"at once, even one client twice differs by up to {format_percent(margin)}"
        text = f"{named(leader)} leads with {cost(places[0])}, but {near}; {twice}"
        return Verdict("undecided", f"Undecided{shared}: {text}{shares(pairs, views)}{tail}.")
    text = f"it costs {cost(places[0])}; {second} {times}"
    if pairs[0].rival.id == places[1].id:
        text, pairs = f"{text} and reaches {pairs[0].share()} of its req/s", pairs[1:]
    return Verdict("winner", f"{named(leader)} wins{shared}: {text}{shares(pairs, views)}{tail}.")
