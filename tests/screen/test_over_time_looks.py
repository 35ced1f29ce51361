"""The look of the charts over time and of the errors, recorded as SVG."""

from __future__ import annotations

import pytest
from examples import PLAN, FakeStart
from test_run_looks import SIZES, Compare, looks

from httptui.tui.app import HttptuiApp

pytestmark = pytest.mark.pilot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_heat_map_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, "done", "v"))


@pytest.mark.parametrize("theme", ["light", "ansi-dark"])
def test_the_heat_map_looks_as_recorded_in_other_colours(snap_compare: Compare, theme: str) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    app.theme = theme
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "running", "v"))


@pytest.mark.parametrize(
    "keys", [("v", "v"), ("v", "v", "down"), ("n",)], ids=["p99", "percentiles", "errors"]
)
def test_percentiles_and_errors_look_as_recorded(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "running", *keys))
