"""The look of a contender's page, recorded as SVG."""

from __future__ import annotations

import pytest
from examples import PLAN, FakeStart, finished, in_open_load, running
from msgspec.structs import replace
from test_run_looks import Compare, looks

from httptui.plan.model import Load
from httptui.tui.app import HttptuiApp
from httptui.tui.panels import contender_page

pytestmark = pytest.mark.pilot

SIZES = [(200, 50), (120, 40), (80, 24), (60, 20)]


@pytest.fixture(autouse=True)
def _same_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is installed."""
    monkeypatch.setattr(contender_page, "_of_engine", lambda name: ("async", f"({name} 1.2.3)"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("moment", ["running", "done"])
def test_a_contenders_page_looks_as_recorded(
    snap_compare: Compare, moment: str, size: tuple[int, int]
) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    keys = ("j", "j", "enter") if moment == "running" else ("j", "j", "j", "enter")
    assert snap_compare(app, terminal_size=size, run_before=looks(app, start, moment, *keys))


@pytest.mark.parametrize(
    "keys",
    [("k", "enter"), ("j", "enter", "m"), ("j", "enter", "f")],
    ids=["did not finish", "whole", "frozen"],
)
def test_its_views_look_as_recorded(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "running", *keys))


def test_its_lower_end_looks_as_recorded(snap_compare: Compare) -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start)
    keys = ("j", "j", "j", "enter", *["down"] * 40)
    assert snap_compare(app, terminal_size=(80, 24), run_before=looks(app, start, "done", *keys))


def test_a_page_of_an_open_load_looks_as_recorded(snap_compare: Compare) -> None:
    start = FakeStart(in_open_load(running()), last=in_open_load(finished()))
    plan = replace(PLAN, load=Load(kind="open", rate=500.0, arrivals="poisson", seconds=10.0))
    app = HttptuiApp(plan, start)
    assert snap_compare(app, terminal_size=(120, 40), run_before=looks(app, start, "done", "j", "j", "enter"))
