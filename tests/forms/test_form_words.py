"""The lines around the form: the estimate, a preset in words, and veiled secrets."""

from __future__ import annotations

import pytest
from form_examples import PLAN, PRESETS
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from httptui.plan import Contender, Load, Plan, Schedule
from presets import PresetInfo
from tui.forms.estimate import estimate, seconds_in_all
from tui.forms.preset_text import matching, one_line, preset_detail
from tui.widgets.veiled import VEIL, veiled_header

FOUR = tuple(Contender(engine="httpx") for _ in range(4))


@pytest.mark.parametrize(
    ("load", "schedule", "words"),
    [
        (Load(seconds=10), Schedule(warmup="2s"), "4 contenders · 64 in flight each · about 12 s"),
        (Load(), Schedule(kind="interleaved", warmup=0), "4 contenders · 64 in flight each · about 40 s"),
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
            "4 contenders · 64 in flight each · 4 000 requests in all · 2 rounds",
        ),
        (
            Load(kind="burst", concurrency=512),
            Schedule(),
            "4 contenders · 512 at once each · 2 048 requests in all",
        ),
    ],
)
def test_the_estimate_says_how_many_how_hard_and_how_long(load: Load, schedule: Schedule, words: str) -> None:
    assert estimate(Plan(load=load, schedule=schedule, contender=FOUR)) == words


def test_the_estimate_gives_the_range_where_contenders_differ() -> None:
    assert estimate(PLAN) == "3 contenders · 2–8 in flight · about 7.5 s"
    assert estimate(structs.replace(PLAN, contender=FOUR[:1])) == "1 contender · 8 in flight · about 2.5 s"


def test_a_load_bound_by_requests_has_no_time() -> None:
    assert seconds_in_all(Plan(load=Load(requests=1), contender=FOUR)) is None


def test_the_list_shows_the_first_sentence_of_a_preset() -> None:
    assert [one_line(preset) for preset in PRESETS] == [
        "Is this the first?",
        "Keeps what is secret.",
        "cannot be read",
    ]


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
    assert [preset.name for preset in matching(PRESETS, words)] == names


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


@given(st.text(st.characters(exclude_characters="\n"), max_size=40))
def test_a_veil_keeps_the_length_of_a_line(line: str) -> None:
    assert len(veiled_header(line)) == len(line)


def test_a_veil_hides_secrets_and_nothing_else() -> None:
    assert veiled_header("Authorization: Bearer abc") == f"Authorization: {VEIL * 6} {VEIL * 3}"
    assert veiled_header("Authorization: env:TOKEN") == "Authorization: env:TOKEN"
    assert veiled_header("Accept: */*") == "Accept: */*"
