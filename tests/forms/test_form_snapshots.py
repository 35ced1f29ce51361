"""The recorded look of the forms, at the sizes they are promised for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from form_examples import PLAN, PRESETS, SIZES, Host, plan_screen
from msgspec import structs
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from httptui.plan.model import Load, Policy, Stage, Target
from httptui.tui.screens.dialogs import ConsentScreen
from httptui.tui.screens.help import HelpScreen
from httptui.tui.screens.presets import PresetsScreen
from httptui.tui.widgets.contender_list import ContenderRow

pytestmark = pytest.mark.pilot

Compare = Callable[..., bool]
CALM = 10
"""So many looks without a change, and a form has found its height."""


def still(*keys: str, over: Any = None) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Stop cursors from blinking, show a screen over the first where wanted, then press keys."""

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.pause()
        if over is not None:
            await pilot.app.push_screen(over)
        for entry in (*pilot.app.screen.query(Input), *pilot.app.screen.query(TextArea)):
            entry.cursor_blink = False
        await pilot.press(*keys)
        await pilot.pause()

    return prepare


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    chosen: tuple[int, int] = request.param
    return chosen


def test_the_plan_form_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(Host(plan_screen(PLAN)), terminal_size=size, run_before=still())


@pytest.mark.parametrize("colour", ["light", "ansi-dark", "no colour"])
def test_the_plan_form_looks_as_recorded_in_other_colours(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], colour: str
) -> None:
    if colour == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    host = Host(plan_screen(PLAN), theme="dark" if colour == "no colour" else colour)
    assert snap_compare(host, terminal_size=size, run_before=still())


def test_saving_a_preset_looks_as_recorded(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/data/me/.config")

    async def save(pilot: Pilot[None]) -> None:
        await still("f2")(pilot)
        await still()(pilot)

    assert snap_compare(Host(plan_screen(PLAN)), terminal_size=size, run_before=save)


def test_the_matrix_and_the_contenders_look_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    keys = ("f6", "f6", "f6", "f6", "f6", "down", "right")
    assert snap_compare(Host(plan_screen(PLAN)), terminal_size=size, run_before=still(*keys))


def test_a_load_in_stages_and_what_must_hold_look_as_recorded(
    snap_compare: Compare, size: tuple[int, int]
) -> None:
    stages = (Stage(seconds=10, to=100), Stage(seconds=20, to=100), Stage(seconds=5, to=0))
    schedule = structs.replace(PLAN.schedule, blocks=None)
    plan = structs.replace(
        PLAN, load=Load(concurrency=8, stages=stages), schedule=schedule, expect=("errors == 0",)
    )
    keys = ("f6", "tab", "tab", "tab")
    assert snap_compare(Host(plan_screen(plan)), terminal_size=size, run_before=still(*keys))


def test_a_contender_that_is_unfolded_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    own = structs.replace(PLAN.contender[0], read="text", processes=2, requires=("aiohttp==3.12.0",))
    other = structs.replace(PLAN.contender[1], dns_ttl=60, python="3.13")
    plan = structs.replace(PLAN, contender=(own, other))
    keys = ("f6", "f6", "f6", "f6", "f6", "right", "f7", "tab", "tab", "end", "9")

    async def unfold(pilot: Pilot[None]) -> None:
        await still(*keys)(pilot)
        await still()(pilot)
        body, heights = pilot.app.screen.query_one("#plan-body"), [0]
        while len(heights) < CALM or len(set(heights[-CALM:])) > 1:
            await pilot.pause(0.02)
            heights.append(body.max_scroll_y)
        pilot.app.screen.query(ContenderRow).first().scroll_visible(top=True, animate=False)
        await pilot.pause()

    assert snap_compare(Host(plan_screen(plan)), terminal_size=size, run_before=unfold)


def test_a_sweep_over_several_urls_looks_as_recorded(snap_compare: Compare) -> None:
    plan = structs.replace(
        PLAN,
        target=Target(urls=("embedded/bytes/1024", "embedded/items/{n}"), dns_ms=5),
        policy=Policy(retries=2, retry_on=("503", "connect")),
        sweep={"load.concurrency": (1, 2, 4, 8, 16, 32), "pool": (4, 64)},
    )
    assert snap_compare(Host(plan_screen(plan)), terminal_size=(120, 40), run_before=still())


def test_problems_look_as_recorded(snap_compare: Compare) -> None:
    stages = (Stage(seconds=10, to=100), Stage(seconds=0, to=5))
    load = Load(kind="open", rate=0, arrivals="poisson", stages=stages, concurrency=0)
    plan = structs.replace(PLAN, load=load)
    assert snap_compare(Host(plan_screen(plan)), terminal_size=(120, 40), run_before=still(*"ftp"))


def test_the_presets_look_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(Host(PresetsScreen(PRESETS)), terminal_size=size, run_before=still("down"))


def test_a_broken_preset_looks_as_recorded(snap_compare: Compare) -> None:
    assert snap_compare(
        Host(PresetsScreen(PRESETS)), terminal_size=(120, 40), run_before=still("up", "enter")
    )


def test_consent_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    screen = ConsentScreen("api.example.com", "api.example.com (192.0.2.7) is a public host.")
    assert snap_compare(Host(screen), terminal_size=size, run_before=still(*"api"))


def test_help_looks_as_recorded(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Host(plan_screen(PLAN) if size == (120, 40) else PresetsScreen(PRESETS))
    assert snap_compare(app, terminal_size=size, run_before=still(over=HelpScreen()))
