"""Two reports compared: known changes are found, what the machine did cancels against a control, and all is told."""

from __future__ import annotations

import copy
import math
import random

import msgspec
import pytest
import scipy.stats
from compared_reports import STEADY, contender, report, scaled
from msgspec.structs import replace

from httptui.compare.compare import compare, match
from httptui.compare.comparison import Comparison, Difference, Ratio
from httptui.results.judge.blocks import PROCESSES, SHARING
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Flag, Requests
from tests.exports.written import to_text


def ratio(found: Comparison, label: str, quantity: str = "req_per_s") -> Ratio:
    (changes,) = (one for one in found.contenders if one.label.startswith(label))
    made = changes.figures[quantity].ratio
    assert made is not None
    return made


def against(found: Comparison, label: str, quantity: str = "req_per_s") -> Ratio:
    (changes,) = (one for one in found.contenders if one.label.startswith(label))
    made = changes.figures[quantity].against
    assert made is not None
    return made


def test_a_known_change_is_found_with_its_interval() -> None:
    after = report(contender("A", "aiohttp", scaled(0.8)), contender("B", "httpx"))
    found = compare(report(), after)
    slower = ratio(found, "aiohttp")
    assert slower.low is not None
    assert slower.high is not None
    assert slower.point == pytest.approx(0.8, rel=0.01)
    assert slower.low < 0.8 < slower.high
    assert ratio(found, "httpx").point == pytest.approx(1.0)
    assert against(found, "aiohttp").shown


def test_the_interval_is_scipys_rank_sum_one() -> None:
    source = random.Random(5)
    one, other = ([source.randint(900, 1100) for _ in range(size)] for size in (7, 9))
    found = ratio(
        compare(report(contender("A", "aiohttp", one)), report(contender("A", "aiohttp", other))), "aiohttp"
    )
    assert found.low is not None
    assert found.high is not None
    # At either end of the interval the test is just not rejected, and a hair beyond it is.
    for end, step in ((found.low, -1e-9), (found.high, 1e-9)):
        p_values = [
            scipy.stats.mannwhitneyu(
                [math.log(value) + math.log(end) + beyond for value in one],
                [math.log(value) for value in other],
                method="exact",
            ).pvalue
            for beyond in (-step, step)
        ]
        assert p_values[1] < 0.05 < p_values[0]


def test_what_the_machine_did_cancels_against_the_others() -> None:
    wander = [1.0, 0.5, 0.8, 0.4, 0.9, 0.6, 0.7, 0.3]

    def run(weather: list[float], aiohttp: float) -> Report:
        blocks = {"aiohttp": aiohttp, "httpx": 0.4, "requests": 0.2}
        return report(
            *(
                contender(
                    key, engine, [round(w * factor * n * 100) for w, n in zip(weather, STEADY, strict=True)]
                )
                for key, (engine, factor) in zip("ABC", blocks.items(), strict=True)
            )
        )

    found = compare(run(wander, 1.0), run(wander[::-1], 0.8))
    plain = ratio(found, "aiohttp")
    assert plain.low is not None
    assert plain.high is not None
    assert plain.low < 0.6
    assert plain.high > 1
    lost = against(found, "aiohttp")
    assert lost.point == pytest.approx(0.8, rel=0.001)
    assert lost.low == pytest.approx(0.8, rel=0.02)
    assert lost.shown
    assert against(found, "httpx").point == pytest.approx(0.8**-0.5, rel=0.001)


def test_a_named_control_is_what_all_others_are_held_against() -> None:
    after = report(contender("A", "aiohttp", scaled(0.5), p99=16.0), contender("B", "httpx", scaled(0.5)))
    found = compare(report(), after, "httpx")
    assert found.control == "httpx · shared"
    assert against(found, "aiohttp").point == pytest.approx(1.0, rel=0.005)
    assert against(found, "aiohttp", "p99") == Ratio(point=2.0)
    assert found.contenders[1].figures["req_per_s"].against is None
    with pytest.raises(ValueError, match='"curl" is no contender; A "aiohttp · shared", B "httpx · shared"'):
        compare(report(), after, "curl")


def test_percentiles_have_no_interval_and_unknown_figures_no_ratio() -> None:
    after = report(contender("A", "aiohttp", p99=10.0, cpu_us_per_request=None), contender("B", "httpx"))
    figures = compare(report(), after).contenders[0].figures
    assert figures["p99"].ratio == Ratio(point=1.25)
    assert (figures["cpu"].before, figures["cpu"].after, figures["cpu"].ratio) == (100.0, None, None)
    assert not any(name.startswith("response") for name in figures)


def test_three_blocks_are_too_few_for_an_interval_and_give_the_plain_ratio() -> None:
    before, after = (
        report(contender("A", "aiohttp", [10, 20, 90])),
        report(contender("A", "aiohttp", [30, 30, 30])),
    )
    assert ratio(compare(before, after), "aiohttp") == Ratio(point=0.75)


def test_a_block_without_success_counts_as_the_slowest_there_was() -> None:
    before = report(contender("A", "aiohttp", [0, 0, 0, 0, 100, 100]))
    found = ratio(compare(before, report(contender("A", "aiohttp", [100] * 6))), "aiohttp")
    assert (found.point, found.low, found.high) == (1.0, 1.0, 1.0)


def test_a_contender_that_did_not_finish_is_no_control_and_has_no_ratio() -> None:
    gone = contender("B", "httpx", (), state="dnf", cause="died", latency_ms=None, cpu_us_per_request=None)
    found = compare(report(contender("A", "aiohttp"), gone), report())
    assert found.contenders[0].figures["req_per_s"].against is None
    assert found.contenders[1].figures["req_per_s"].ratio is None
    assert found.notes == ("httpx · shared did not finish in the earlier run",)


@pytest.mark.parametrize(
    ("kind", "epochs", "margin"),
    [
        ("interleaved", (1, 1), PROCESSES.rate),
        ("concurrent", (1, 1), SHARING.rate),
        ("interleaved", (4, 4), PROCESSES.rate / 2),
        ("interleaved", (1, 4), PROCESSES.rate * math.sqrt(1.25 / 2)),
    ],
)
def test_the_margin_is_what_processes_of_such_runs_differ_by(
    kind: str, epochs: tuple[int, int], margin: float
) -> None:
    def run(count: int) -> Report:
        made = contender("A", "aiohttp")
        slices = tuple(replace(piece, epoch=piece.block % count) for piece in made.slices)
        return report(
            replace(made, slices=slices), contender("B", "httpx"), plan={"schedule": {"kind": kind}}
        )

    found = compare(run(epochs[0]), run(epochs[1]))
    assert against(found, "aiohttp").margin == pytest.approx(margin * math.sqrt(2))
    assert ratio(found, "aiohttp").margin is None


def test_contenders_match_by_label_and_then_by_engine_and_reuse() -> None:
    before = report(
        contender("A", "aiohttp", label="one"),
        contender("B", "httpx"),
        contender("C", "httpx"),
        contender("D", "requests", label="old"),
        contender("E", "urllib3", label="p"),
        contender("F", "urllib3", label="q"),
    )
    after = report(
        contender("A", "requests", label="new"),
        contender("B", "httpx"),
        contender("C", "urllib3", label="r"),
        contender("D", "aiohttp", label="one"),
        contender("E", "httpx"),
    )
    found = match(before, after)
    assert [(one.id, other.id) for one, other in found.pairs] == [
        ("D", "A"),
        ("B", "B"),
        ("A", "D"),
        ("C", "E"),
    ]
    assert [one.id for one in found.only_before] == ["E", "F"]
    assert [one.id for one in found.only_after] == ["C"]


def test_one_client_in_two_routes_of_an_app_is_no_match_for_itself() -> None:
    blocking = contender("A", "requests", STEADY, label="old", inside="fastapi-async-blocking")
    threaded = contender("A", "requests", STEADY, label="new", inside="fastapi-sync")
    assert match(report(blocking), report(threaded)).pairs == ()
    assert match(report(blocking), report(replace(blocking, label="new"))).pairs != ()


def test_what_changed_is_told_by_path_and_what_always_does_is_not() -> None:
    after = report(contender("A", "aiohttp", concurrency=16), contender("B", "httpx"))
    plan, environment = copy.deepcopy(after.plan), copy.deepcopy(after.environment)
    plan["load"]["stages"][0]["to"] = 6.0
    plan["schedule"]["seed"] = 2
    plan["schedule"]["blocks"] = 12
    plan["description"] = "Something else."
    plan["contender"] = []
    environment["packages"] = {"aiohttp": "1.1", "httpx": "1.0"}
    environment["cpu"]["load_average"] = [3.0, 3.0]
    environment["target"]["requests"] = 7
    environment["python"] = {"version": "3.12.0", "gil": True}
    del environment["system"]["release"]
    for one in after.contenders:
        one.versions.update(
            {"python": "3.12.0"} | ({"aiohttp": "1.1"} if one.id == "A" else {"httpx": "2.0"})
        )
    found = compare(report(), replace(after, plan=plan, environment=environment))
    assert found.changed == (
        Difference(path="plan.load.stages[0].to", before="5.0", after="6.0"),
        Difference(path="plan.schedule.seed", before="1", after="2"),
        Difference(path="plan.schedule.blocks", before=None, after="12"),
        Difference(path="environment.python.version", before="3.11.1", after="3.12.0"),
        Difference(path="environment.packages.aiohttp", before="1.0", after="1.1"),
        Difference(path="environment.system.release", before="6.1", after=None),
        Difference(path="contender[aiohttp · shared].concurrency", before="8", after="16"),
        Difference(path="contender[httpx · shared].versions.httpx", before="1.0", after="2.0"),
    )
    assert found.notes == (
        "the two runs did different work: see the changes of the plan",
        "the two runs ran on different machines, so only changes relative to a control mean anything",
    )


def test_another_seed_alone_is_no_other_work() -> None:
    after = report(plan=report().plan | {"schedule": {"kind": "interleaved", "seed": 2, "blocks": None}})
    found = compare(report(), after)
    assert [one.path for one in found.changed] == ["plan.schedule.seed"]
    assert found.notes == ()


def test_notes_tell_flags_failures_and_runs_cut_short() -> None:
    failing = contender("A", "aiohttp", requests=Requests(planned=10, ok=7, error=2, timeout=1))
    after = report(failing, contender("B", "httpx"), complete=False, flags=(Flag("noise", "noise: …"),))
    assert compare(report(), after).notes == (
        "the later run was not complete",
        "the later run is flagged: noise",
        "aiohttp · shared failed 3 requests, 0 before",
    )


def test_a_run_compared_with_itself_has_changed_in_nothing() -> None:
    found = compare(report(), report())
    assert found.changed == found.only_before == found.only_after == ()
    assert found.notes == ("the two reports are one and the same",)
    for one in found.contenders:
        for change in one.figures.values():
            assert change.ratio is not None
            assert change.ratio.point == pytest.approx(1.0)
            assert not change.ratio.shown


def test_its_json_is_read_back() -> None:
    found = compare(report(), report(contender("A", "aiohttp", scaled(0.9)), contender("B", "httpx")), "B")
    assert msgspec.json.decode(msgspec.json.encode(found), type=Comparison) == found


@pytest.mark.parametrize(("least", "most"), [(1e-308, 1e3), (1e-308, 1e300), (5e-324, 1e308)])
@pytest.mark.parametrize("rises", [True, False])
def test_figures_so_far_apart_that_no_float_holds_their_ratio_are_told_without_one(
    least: float, most: float, rises: bool
) -> None:
    first, last = (far(figure) for figure in ((least, most) if rises else (most, least)))
    for before, after, control in (
        (first, last, contender("B", "httpx")),
        (contender("A", "aiohttp"), last, contender("B", "httpx")),
        (first, first, far(most, "B")),
    ):
        found = compare(report(before, control), report(after, contender("B", "httpx")), "httpx")
        figures = [change for one in found.contenders for change in one.figures.values()]
        ratios = [made for change in figures for made in (change.ratio, change.against) if made is not None]
        ends = [end for made in ratios for end in (made.point, made.low, made.high) if end is not None]
        assert all(0 < end < math.inf for end in ends)
        assert to_text(found)


def far(figure: float, key: str = "A") -> ReportContender:
    """A contender that did not get one request a block done, or many more than one, as its figures say."""
    made = contender(key, "aiohttp" if key == "A" else "httpx", cpu_us=figure, p99=figure)
    slices = tuple(replace(piece, seconds=piece.ok / figure, cpu_us=figure) for piece in made.slices)
    return replace(made, req_per_s=figure, slices=slices)
