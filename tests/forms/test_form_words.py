"""The lines around the form: the estimate, a preset in words, and veiled secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from form_examples import PLAN, PRESETS
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Stage
from httptui.plan.schedule import planned_seconds, steps_of
from httptui.presets import PresetInfo, user_presets_folder
from httptui.presets.recent import RecentPlan
from httptui.tui.forms.estimate import estimate, seconds_in_all
from httptui.tui.forms.preset_text import grouped, matching, one_line, preset_detail, title_of, when_text
from httptui.tui.widgets.entry import VEIL, veiled_body, veiled_header

FOUR = tuple(Contender(engine="httpx") for _ in range(4))


@pytest.mark.parametrize(
    ("load", "schedule", "words"),
    [
        (Load(seconds=10), Schedule(warmup="2s"), "4 contenders · 64 in flight each · about 12 s"),
        (
            Load(),
            Schedule(kind="interleaved", warmup=0, cooldown=0),
            "4 contenders · 64 in flight each · about 40 s",
        ),
        (Load(seconds=10), Schedule(), "4 contenders · 64 in flight each · about 11–12 s"),
        (
            Load(seconds=10),
            Schedule(kind="interleaved", blocks=10, cooldown=0.5),
            "4 contenders · 64 in flight each · about 62–66 s",
        ),
        (
            Load(seconds=10),
            Schedule(epochs=3, blocks=6, warmup="1s"),
            "4 contenders · 64 in flight each · about 13 s · 3 epochs",
        ),
        (
            Load(seconds=10),
            Schedule(rounds=2, rest=1, epochs=100, blocks=2, warmup="1s"),
            "4 contenders · 64 in flight each · about 25 s · 2 rounds · 4 epochs",
        ),
        (
            Load(seconds=10),
            Schedule(kind="interleaved", blocks=10, until="decided", warmup="1s", cooldown=0),
            "4 contenders · 64 in flight each · at most 44 s",
        ),
        (
            Load(stages=(Stage(seconds=10, to=100), Stage(seconds=5, to=10))),
            Schedule(warmup=0),
            "4 contenders · up to 100 in flight each · about 15 s",
        ),
        (
            Load(kind="open", rate=12_500, seconds=10),
            Schedule(warmup=0),
            "4 contenders · 12 500 req/s each, at most 64 in flight · about 10 s",
        ),
        (
            Load(kind="open", rate=0.5, stages=(Stage(seconds=60, to=2.5),)),
            Schedule(kind="sequential", warmup=0),
            "4 contenders · up to 2.5 req/s each, at most 64 in flight · about 4 min",
        ),
        (
            Load(seconds=1),
            Schedule(kind="sequential", rounds=3, rest=2, warmup=5),
            "4 contenders · 64 in flight each · about 16 s · 3 rounds",
        ),
        (Load(seconds=0.5), Schedule(warmup="250ms"), "4 contenders · 64 in flight each · about 0.75 s"),
        (Load(seconds=600), Schedule(warmup=0), "4 contenders · 64 in flight each · about 10 min"),
        (Load(seconds=86_400), Schedule(warmup=0), "4 contenders · 64 in flight each · about 24.0 h"),
        (
            Load(requests=500),
            Schedule(rounds=2),
            "4 contenders · 64 in flight each · 4 000 requests in all and 0.5–1.5 s of warm-up · 2 rounds",
        ),
        (
            Load(requests=500),
            Schedule(kind="sequential", rounds=2, epochs=2),
            "4 contenders · 64 in flight each · 4 000 requests in all and 4–12 s of warm-up · 2 rounds · 2 epochs",
        ),
        (
            Load(requests=500),
            Schedule(warmup="2s"),
            "4 contenders · 64 in flight each · 2 000 requests in all and 2 s of warm-up",
        ),
        (
            Load(requests=500),
            Schedule(warmup=20),
            "4 contenders · 64 in flight each · 2 000 requests in all and warm-up",
        ),
        (
            Load(requests=500),
            Schedule(warmup=0),
            "4 contenders · 64 in flight each · 2 000 requests in all",
        ),
        (
            Load(kind="burst", concurrency=512),
            Schedule(),
            "4 contenders · 512 at once each · 2 048 requests in all and 0.5–1.5 s of warm-up",
        ),
    ],
)
def test_the_estimate_says_how_many_how_hard_and_how_long(load: Load, schedule: Schedule, words: str) -> None:
    assert estimate(Plan(load=load, schedule=schedule, contender=FOUR)) == words


def test_the_estimate_gives_the_range_where_contenders_differ() -> None:
    assert estimate(PLAN) == "3 contenders · 2–8 in flight · about 7.86 s"
    assert estimate(structs.replace(PLAN, contender=FOUR[:1])) == "1 contender · 8 in flight · about 2.62 s"
    open_load = structs.replace(PLAN, load=Load(kind="open", rate=5, concurrency=8, seconds=1))
    assert estimate(open_load) == "3 contenders · 5 req/s each, at most 2–8 in flight · about 3.36 s"


@given(
    st.integers(1, 6),
    st.sampled_from(["concurrent", "interleaved", "sequential"]),
    st.floats(0, 5),
    st.floats(0, 5),
)
def test_the_time_of_many_rounds_is_that_of_all_their_steps(
    rounds: int, kind: Any, rest: float, cooldown: float
) -> None:
    schedule = Schedule(kind=kind, rounds=rounds, rest=rest, cooldown=cooldown, warmup=0)
    plan = Plan(load=Load(seconds=4), schedule=schedule, contender=FOUR)
    least, most = seconds_in_all(plan) or (0, 0)
    assert least == most == pytest.approx(planned_seconds(steps_of(plan)))


def test_a_thousand_rounds_are_estimated_from_two() -> None:
    schedule = Schedule(kind="interleaved", rounds=1_000, blocks=1_000, warmup=0, cooldown=0)
    plan = Plan(load=Load(seconds=100), schedule=schedule, contender=FOUR)
    assert seconds_in_all(plan) == pytest.approx((400_000, 400_000))


def test_a_load_bound_by_requests_has_no_time() -> None:
    assert seconds_in_all(Plan(load=Load(requests=1), contender=FOUR)) is None


def test_the_list_shows_the_first_sentence_of_a_preset() -> None:
    assert [one_line(preset) for preset in PRESETS] == [
        "Is this the first?",
        "Keeps what is secret.",
        "cannot be read",
    ]


NOON = datetime(2026, 3, 1, 12, 0)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 3, 1, 9, 5), "today 09:05"),
        (datetime(2026, 2, 28, 23, 59), "yesterday 23:59"),
        (datetime(2026, 2, 27, 0, 0), "27 Feb 00:00"),
        (datetime(2025, 3, 1, 12, 0), "1 Mar 2025 12:00"),
    ],
)
def test_a_moment_is_told_as_one_says_it(at: datetime, words: str) -> None:
    assert when_text(at, NOON) == words


def test_entries_are_grouped_by_whose_they_are_and_an_empty_group_is_left_out() -> None:
    run = RecentPlan(datetime(2026, 1, 2, tzinfo=UTC), PLAN)
    own = PresetInfo("mine", "", PLAN, user_presets_folder() / "mine.toml")
    assert grouped((PRESETS[0], own, run)) == (
        ("Your own", (own,)),
        ("Ready to run", (PRESETS[0],)),
        ("Recent", (run,)),
    )
    assert [title for title, _ in grouped(PRESETS)] == ["Ready to run"]


def test_a_recent_plan_in_a_line_says_what_it_sends_and_no_secret() -> None:
    plan = structs.replace(
        PLAN, name="", target=structs.replace(PLAN.target, url="http://me:hunter22@h/?token=abc")
    )
    run = RecentPlan(datetime(2026, 1, 2, tzinfo=UTC), plan)
    assert title_of(run) == "untitled"
    assert one_line(run) == "GET http://***:***@h/?token=*** · closed · 8 in flight · 2.5 s · 3 contenders"
    assert matching((run,), "in flight httpx") == (run,)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["first", "secret", "typo"]),
        ("FIRST", ["first"]),
        ("keeps secret", ["secret"]),
        ("four sockets", ["first"]),
        ("typ", ["typo"]),
        ("absent", []),
    ],
)
def test_the_filter_looks_in_names_descriptions_and_contenders(words: str, names: list[str]) -> None:
    assert [title_of(preset) for preset in matching(PRESETS, words)] == names


def test_a_preset_in_words_holds_no_secret() -> None:
    secret = PRESETS[1]
    assert isinstance(secret, PresetInfo)
    detail = preset_detail(secret.plan)
    text = repr(detail)
    assert not any(canary in text for canary in ("hunter22", "abcdef99", "xyzzy42"))
    assert ("header", "Cookie: ***") in detail.facts


def test_a_preset_in_words_names_load_schedule_and_contenders() -> None:
    detail = preset_detail(PLAN)
    assert detail.description == ("One line.", "Another line.")
    assert ("target", "GET http://127.0.0.1:8099/") in detail.facts
    assert ("schedule", "interleaved · 4 blocks · warm-up 10 · seed 1") in detail.facts
    assert detail.contenders[1] == ("B", "httpx, four sockets")


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Schedule(), "concurrent · warm-up auto · seed 1"),
        (Schedule(cooldown=9), "concurrent · warm-up auto · seed 1"),
        (
            Schedule(
                kind="interleaved", until="decided", rounds=2, epochs=3, rest=1.5, cooldown=0.5, pin=True
            ),
            "interleaved · until decided · 2 rounds · 3 epochs · 1.5 s of rest · 0.5 s of cool-down · a core each"
            " · warm-up auto · seed 1",
        ),
    ],
)
def test_a_preset_in_words_names_all_that_is_unusual_in_its_schedule(schedule: Schedule, words: str) -> None:
    assert ("schedule", words) in preset_detail(structs.replace(PLAN, schedule=schedule)).facts


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Policy(), None),
        (Policy(retries=1), "timeout 30 s · 1 retry after 0.1 s"),
        (
            Policy(timeout=5, redirects=3, retries=2, per_host_rate=2.5, cookies=True, trust_env=True),
            "timeout 5 s · 3 redirects · 2 retries after 0.1 s · 2.5 req/s for each host · cookies · proxies of the "
            "environment",
        ),
    ],
)
def test_a_preset_in_words_tells_what_its_clients_may_do(policy: Policy, words: str | None) -> None:
    facts = dict(preset_detail(structs.replace(PLAN, policy=policy)).facts)
    assert facts.get("policy") == words


def test_a_preset_in_words_tells_an_open_load_and_its_stages() -> None:
    load = Load(kind="open", rate=5, arrivals="poisson", stages=(Stage(seconds=2, to=50),))
    facts = dict(preset_detail(structs.replace(PLAN, load=load)).facts)
    assert facts["load"] == "open · 5 → 50 req/s poisson · 2 s"
    assert facts["in all"].startswith("3 contenders · up to 50 req/s each, at most ")


@given(st.text(st.characters(exclude_characters="\n"), max_size=40))
def test_a_veil_keeps_the_length_of_a_line(line: str) -> None:
    assert len(veiled_header(line)) == len(line)


def test_a_veil_hides_secrets_and_nothing_else() -> None:
    assert veiled_header("Authorization: Bearer abc") == f"Authorization: {VEIL * 6} {VEIL * 3}"
    assert veiled_header("Authorization: env:TOKEN") == "Authorization: env:TOKEN"
    assert veiled_header("Accept: */*") == "Accept: */*"
    assert veiled_header("Referer: http://h/?token=abc") == f"Referer: http://h/?token={VEIL * 3}"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("user=me&password=abc def", f"user=me&password={VEIL * 3} def"),
        (
            '{"user": "me", "api_key": "a b", "pin": 1234}',
            f'{{"user": "me", "api_key": "{VEIL} {VEIL}", "pin": {VEIL * 4}}}',
        ),
        ('{"token":\n  "ab\ncd"}', f'{{"token":\n  "{VEIL * 2}\n{VEIL * 2}"}}'),
        ("env:BODY", "env:BODY"),
        ("hello=world", "hello=world"),
    ],
)
def test_a_veil_over_a_body_hides_the_values_of_secret_names(body: str, shown: str) -> None:
    assert veiled_body(body) == shown


@given(st.text(max_size=60))
def test_a_veil_over_a_body_keeps_its_length_and_lines(body: str) -> None:
    assert [len(line) for line in veiled_body(body).split("\n")] == [len(line) for line in body.split("\n")]
