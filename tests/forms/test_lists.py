"""Lists as one types them: packages, causes, lines and sweeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from httptui.plan.texts import axis_of, lines_of, names_of, requirements_of, sweep_of, sweep_text
from httptui.tui.forms.estimate import words_for
from httptui.tui.forms.mapping import check
from httptui.tui.forms.state import FormState, contender_state, state_of, with_value, with_values
from httptui.tui.forms.words import with_letters


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        ("", []),
        (" , ", []),
        ("httpx==0.27.2", ["httpx==0.27.2"]),
        ("httpx, h2\nanyio", ["httpx", "h2", "anyio"]),
        ("httpx >= 0.27, < 1, h2", ["httpx>=0.27,<1", "h2"]),
        ("httpx[http2, socks]==0.27,h2", ["httpx[http2,socks]==0.27", "h2"]),
        ("httpx h2", ["httpx h2"]),
    ],
)
def test_packages_are_parted_by_commas_that_belong_to_none_of_them(text: str, packages: list[str]) -> None:
    assert requirements_of(text) == packages


def test_causes_are_words_and_lines_lose_their_blanks() -> None:
    assert names_of(" connect,503  timeout\n,dns ") == ["connect", "503", "timeout", "dns"]
    assert lines_of(" a \n\n b") == ["a", "b"]


@given(st.text())
def test_no_text_of_a_list_raises(text: str) -> None:
    assert all(one and not one.startswith(",") for one in (*requirements_of(text), *names_of(text)))
    sweep, problems = sweep_of(text)
    assert bool(sweep or problems) == any(
        part.strip() for line in text.split("\n") for part in line.split(";")
    )


def test_a_sweep_is_typed_with_any_spacing_and_told_in_one_line() -> None:
    sweep = {"concurrency": [1.0, 2.0, 8.0], "contender[0].pool": [2.5]}
    assert sweep_of(" concurrency=1,2 , 8,;\ncontender[0].pool = 2.5;") == (sweep, ())
    assert sweep_text(sweep) == "concurrency = 1, 2, 8; contender[0].pool = 2.5"
    assert axis_of("pool=2,10") == ("pool", [2.0, 10.0])


UNSWEPT = state_of(
    structs.replace(
        PLAN,
        contender=tuple(structs.replace(one, concurrency=UNSET) for one in PLAN.contender),
        schedule=structs.replace(PLAN.schedule, kind="concurrent", rounds=3, until="decided", epochs=2),
        expect=("errors == 0",),
    )
)


def swept(text: str) -> FormState:
    return with_value(UNSWEPT, "sweep", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("concurrency", ["“concurrency” is not a field and its levels, such as concurrency = 1, 2, 4"]),
        ("= 1", ["“= 1” is not a field and its levels, such as concurrency = 1, 2, 4"]),
        ("pool = 1, many", ["pool: “many” is not a number"]),
        ("pool = 1,, 2", ["pool: is empty; give a number"]),
        ("pool = 1; pool = 2", ["“pool” is given twice"]),
        (
            "load.concurrency = 1, 0",
            ["load.concurrency, level 2: 0 cannot be run: load.concurrency: 0 is not allowed"],
        ),
        ("pool = 1, 1", ["pool, level 2: 1 is given twice"]),
        ("concurency = 1", ['concurency: is no numeric field of the plan; did you mean "concurrency"?']),
        ("latency_ms = 1", ['latency_ms: "http://127.0.0.1:8099/" is not ours to slow down']),
    ],
)
def test_a_sweep_that_cannot_be_run_is_told_at_its_field(text: str, words: list[str]) -> None:
    problems = check(swept(text)).problems
    assert {problem.field for problem in problems} == {"sweep"}
    assert [problem.words.split(";")[0] for problem in problems] == [word.split(";")[0] for word in words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "contender[1].pool = 0",
            "contender[1].pool, level 1: 0 cannot be run: contender B.pool (httpx, four sockets): ",
        ),
        (
            "pool = 0",
            "pool, level 1: 0 cannot be run: contender A.pool (aiohttp · shared · uvloop): 0 is not ",
        ),
        (
            "contender[2].processes = 1, 4; concurrency = 2, 8",
            "contender C.processes (requests · every-50) 4, concurrency 2 cannot be run: contender C.processes: 4 ",
        ),
    ],
)
def test_a_contender_that_cannot_be_swept_is_told_by_its_letter_and_what_it_is(text: str, words: str) -> None:
    assert words_for(check(swept(text)).problems, "sweep").startswith(words)


def test_a_contender_is_told_by_its_letter_in_any_message_but_not_in_what_was_typed() -> None:
    bare = replace(UNSWEPT, contenders=(contender_state("http.client", label="bare"),))
    state = with_values(bare, {"policy.redirects": "1", "expect": '"contender[0]" < 3'})
    problems = check(state).problems
    assert words_for(problems, "policy.redirects") == (
        'contender A (bare) cannot follow it, as "http.client" has no such ability; turn it off'
    )
    assert '"contender[0]"' in words_for(problems, "expect")
    assert with_letters("contender[3]: odd", state.contenders) == "contender[3]: odd"


def test_what_has_no_meaning_in_a_sweep_does_not_count_and_is_back_without_it() -> None:
    plan = check(swept("concurrency = 1, 2")).plan
    assert plan is not None
    assert plan.sweep == {"concurrency": (1, 2)}
    assert (plan.schedule.kind, plan.schedule.rounds, plan.schedule.epochs, plan.schedule.until) == (
        *("interleaved", 1, 1),
        "done",
    )
    assert plan.expect == ()
    back = check(with_value(swept("pool = 2, 4"), "sweep", " ")).plan
    assert back is not None
    assert (back.schedule.rounds, back.schedule.until, back.expect) == (3, "decided", ("errors == 0",))
    assert not back.sweep
