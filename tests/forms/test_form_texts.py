"""Values as the texts of fields: each comes back as it was, and no text raises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from plan_strategies import NAMES, STAGES, VALUES

from httptui.plan.model import Stage
from httptui.plan.texts import (
    headers_of,
    headers_text,
    number_text,
    real_number,
    stages_of,
    stages_text,
    whole_number,
)


def test_stages_may_be_typed_with_any_unit_and_spacing() -> None:
    typed, problems = stages_of(" 10:1,500ms : 2 ,2m:3.5, 1h:0, ")
    assert problems == ()
    assert [(stage["seconds"], stage["to"]) for stage in typed] == [(10, 1), (0.5, 2), (120, 3.5), (3600, 0)]


@given(STAGES)
def test_stages_survive_as_text(stages: tuple[Stage, ...]) -> None:
    plain, problems = stages_of(stages_text(stages))
    assert problems == ()
    assert tuple(Stage(**stage) for stage in plain) == stages


@given(st.text())
def test_no_text_of_stages_raises(text: str) -> None:
    stages, problems = stages_of(text)
    assert stages or problems


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_headers_survive_as_text(headers: dict[str, str]) -> None:
    assert headers_of(headers_text(headers)) == (headers, ())


@given(st.text())
def test_no_text_of_headers_raises_or_repeats_a_value(text: str) -> None:
    headers, problems = headers_of(text)
    lines = [line for line in text.split("\n") if line.strip(" \t\r")]
    assert len(headers) + len(problems) == len(lines)


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**12), 10**12)))
def test_numbers_survive_as_text(value: float) -> None:
    assert real_number(number_text(value)) == value


@given(st.integers(-(2**63), 2**63))
def test_whole_numbers_survive_as_text(value: int) -> None:
    assert whole_number(number_text(value)) == value
