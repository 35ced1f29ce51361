"""The look of the code screen, recorded as SVG."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from examples import PLAN, FakeStart
from test_run_looks import Compare
from textual.pilot import Pilot

from httptui.plan.model import Contender, Plan, Target
from httptui.tui.app import HttptuiApp
from httptui.tui.screens.code import CodeScreen

pytestmark = pytest.mark.pilot

TLS = Plan(
    name="look",
    target=Target(
        url="https://me:hunter22@127.0.0.1:8443/search?q=slow&token=abcdef99",
        method="POST",
        headers={"X-Api-Key": "env:API_KEY", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) " * 3},
        body='{"page": 1}',
    ),
    contender=(Contender(engine="requests"), Contender(engine="httpx", reuse="every-50", http="2")),
)


@pytest.mark.parametrize(
    "size", [(200, 50), (120, 40), (80, 24), (60, 20)], ids=lambda size: f"{size[0]}x{size[1]}"
)
@pytest.mark.parametrize("letter", ["A", "C"])
def test_the_code_looks_as_recorded(snap_compare: Compare, letter: str, size: tuple[int, int]) -> None:
    app = HttptuiApp(PLAN, FakeStart())
    assert snap_compare(app, terminal_size=size, run_before=shown(PLAN, letter))


@pytest.mark.parametrize("letter", ["A", "B"])
def test_the_code_with_tls_and_secrets_looks_as_recorded(snap_compare: Compare, letter: str) -> None:
    app = HttptuiApp(PLAN, FakeStart())
    assert snap_compare(app, terminal_size=(80, 44), run_before=shown(TLS, letter))


def shown(plan: Plan, letter: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Show the code of a contender."""

    async def show(pilot: Pilot[None]) -> None:
        await pilot.app.push_screen(CodeScreen(plan, letter))
        await pilot.pause()

    return show
