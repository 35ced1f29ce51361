from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from httptui.results.judge.judgement import look_after
from httptui.results.judge.limiter_facts import MachineLoad
from httptui.results.judge.ranking import rank
from httptui.results.judge.verdict import verdict_of
from httptui.results.snapshot import ContenderView, Flag, Limiter, LimiterKind, Requests, Verdict
from httptui.statistics import ALPHA

LABELS = {"A": "aiohttp", "B": "httpx-aiohttp", "C": "httpx", "D": "raw", "E": "requests", "F": "urllib3"}


def judge(
    rates: dict[str, float],
    count: int,
    *,
    noise: float = 0.0,
    seed: int = 1,
    schedule: str = "interleaved",
    machine: MachineLoad | None = None,
    changes: dict[str, dict[str, Any]] | None = None,
    costs: dict[str, float] | None = None,
    flags: tuple[Flag, ...] = (),
    alpha: float = ALPHA,
) -> Verdict:
    """The verdict on seeded blocks in which the machine's speed wanders and each contender varies by `noise`."""
    source = random.Random(seed)
    blocks: dict[str, dict[int, float]] = {key: {} for key in rates}
    for block in range(count):
        for key, rate in rates.items():
            blocks[key][block] = rate * source.lognormvariate(0, noise)
    views = [
        ContenderView(
            id=key,
            label=LABELS[key],
            engine=LABELS[key],
            reuse="shared",
            concurrency=64,
            state="finished",
            requests=Requests(planned=1000, ok=1000 if rate else 0, error=0 if rate else 1000),
            req_per_s=rate,
            limiter=Limiter("client CPU", "client CPU: …") if key == "C" else None,
        )
        for key, rate in rates.items()
    ]
    views = [
        replace(view, cpu_us_per_request=(costs or {}).get(view.id), **(changes or {}).get(view.id, {}))
        if costs
        else replace(view, **(changes or {}).get(view.id, {}))
        for view in views
    ]
    ranking = rank([(view.id, view.req_per_s) for view in views], blocks, alpha=alpha)
    in_blocks = {
        key: {block: cost * source.lognormvariate(0, noise / 10) for block in range(count)}
        for key, cost in (costs or {}).items()
    }
    return verdict_of(
        ranking, views, blocks, schedule=schedule, machine=machine, costs=in_blocks, flags=flags, alpha=alpha
    )


THREE = {"A": 15_000.0, "B": 3_500.0, "C": 129.0}


def test_a_winner_beats_every_rival() -> None:
    assert judge(THREE, 20) == Verdict(
        "winner",
        "A aiohttp wins: 4.3 times [4.3–4.3] the req/s of B httpx-aiohttp; C httpx: 0.9 % of the req/s of A, "
        "limited by its client's CPU.",
    )


def test_a_concurrent_schedule_says_that_the_machine_was_shared() -> None:
    sentence = judge(THREE, 20, schedule="concurrent").sentence
    assert sentence.startswith("A aiohttp wins (all ran at the same time): 4.3 times")


def test_what_sharing_a_client_costs_is_named_where_cpu_is_short() -> None:
    full = Limiter("machine", "machine: …")
    twins: dict[str, Any] = {"engine": "httpx", "limiter": full}
    changes = {
        "B": {**twins, "reuse": "per-worker", "cpu_us_per_request": 425.0},
        "C": {**twins, "cpu_us_per_request": 2_150.0},
    }
    assert judge(THREE, 20, changes=changes).sentence.endswith(
        "; C httpx: 0.9 % of the req/s of A, because one client shared by 64 uses 5.1 times the CPU per request of "
        "one client per worker (B)."
    )


def test_one_round_decides_nothing_and_says_what_would() -> None:
    assert judge(THREE, 1) == Verdict(
        "undecided",
        "Undecided: A aiohttp leads, B httpx-aiohttp reaches 23 % and C httpx reaches 0.9 %, but one round gives "
        "no interval: repeat with --rounds 6 or more.",
    )
    assert "but 5 blocks give no interval" in judge(THREE, 5).sentence


def test_what_the_noise_hides_is_undecided_and_not_a_tie() -> None:
    verdict = judge({"A": 1000.0, "B": 1010.0, "C": 50.0}, 20, noise=0.1)
    assert verdict.kind == "undecided"
    assert "is too close to call after 20 blocks" in verdict.sentence
    assert "; this run was too noisy to see differences under 10 %: close other programs" in verdict.sentence
    assert "; C httpx: 5.0 % of the req/s of B, limited by its client's CPU." in verdict.sentence


def test_a_run_stopped_before_the_first_look_is_told_so_and_no_number_of_blocks() -> None:
    verdict = judge({"A": 1000.0, "B": 500.0, "C": 400.0}, 7, noise=0.01, alpha=look_after(7, 20).alpha)
    assert verdict.kind == "undecided"
    assert verdict.sentence.endswith("after 7 blocks, before the first look at the order.")


def test_too_few_blocks_for_so_many_contenders_are_told_with_how_many_would_do() -> None:
    rates = {"A": 1000.0, "B": 1010.0, "C": 1005.0, "E": 50.0, "F": 40.0}
    verdict = judge(rates, 8, noise=0.1)
    assert verdict.kind == "undecided"
    assert (
        "after 8 blocks, too few to separate any of 5 while the first place is open: that takes 11"
        in verdict.sentence
    )
    assert "too noisy" not in verdict.sentence
    assert "; E requests: " in judge(rates, 12, noise=0.1).sentence


def test_a_tie_is_shown_by_an_interval_inside_three_percent() -> None:
    verdict = judge({"A": 1000.0, "B": 1000.0, "C": 50.0}, 20, noise=0.005)
    assert verdict.kind == "tie"
    assert verdict.sentence.startswith(
        "A aiohttp and B httpx-aiohttp tie: the req/s are within 3 % of the first"
    )


def views_of(rates: dict[str, float]) -> list[ContenderView]:
    return [
        ContenderView(
            id=key,
            label=LABELS[key],
            engine=LABELS[key],
            reuse="shared",
            concurrency=64,
            requests=Requests(ok=1000),
            req_per_s=rate,
        )
        for key, rate in rates.items()
    ]


def test_a_leader_by_its_rate_who_loses_inside_the_blocks_does_not_win() -> None:
    rates = {"A": 110.0, "B": 100.0}
    blocks = {"A": dict.fromkeys(range(8), 90.0), "B": dict.fromkeys(range(8), 100.0)}
    verdict = verdict_of(rank(list(rates.items()), blocks), views_of(rates), blocks, schedule="interleaved")
    assert verdict.kind == "undecided"


def test_there_is_no_tie_while_a_third_is_neither_parted_nor_shown_to_be_equal() -> None:
    rates = {"A": 100.0, "B": 100.0, "C": 99.0}
    blocks = {
        "A": dict.fromkeys(range(10), 100.0),
        "B": {block: 100.0 + (-1) ** block for block in range(10)},
        "C": {block: 99.0 + 20 * (-1) ** block for block in range(10)},
    }
    verdict = verdict_of(rank(list(rates.items()), blocks), views_of(rates), blocks, schedule="interleaved")
    assert verdict.kind == "undecided"
    assert "B httpx-aiohttp (100 % [99–101]) and C httpx (" in verdict.sentence


@pytest.mark.parametrize(("raw", "kind"), [(15_700.0, "capped"), (16_000.0, "winner")])
def test_a_leader_within_five_percent_of_the_raw_client_is_capped(raw: float, kind: str) -> None:
    assert judge({**THREE, "D": raw}, 20).kind == kind


def test_a_cap_names_the_ceiling_and_still_tells_the_rest() -> None:
    assert judge({**THREE, "D": 15_500.0}, 20).sentence == (
        "Capped: A aiohttp reaches 97 % [97–97] of the ceiling, D raw, so the target sets the pace; B "
        "httpx-aiohttp: 23 % of the req/s of A; C httpx: 0.9 %, limited by its client's CPU."
    )


def test_a_far_ceiling_is_told_and_does_not_win() -> None:
    sentence = judge({**THREE, "D": 60_000.0}, 20).sentence
    assert sentence.startswith("A aiohttp wins")
    assert sentence.endswith("; the ceiling, D raw, serves 4.0 times [4.0–4.0] as many.")


def test_a_raw_client_that_is_beaten_is_no_ceiling() -> None:
    assert judge({**THREE, "D": 6_000.0}, 20).sentence == (
        "A aiohttp wins: 4.3 times [4.3–4.3] the req/s of B httpx-aiohttp; C httpx: 0.9 % of the req/s of A, "
        "limited by its client's CPU; D raw, which is no ceiling here, reaches 40 %."
    )
    assert judge({**THREE, "D": 14_500.0}, 20).kind == "capped"
    assert judge({**THREE, "D": 13_500.0}, 20, noise=0.5).kind == "capped"


def test_the_raw_client_is_a_rival_where_only_one_other_ran() -> None:
    assert (
        judge({"A": 100.0, "D": 400.0}, 8).sentence
        == "D raw wins: 4.0 times [4.0–4.0] the req/s of A aiohttp."
    )


@pytest.mark.parametrize("kind", ["latency", "client CPU", "pool", "rate", "unknown"])
def test_a_control_that_the_target_does_not_hold_back_is_no_ceiling(kind: LimiterKind) -> None:
    waits = {"D": {"limiter": Limiter(kind, f"{kind}: …")}}
    assert judge({**THREE, "D": 15_100.0}, 20, changes=waits).kind == "winner"
    held = {"D": {"limiter": Limiter("target", "target: …")}}
    assert judge({**THREE, "D": 15_100.0}, 20, changes=held).kind == "capped"


def test_a_busy_target_caps_the_leader() -> None:
    verdict = judge(THREE, 20, machine=MachineLoad(target_busy=0.96))
    assert verdict.kind == "capped"
    assert verdict.sentence.startswith("Capped: the target is 96 % busy at the 15 000 req/s of A aiohttp; B")


def test_who_did_not_finish_or_had_no_success_is_named_and_not_judged() -> None:
    verdict = judge({**THREE, "E": 0.0, "F": 20_000.0}, 20, changes={"F": {"state": "dnf"}})
    assert verdict.kind == "winner"
    assert verdict.sentence.startswith("A aiohttp wins")
    assert verdict.sentence.endswith("; F urllib3 did not finish; E requests: no request succeeded.")


def test_whose_turn_is_still_to_come_is_not_said_to_have_failed() -> None:
    verdict = judge({"A": 100.0, "B": 0.0}, 8, changes={"B": {"state": "waiting", "requests": Requests()}})
    assert verdict == Verdict(
        "undecided",
        "A aiohttp serves 100 req/s, with no rival to compare it with; B httpx-aiohttp: no request has "
        "succeeded yet.",
    )


def test_a_contender_outside_the_ranking_is_named_too() -> None:
    only = ContenderView(id="A", label="x", engine="x", reuse="shared", concurrency=1, state="dnf")
    assert verdict_of((), [only], {}, schedule="concurrent").sentence == (
        "Undecided: nothing to compare; A x did not finish."
    )


def test_one_contender_alone_wins_nothing() -> None:
    assert judge({"A": 129.0}, 20) == Verdict(
        "undecided", "A aiohttp serves 129 req/s, with no rival to compare it with."
    )


def test_a_long_field_is_summed_up() -> None:
    rates = {"A": 1000.0, "B": 500.0, "C": 400.0, "E": 300.0, "F": 200.0}
    assert judge(rates, 20).sentence.endswith(
        "; C httpx: 40 % of the req/s of A, limited by its client's CPU; E requests: 30 %; F urllib3: 20 %."
    )


FULL = MachineLoad(cpu_busy=1.0, cores=2)
COSTS = {"A": 56.0, "B": 227.0, "C": 2_150.0}


def test_on_a_full_shared_machine_cpu_per_request_leads_and_an_interleaved_run_is_advised() -> None:
    assert judge(THREE, 20, schedule="concurrent", machine=FULL, costs=COSTS) == Verdict(
        "winner",
        "A aiohttp wins (all ran at the same time): it costs 56 µs of CPU per request; B httpx-aiohttp costs 4.1 "
        "times [4.1–4.1] as much and reaches 23 % of its req/s; C httpx: 0.9 % of the req/s of A, limited by its "
        "client's CPU; to settle it, measure one contender at a time (--schedule interleaved).",
    )


def test_on_a_full_shared_machine_who_serves_most_does_not_win_where_another_costs_less() -> None:
    verdict = judge(
        {"A": 110.0, "B": 100.0}, 20, schedule="concurrent", machine=FULL, costs={"A": 90.0, "B": 60.0}
    )
    assert verdict == Verdict(
        "undecided",
        "Undecided (all ran at the same time): B httpx-aiohttp costs the least, 60 µs of CPU per request, but A "
        "aiohttp serves the most; B httpx-aiohttp: 91 % of the req/s of A; to settle it, measure one contender at "
        "a time (--schedule interleaved).",
    )


def test_on_a_full_shared_machine_nobody_wins_by_equal_costs() -> None:
    verdict = judge(
        {"A": 200.0, "B": 100.0},
        20,
        noise=0.1,
        schedule="concurrent",
        machine=FULL,
        costs={"A": 60.0, "B": 60.01},
    )
    assert verdict.kind == "undecided"
    assert (
        "A aiohttp leads with 60 µs of CPU per request, but B httpx-aiohttp, which costs 1.00"
        in verdict.sentence
    )
    assert " as much, is too close to call; " in verdict.sentence


def test_a_full_shared_machine_without_cost_intervals_is_judged_by_requests() -> None:
    sentence = judge(THREE, 20, schedule="concurrent", machine=FULL).sentence
    assert sentence.startswith("A aiohttp wins (all ran at the same time): 4.3 times")
    assert sentence.endswith("; to settle it, measure one contender at a time (--schedule interleaved).")


def test_cpu_per_request_tells_what_requests_per_second_leave_open() -> None:
    rates = {"A": 1010.0, "B": 1000.0, "C": 50.0}
    verdict = judge(rates, 20, noise=0.1, costs={"A": 90.0, "B": 60.0, "C": 500.0})
    assert verdict.kind == "undecided"
    assert (
        "; CPU per request decides: B httpx-aiohttp needs 60 µs of CPU per request, A aiohttp 1.49"
        in verdict.sentence
    )
    assert "CPU per request" not in judge(rates, 20, noise=0.1, costs={"A": 60.0, "B": 60.0}).sentence
    assert "CPU per request" not in judge(THREE, 20, costs=COSTS).sentence


def test_flags_that_matter_are_named() -> None:
    flags = (Flag("noise", "…"), Flag("drift", "…"), Flag("steal", "…"))
    assert judge(THREE, 20, flags=flags).sentence.endswith(
        "; but the run drifted and the host took CPU time."
    )
    assert "but" not in judge(THREE, 20, flags=flags[:1]).sentence


def test_a_generator_that_could_not_keep_to_its_plan_gets_no_verdict() -> None:
    flags = (Flag("generator-bound", "late starts reach 12 ms"),)
    assert judge(THREE, 20, flags=flags) == Verdict(
        "undecided", "No verdict: requests were not sent on time; late starts reach 12 ms."
    )


def test_the_margin_of_a_tie_is_told() -> None:
    source = random.Random(1)
    blocks = {key: {n: 100 * source.lognormvariate(0, 0.01) for n in range(20)} for key in "AB"}
    views = views_of({"A": 100.0, "B": 99.0})
    ranking = rank([("A", 100.0), ("B", 99.0)], blocks)
    near = verdict_of(ranking, views, blocks, schedule="interleaved", delta=0.05)
    assert near.kind == "tie"
    assert "within 5 % of the first" in near.sentence
    assert verdict_of(ranking, views, blocks, schedule="interleaved", delta=0.001).kind == "undecided"


def test_false_winners_among_equals_stay_within_five_percent() -> None:
    trials = 400
    kinds = [
        judge({"A": 1000.0, "B": 1000.0, "C": 1000.0}, 10, noise=0.2, seed=seed).kind
        for seed in range(trials)
    ]
    assert kinds.count("winner") / trials <= 0.05
    assert kinds.count("tie") == 0


def test_ties_of_contenders_that_differ_by_the_margin_stay_within_five_percent() -> None:
    trials = 400
    kinds = [judge({"A": 1030.0, "B": 1000.0}, 10, noise=0.01, seed=seed).kind for seed in range(trials)]
    assert kinds.count("tie") / trials <= 0.05


@given(st.lists(st.sampled_from([0.0, 1.0, 50.0, 51.0, 9000.0]), max_size=6), st.integers(0, 8))
def test_every_run_gets_one_sentence(rates: list[float], count: int) -> None:
    verdict = judge(dict(zip(LABELS, rates, strict=False)), count, noise=0.1)
    assert verdict.sentence.endswith(".")
    assert "\n" not in verdict.sentence
