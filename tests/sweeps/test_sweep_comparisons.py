"""Two sweeps compared: known changes are found at their levels and no others, and both ways round."""

from __future__ import annotations

import math
import random

import msgspec
import pytest
from compared_sweeps import CURVE, GRID, LATER, at_most_half, noisy, same, swept
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from swept_plans import plan_of

from httptui.compare.comparison import Change, Difference, SweepComparison
from httptui.compare.sweeps import compare_sweeps
from httptui.compare.thresholds import judged, parse_sweep_threshold
from httptui.sweeps.report import Axis, SweepPoint, SweepReport

RUNS = 150


def made() -> SweepComparison:
    return compare_sweeps(swept(), swept(at_most_half, started=LATER))


def change(found: SweepComparison, level: int, contender: int, quantity: str = "req_per_s") -> Change:
    return found.levels[level].contenders[contender].figures[quantity]


def test_a_known_change_is_found_at_its_levels_and_no_others() -> None:
    found = made()
    assert [one.levels for one in found.levels] == [(1.0,), (2.0,), (4.0,), (8.0,)]
    lost = found.claims[1]
    assert lost.sentence == (
        "httpx · shared is slower at 2 of 4 levels and faster at none; relative to the others, too."
    )
    assert (lost.change.slower, lost.change.faster, lost.change.of) == (((4.0,), (8.0,)), (), 4)
    assert lost.against == lost.change
    assert found.claims[0].sentence == (
        "aiohttp · shared is shown to be faster or slower at none of 4 levels; relative to the others faster at 2 of "
        "4 levels and slower at none."
    )
    ratio = change(found, 3, 1).ratio
    assert ratio is not None
    assert ratio.point == pytest.approx(0.8)


def test_every_figure_has_an_interval_and_the_mean_over_all_levels_a_narrower_one() -> None:
    found = compare_sweeps(*(noisy(random.Random(seed), swept(), 0.05) for seed in (1, 2)))
    for quantity in ("req_per_s", "p50", "p99", "cpu"):
        ratio = change(found, 0, 0, quantity).ratio
        assert ratio is not None
        assert ratio.low is not None
    whole = found.contenders[0].figures["req_per_s"].ratio
    levels = [change(found, at, 0).ratio for at in range(4)]
    assert whole is not None
    assert whole.low is not None
    assert whole.high is not None
    widths = [one.high / one.low for one in levels if one is not None and one.low and one.high]
    assert len(widths) == 4
    assert whole.high / whole.low < min(widths)
    points = [one.point for one in levels if one is not None]
    assert whole.point == pytest.approx(math.prod(points) ** 0.25, rel=0.02)


def test_the_level_of_an_interval_is_shared_by_the_levels_of_a_contender() -> None:
    blocks = [{turn.block: turn.req_per_s for turn in point.slices} for point in noisy_pair()]
    quotients = sorted(after / before for after in blocks[1].values() for before in blocks[0].values())
    # 924 orders of two times six blocks: 2 * 4 / 924 <= 0.05 / 4 < 2 * 7 / 924, so two are left out at either end.
    ratio = change(compare_sweeps(*NOISY), 0, 0).ratio
    assert ratio is not None
    assert (ratio.low, ratio.high) == (pytest.approx(quotients[2]), pytest.approx(quotients[-3]))


NOISY = tuple(noisy(random.Random(seed), swept(), 0.05) for seed in (1, 2))


def noisy_pair() -> list[SweepPoint]:
    return [report.points[0] for report in NOISY]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.0, 0.3))
def test_a_sweep_compared_with_itself_shows_nothing(seed: int, sigma: float) -> None:
    report = noisy(random.Random(seed), swept(), sigma)
    found = compare_sweeps(report, report)
    assert found.changed == found.notes == found.only_before == found.levels_only_after == ()
    for claim in found.claims:
        assert "faster or slower at none of 4 levels" in claim.sentence
    for level in found.levels:
        for one in level.contenders:
            assert {quantity: told.ratio and told.ratio.point for quantity, told in one.figures.items()} == (
                pytest.approx(dict.fromkeys(one.figures, 1.0))
            )


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.0, 0.3))
def test_the_other_way_round_every_ratio_is_the_inverse(seed: int, sigma: float) -> None:
    source = random.Random(seed)
    pair = [noisy(source, swept(factor), sigma) for factor in (same, at_most_half)]
    there, back = compare_sweeps(*pair), compare_sweeps(*reversed(pair))
    for level, other in zip(there.levels, back.levels, strict=True):
        for one, inverse in zip(level.contenders, other.contenders, strict=True):
            for quantity, told in one.figures.items():
                again = inverse.figures[quantity]
                for mine, theirs in ((told.ratio, again.ratio), (told.against, again.against)):
                    assert mine is not None
                    assert theirs is not None
                    assert mine.point * theirs.point == pytest.approx(1)
                    assert (mine.low or 0) * (theirs.high or 0) == pytest.approx(1)
    for one, turned in zip(there.claims, back.claims, strict=True):
        assert (one.change.faster, one.change.slower) == (turned.change.slower, turned.change.faster)


def test_levels_are_named_by_chance_in_at_most_one_comparison_of_twenty() -> None:
    source, plain = random.Random(20), swept()
    false = 0
    for _ in range(RUNS):
        found = compare_sweeps(noisy(source, plain, 0.1), noisy(source, plain, 0.1))
        held = found.claims[0].against
        assert held is not None
        false += bool(held.faster or held.slower)
    assert false <= RUNS * (0.05 + 3 * math.sqrt(0.05 * 0.95 / RUNS))


def test_three_blocks_are_too_few_and_that_is_said() -> None:
    points = tuple(
        replace(point, slices=point.slices[:3]) for point in noisy(random.Random(1), swept(), 0.1).points
    )
    found = compare_sweeps(swept(), swept(points=points))
    assert found.claims[0].sentence == (
        "aiohttp · shared is not shown to differ at any of 4 levels (too few blocks), nor relative to the others."
    )
    ratio = change(found, 0, 0).ratio
    assert ratio is not None
    assert ratio.low is None


def test_alone_nothing_tells_the_machine_apart() -> None:
    plan = plan_of({"concurrency": (1.0, 2.0)}, "httpx")
    found = compare_sweeps(swept(plan=plan), swept(lambda *_: 0.5, plan=plan))
    assert found.claims[0].sentence == (
        "httpx · shared is slower at all 2 levels, which may be the machine: no other contender is in both."
    )
    assert found.claims[0].against is None
    results = judged(found, [parse_sweep_threshold("req_per_s > -5%")])
    assert {one.outcome for one in results} == {"open"}


def test_a_named_control_is_what_all_others_are_held_against() -> None:
    found = compare_sweeps(swept(), swept(lambda *_: 0.5), "aiohttp")
    assert found.control == "aiohttp · shared"
    assert [claim.sentence for claim in found.claims] == [
        "httpx · shared is shown to be faster or slower at none of 4 levels relative to aiohttp · shared."
    ]
    with pytest.raises(ValueError, match='"curl" is no contender; A "aiohttp · shared", B "httpx · shared"'):
        compare_sweeps(swept(), swept(), "curl")


def test_levels_of_two_axes_are_paired_whatever_the_order_of_the_axes() -> None:
    turned = plan_of({"concurrency": (8.0, 32.0, 64.0), "pool": (4.0,)}, name="grid")
    before = swept(plan=turned)
    after = swept(lambda _levels, engine: 0.5 if engine == "httpx" else 1.0, plan=GRID)
    found = compare_sweeps(before, after)
    assert found.axes == ("pool", "concurrency")
    assert [one.levels for one in found.levels] == [(4.0, 8.0), (4.0, 32.0)]
    assert found.levels_only_before == ((4.0, 64.0),)
    assert found.levels_only_after == ((16.0, 8.0), (16.0, 32.0))


def test_the_two_names_of_the_concurrency_are_one_axis() -> None:
    named = replace(swept(), axes=(Axis("load.concurrency", CURVE.sweep["concurrency"]),))
    assert len(compare_sweeps(named, swept()).levels) == 4


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (
            swept(plan=GRID),
            "they are over other axes: concurrency 1 … 8, then pool 4 … 16 and concurrency 8 … 32",
        ),
        (
            swept(plan=plan_of({"concurrency": (3.0, 5.0)})),
            "they have no level in common: concurrency 1 … 8, then concurrency 3 … 5",
        ),
        (swept(axes=(), points=()), "they are over other axes: concurrency 1 … 8, then none"),
    ],
)
def test_sweeps_that_share_no_level_are_refused(other: SweepReport, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        compare_sweeps(swept(), other)


def test_contenders_and_points_that_only_one_has_are_told_and_compared_with_nothing() -> None:
    before = swept(plan=plan_of({"concurrency": (1.0, 2.0, 4.0, 8.0)}, "aiohttp", "raw"))
    gone = tuple(
        SweepPoint(levels=point.levels, contender=point.contender) if point.levels == (8.0,) else point
        for point in swept().points
    )
    found = compare_sweeps(before, swept(points=gone, complete=False, warnings=("steal in 2 of 18 visits",)))
    assert (found.only_before, found.only_after) == (("raw · shared",), ("httpx · shared",))
    assert change(found, 3, 0).ratio is None
    assert found.claims[0].change.of == 3
    assert found.notes == (
        "the later sweep was not complete",
        "the later sweep warns: steal in 2 of 18 visits",
    )


def test_what_changed_around_them_is_told_by_the_same_paths_as_of_runs() -> None:
    after = swept()
    plan = msgspec.json.decode(msgspec.json.encode(after.plan))
    plan["load"]["think"] = "5ms"
    plan["sweep"]["concurrency"] = [1, 2, 4, 8, 16]
    plan["contender"][1]["pool"] = 100
    contenders = (after.contenders[0], replace(after.contenders[1], versions={"httpx": "0.28"}))
    found = compare_sweeps(
        swept(), replace(after, plan=plan, contenders=contenders, environment={"python": "3.12"})
    )
    assert found.changed == (
        Difference(path="plan.load.think", before="0.0", after="5ms"),
        Difference(path="environment.python", before="3.11", after="3.12"),
        Difference(path="contender[httpx · shared].pool", before="concurrency", after="100"),
        Difference(path="contender[httpx · shared].versions.httpx", before=None, after="0.28"),
    )
    assert found.notes == ("the two sweeps did different work: see the changes of the plan",)


def test_a_threshold_is_held_at_every_level() -> None:
    found = made()
    results = judged(found, [parse_sweep_threshold("req_per_s > -5%"), parse_sweep_threshold("A.p99 < 1%")])
    assert [(one.label, one.levels) for one in results if one.outcome == "missed"] == [
        ("httpx · shared", (4.0,)),
        ("httpx · shared", (8.0,)),
    ]
    assert len(results) == 2 * 4 + 4
    assert results[5].sentence.startswith("req_per_s > -5%: httpx · shared at concurrency 4 has −20 % [")


def test_a_threshold_needs_the_whole_interval_of_the_level() -> None:
    clause = [parse_sweep_threshold("httpx.req_per_s > -19.9%")]
    assert [one.outcome for one in judged(made(), clause)] == ["met", "met", "open", "open"]
    assert [one.outcome for one in judged(made(), clause, point=True)] == [
        "met",
        "met",
        "missed",
        "missed",
    ]
    clause = [parse_sweep_threshold("httpx.p99 < 5%")]
    assert [one.outcome for one in judged(made(), clause)] == ["met", "met", "missed", "missed"]


@pytest.mark.parametrize("text", ["p90 < 5%", "response_p99 < 5%", "p99 == 5%"])
def test_a_threshold_of_what_no_sweep_measures_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"not a quantity; allowed: req_per_s, p50, p99, cpu|one exact change"
    ):
        parse_sweep_threshold(text)


def test_its_json_is_read_back() -> None:
    found = made()
    found = replace(found, thresholds=judged(found, [parse_sweep_threshold("req_per_s > -5%")]))
    assert msgspec.json.decode(msgspec.json.encode(found), type=SweepComparison) == found
