"""The drawing of a load: golden pictures, and that no size and no load breaks it."""

from __future__ import annotations

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st

from httptui.plan.model import Load, Stage
from httptui.tui.forms.shape import (
    HEIGHT,
    UNKNOWN,
    draw_shape,
    load_of,
    shape_of,
    shape_of_state,
    shape_of_sweep,
)
from httptui.tui.forms.state import state_of, with_values
from httptui.tui.plots.cells import plain, row_width
from httptui.tui.plots.lines import plot_area

RAMP = (Stage(seconds=10, to=100), Stage(seconds=20, to=100), Stage(seconds=10, to=0))


def drawn(load: Load, width: int = 44) -> list[str]:
    return [line.rstrip() for line in plain(draw_shape(shape_of(load), width)).splitlines()]


def test_a_load_of_some_seconds_is_level() -> None:
    assert drawn(Load(concurrency=64, seconds=10)) == [
        "Shape      64 ┤▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "in flight     │█████████████████████████████",
        "              │█████████████████████████████",
        "            0 ┤█████████████████████████████",
        "               0                        10 s",
    ]


def test_stages_go_in_straight_lines_and_their_ends_are_named() -> None:
    assert drawn(Load(concurrency=20, stages=RAMP)) == [
        "Shape      100 ┤      ▂▄▄▄▄▄▄▄▄▄▄▄▄▄▄▂",
        "in flight      │   ▁▄▇████████████████▆▂",
        "               │ ▂▆█████████████████████▆▂",
        "             0 ┤▇█████████████████████████▆▂",
        "                0    10 s          30 s 40 s",
    ]


def test_an_open_load_is_told_in_requests_per_second() -> None:
    lines = drawn(Load(kind="open", rate=12_500, stages=(Stage(seconds=0.5, to=25_000),)))
    assert lines[0].startswith("Shape      25k ┤")
    assert lines[1].startswith("req/s          │")
    assert lines[-1].split() == ["0", "0.5", "s"]


def test_a_number_of_requests_has_no_time_axis() -> None:
    assert drawn(Load(concurrency=2, requests=1_000))[-1] == "           until 1 000 requests are done"


def test_a_burst_is_one_column() -> None:
    assert drawn(Load(kind="burst", concurrency=512)) == [
        "Shape      █ 512 until all are answered",
        "at once    █",
        *["           █"] * (HEIGHT - 2),
    ]


def test_the_upper_edge_stands_out_from_what_is_below_it() -> None:
    rows = plot_area([(0, 1), (10, 1)], 20, 4, key="accent", time=False)
    assert [{key for text, key in row if set(text) & set("▄█")} for row in rows] == [
        {"accent"},
        *[{"rule"}] * 3,
    ]


@pytest.mark.parametrize("path", ["concurrency", "stages", "think"])
def test_what_is_no_load_yet_is_said_and_other_problems_do_not_matter(path: str) -> None:
    state = with_values(
        state_of(PLAN),
        {"target.url": "nowhere", "load.bound": "stages", "load.stages": "1s:2", "schedule.blocks": ""},
    )
    assert load_of(state) == Load(concurrency=8, stages=(Stage(seconds=1, to=2),))
    assert load_of(with_values(state, {f"load.{path}": "x"})) is None
    assert UNKNOWN in plain(draw_shape(None, 60))


@pytest.mark.parametrize(
    ("attribute", "text"), [("seconds", "0"), ("concurrency", "0"), ("rate", "1e9"), ("rate", "")]
)
def test_a_load_that_cannot_be_run_is_not_drawn(attribute: str, text: str) -> None:
    state = with_values(state_of(PLAN), {"load.kind": "open" if attribute == "rate" else "closed"})
    assert load_of(with_values(state, {f"load.{attribute}": text})) is None


LOADS = st.one_of(
    st.builds(Load, concurrency=st.integers(1, 10_000), seconds=st.floats(0.001, 86_400)),
    st.builds(Load, concurrency=st.integers(1, 10_000), requests=st.integers(1, 10**9)),
    st.builds(Load, kind=st.just("burst"), concurrency=st.integers(1, 10_000)),
    st.builds(
        Load,
        kind=st.just("open"),
        rate=st.floats(1e-6, 1e6),
        stages=st.lists(
            st.builds(Stage, seconds=st.floats(1e-6, 86_400), to=st.floats(0, 1e6)), min_size=1, max_size=50
        ).map(tuple),
    ),
)


@given(LOADS, st.integers(1, 200))
def test_every_load_fills_its_place_exactly(load: Load, width: int) -> None:
    assert [row_width(row) for row in draw_shape(shape_of(load), width)] == [width] * HEIGHT


def test_a_sweep_is_drawn_level_by_level() -> None:
    shape = shape_of_sweep({"concurrency": (4, 8), "pool": (1, 2, 3)})
    assert [line.rstrip() for line in plain(draw_shape(shape, 46)).splitlines()] == [
        "Shape      8 ┤                ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄",
        "concurrency  │                ████████████████",
        "             │▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆████████████████",
        "           0 ┤████████████████████████████████",
        "           in short turns at each of 6 levels",
    ]
    typed = with_values(state_of(PLAN), {"load.concurrency": "x", "sweep": "concurrency = 4, 8"})
    assert (shape_of_state(typed) or shape).points == ((0, 4), (1, 4), (1, 8), (2, 8))
    assert shape_of_state(with_values(typed, {"sweep": "concurrency = 1, inf"})) is None
    assert shape_of_state(with_values(typed, {"sweep": "concurrency"})) is None


@given(st.lists(st.floats(), min_size=1, max_size=100), st.integers(1, 90))
def test_every_sweep_fills_its_place_exactly(levels: list[float], width: int) -> None:
    shape = shape_of_sweep({"load.rate": levels})
    assert [row_width(row) for row in draw_shape(shape, width)] == [width] * HEIGHT


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e9)), max_size=9).map(sorted),
    st.integers(0, 90),
    st.integers(0, 12),
    st.booleans(),
)
def test_an_area_is_as_wide_and_high_as_asked(
    points: list[tuple[float, float]], width: int, height: int, time: bool
) -> None:
    cells = plot_area(points, width, height, key="A", time=time)
    assert [row_width(row) for row in cells] == [width] * height
