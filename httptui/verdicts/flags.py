"""What a reader must know before believing a ranking: noise, trends, dependence, order effects, stolen CPU time.

Rates are judged as the ranking uses them: each rival's against the leader's inside blocks, so what slows all alike
down raises no flag.  Every test allows for the number of rivals it is made for: on a sound run, autocorrelation is
flagged in at most about one run in twenty, a trend or an effect of the order of turns in one in a hundred.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from httptui.snapshot import Flag
from httptui.statistics import FARTHEST
from httptui.units import format_percent, listed
from httptui.verdicts.blocks import BlockRecord, Blocks, log_ratios, rates_of
from httptui.verdicts.machine_load import MachineLoad
from httptui.verdicts.trends import lag_1, mann_kendall_p, page_p, robust_spread

NOISY = 0.10
SIGNIFICANT = 0.01
STOLEN = 0.05
FEWEST_BLOCKS = 6
TWO_SIGMA = 2 * NormalDist().cdf(-2)


def flags_of(
    records: Sequence[BlockRecord],
    ids: Sequence[str],
    *,
    schedule: str = "interleaved",
    machine: MachineLoad | None = None,
) -> tuple[Flag, ...]:
    """The flags of a run whose contenders, best first, are `ids`; those without a success are left out.

    `schedule` is the plan's kind of schedule, `machine` how busy it was while the leader was under load.
    """
    judged = [record for record in records if record.id in ids]
    rates = rates_of(judged)
    ratios = {
        rival: values
        for rival in ids[1:]
        if len(values := _measured(log_ratios(rates.get(rival, {}), rates.get(ids[0], {})))) >= FEWEST_BLOCKS
    }
    flags = (
        _noise(ratios, ids),
        _autocorrelation(ratios, ids),
        _drift(ratios, ids),
        _position_effect(judged, rates),
        _steal(judged),
        _shared_machine(schedule, machine, ids, len({record.id for record in records})),
    )
    return tuple(flag for flag in flags if flag is not None)


def _measured(differences: Sequence[float]) -> list[float]:
    """Without the blocks in which just one of the two had a success, since trends of their ratio say nothing."""
    return [value for value in differences if abs(value) <= FARTHEST]


def _noise(ratios: Mapping[str, Sequence[float]], ids: Sequence[str]) -> Flag | None:
    noisy = {rival: spread for rival, values in ratios.items() if (spread := robust_spread(values)) > NOISY}
    if not noisy:
        return None
    told = listed([f"{format_percent(spread)} for {rival}" for rival, spread in noisy.items()])
    return Flag("noise", f"noise: against {ids[0]}, req/s vary from block to block by {told}")


def _autocorrelation(ratios: Mapping[str, Sequence[float]], ids: Sequence[str]) -> Flag | None:
    # Two standard errors for one rival, and as many more as keep the same error over several.
    bound = NormalDist().inv_cdf(1 - TWO_SIGMA / 2 / max(len(ratios), 1))
    alike = {
        rival: lag
        for rival, values in ratios.items()
        if abs(lag := lag_1(values)) > bound / math.sqrt(len(values))
    }
    if not alike:
        return None
    told = listed([f"{lag:.2f} for {rival}" for rival, lag in alike.items()])
    how, intervals = "each block resembles the one before", "narrow"
    if max(alike.values()) < 0:
        how, intervals = "blocks alternate", "wide"
    text = f"autocorrelation: against {ids[0]}, {how} (lag-1 {told}), so intervals may be too {intervals}"
    return Flag("autocorrelation", text)


def _drift(ratios: Mapping[str, Sequence[float]], ids: Sequence[str]) -> Flag | None:
    drifting = {
        rival: (_change(values), p)
        for rival, values in ratios.items()
        if (p := mann_kendall_p(values)) < SIGNIFICANT / len(ratios)
    }
    if not drifting:
        return None
    told = listed(
        [
            f"{rival} {'gained' if change > 0 else 'lost'} {format_percent(abs(change))} (p {_p(p)})"
            for rival, (change, p) in drifting.items()
        ]
    )
    return Flag(
        "drift", f"drift: against {ids[0]}, {told} between the first half of the blocks and the second"
    )


def _position_effect(records: Sequence[BlockRecord], rates: Blocks) -> Flag | None:
    rows = _by_position(records, rates)
    if len(rows) < FEWEST_BLOCKS or (p := page_p(rows)) >= SIGNIFICANT:
        return None
    change = math.expm1(statistics.fmean(row[-1] - row[0] for row in rows))
    told = f"{format_percent(abs(change))} {'faster' if change > 0 else 'slower'}"
    return Flag(
        "position effect",
        f"position effect: the last turn of a block is on average {told} than the first, whoever has it (p {_p(p)})",
    )


def _by_position(records: Sequence[BlockRecord], rates: Blocks) -> list[list[float]]:
    """For each block that all took part in, the turns in their order: ln of the rate over the contender's mean.

    Empty where the order never varies, because then it cannot be told from the contenders themselves.
    """
    usual = {
        key: statistics.fmean(logs)
        for key, values in rates.items()
        if (logs := [math.log(value) for value in values.values() if value > 0])
    }
    blocks: dict[int, list[BlockRecord]] = {}
    for record in records:
        if record.req_per_s > 0:
            blocks.setdefault(record.block, []).append(record)
    orders = [
        sorted(turns, key=lambda turn: turn.position)
        for turns in blocks.values()
        if len(turns) == len(usual) > 1 and len({turn.position for turn in turns}) == len(turns)
    ]
    if len({tuple(turn.id for turn in turns) for turns in orders}) < 2:
        return []
    return [[math.log(turn.req_per_s) - usual[turn.id] for turn in turns] for turns in orders]


def _steal(records: Sequence[BlockRecord]) -> Flag | None:
    shares: dict[str, list[float]] = {}
    for record in records:
        if record.steal is not None:
            shares.setdefault(record.id, []).append(record.steal)
    stolen = {key: share for key, values in shares.items() if (share := statistics.fmean(values)) > STOLEN}
    if not stolen:
        return None
    told = listed([f"{format_percent(share)} from {key}" for key, share in sorted(stolen.items())])
    return Flag("steal", f"steal: the host took CPU time for others, {told}")


def _shared_machine(
    schedule: str, machine: MachineLoad | None, ids: Sequence[str], contenders: int
) -> Flag | None:
    """Of the contenders that ran, `ids` had a success; those without one take their part of the machine, too."""
    if schedule != "concurrent" or machine is None or not machine.full or not ids or contenders < 2:
        return None
    who = "both" if contenders == 2 else "all"
    return Flag(
        "shared machine",
        f"shared machine: {who} contenders at once filled it, so req/s tell how they share it; an interleaved run "
        "(--schedule interleaved) gives each the whole machine",
    )


def _change(values: Sequence[float]) -> float:
    """From the median of the first half to that of the second."""
    half = len(values) // 2
    return math.expm1(statistics.median(values[-half:]) - statistics.median(values[:half]))


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
