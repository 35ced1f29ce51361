"""A plot that remembers its last picture draws the same as one that does not, whatever has changed since."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.tui.plots import canvas
from httptui.tui.plots.canvas import Traces
from httptui.tui.plots.cells import Cells
from httptui.tui.plots.lines import LATENCIES, RATES, Line, plot_lines

Point = tuple[float, float]


class Change(NamedTuple):
    """What a run does to its lines between two pictures."""

    line: int
    kind: str
    values: list[float]


CHANGES = st.lists(
    st.builds(
        Change,
        st.integers(0, 2),
        st.sampled_from(["grow", "grow", "grow", "last grows", "thin", "restart", "wait", "end"]),
        st.lists(st.floats(0, 30_000) | st.just(float("nan")), min_size=1, max_size=6),
    ),
    max_size=30,
)
SIZES = st.sampled_from([(40, 8), (40, 8), (40, 8), (58, 12), (9, 3)])


def changed(points: list[Point], change: Change, now: float) -> list[Point]:
    """The points of a line after a change; those that stay are the same objects."""
    if change.kind == "thin":
        return [
            (second[0], (first[1] + second[1]) / 2)
            for first, second in zip(points[::2], points[1::2], strict=False)
        ]
    if change.kind == "restart":
        return []
    if change.kind == "last grows" and points:
        return [*points[:-1], (points[-1][0] + 0.1, change.values[0])]
    if change.kind == "grow":
        begin = max([now, *(point[0] for point in points[-1:])])
        return points + [(begin + 0.25 * step, value) for step, value in enumerate(change.values, 1)]
    return points


@given(
    CHANGES, st.lists(SIZES, min_size=1), st.booleans(), st.booleans(), st.sampled_from([None, 10.0, 300.0])
)
def test_the_same_is_drawn_from_what_was_there_as_from_nothing(
    changes: list[Change], sizes: list[tuple[int, int]], log: bool, blocks: bool, seconds: float | None
) -> None:
    kept, points, now, lines = Traces(), [[(0.25, 100.0)], [], []], 0.25, 3
    for number, change in enumerate(changes):
        points[change.line] = changed(points[change.line], change, now)
        now = max([now, *(line[-1][0] for line in points if line)])
        lines = max(lines - (change.kind == "end"), 1)
        width, height = sizes[number % len(sizes)]

        def drawn(
            traces: Traces | None, width: int = width, height: int = height, lines: int = lines
        ) -> Cells:
            return plot_lines(
                [Line(key, line) for key, line in zip("ABC"[:lines], points, strict=False)],
                width,
                height,
                measure=LATENCIES if log else RATES,
                seconds=seconds,
                log=log,
                blocks=blocks,
                traces=traces,
            )

        assert drawn(kept) == drawn(None)


def test_a_point_that_was_settled_and_is_another_now_is_drawn_where_it_is() -> None:
    before = [(0.25 * step, 100.0) for step in range(1, 40)]
    after = [*before[:-2], (9.5, 20.0), *before[-1:], (10.0, 100.0)]
    kept = Traces()
    plot_lines([Line("A", before)], 60, 12, seconds=10.0, traces=kept)
    again = plot_lines([Line("A", after)], 60, 12, seconds=10.0, traces=kept)
    assert again == plot_lines([Line("A", after)], 60, 12, seconds=10.0)


def test_of_a_line_that_grows_only_what_is_new_is_worked_out_and_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, dots = 0, 0
    dot_row, column = canvas.dot_row, canvas.Canvas.column

    def counted_row(*given: object) -> int:
        nonlocal asked
        asked += 1
        return dot_row(*given)  # type: ignore[arg-type]

    def counted_column(*given: object) -> None:
        nonlocal dots
        dots += 1
        column(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(canvas, "dot_row", counted_row)
    monkeypatch.setattr(canvas.Canvas, "column", counted_column)
    points = [(0.25 * step, 100.0 + step % 7) for step in range(1, 200)]
    kept, costs = Traces(), []
    for end in (198, 199):
        asked = dots = 0
        plot_lines([Line("A", points[:end])], 60, 12, seconds=50.0, traces=kept)
        costs.append((asked, dots))
    assert costs[0] > (90, 90)
    assert costs[1] <= (4, 4)
