"""Known engines, presets and plans, and an app that does nothing but hold a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import structs
from textual.screen import Screen

from httptui.engines.registry import EngineInfo
from httptui.plan.model import Contender, Load, Plan, Schedule, Stage, Target
from httptui.presets import BrokenPreset, PresetInfo
from httptui.tui.forms.estimate import FileLimits
from httptui.tui.screens.plan import PlanScreen
from httptui.tui.theme import THEMES
from httptui.tui.toolkit.key_queue import KeyQueueApp

SIZES = ((200, 50), (120, 40), (80, 24), (60, 20))


def engine(name: str, **changes: Any) -> EngineInfo:
    """An engine that is installed unless told otherwise."""
    facts: dict[str, Any] = {
        "mode": "async",
        "version": "1.2.3",
        "http_versions": ("1.1",),
        "abilities": (),
        "installed": True,
        "install_hint": f"pip install {name}",
    }
    return EngineInfo(name=name, reference=f"somewhere:{name}", package=name, **(facts | changes))


ENGINES = (
    engine("aiohttp", version="3.14.5"),
    engine("httpx", version="0.28.1", http_versions=("1.1", "2")),
    engine("niquests", version=None, installed=False),
    engine("requests", version="2.34.2", mode="sync"),
)

PLAN = Plan(
    name="example",
    description="One line.\nAnother line.",
    target=Target(url="http://127.0.0.1:8099/", headers={"Accept": "*/*", "X-Two": "a: b"}),
    load=Load(concurrency=8, seconds=2.5),
    schedule=Schedule(kind="interleaved", blocks=4, warmup=10),
    contender=(
        Contender(engine="aiohttp", loop="uvloop"),
        Contender(engine="httpx", pool=4, label="httpx, four sockets"),
        Contender(engine="requests", reuse="every-50", concurrency=2),
    ),
)
ONE = structs.replace(PLAN, contender=PLAN.contender[:1])
RAMP = (Stage(seconds=0.5, to=100), Stage(seconds=2, to=0))

PRESETS: tuple[PresetInfo | BrokenPreset, ...] = (
    PresetInfo("first", "Is this the first? It is.", PLAN, Path("first.toml")),
    PresetInfo(
        "secret",
        "Keeps what is secret.",
        Plan(
            target=Target(
                url="http://me:hunter22@127.0.0.1/?token=abcdef99", headers={"Cookie": "sid=xyzzy42"}
            ),
            contender=(Contender(engine="httpx"),),
        ),
        Path("secret.toml"),
    ),
    BrokenPreset(
        "typo", Path("typo.toml"), ('typo.toml: load.secnds: unknown field; did you mean "seconds"?',)
    ),
)


def nobody(name: str) -> EngineInfo:
    """A registry that knows none."""
    raise LookupError(f"no engine {name}")


def plan_screen(plan: Plan) -> PlanScreen:
    """The form with known engines, on a machine on which a process may open 1024 files."""
    return PlanScreen(plan, ENGINES, nobody, limits=lambda: FileLimits(1_024, 4_096))


class Host(KeyQueueApp):
    """Shows one screen, and keeps what it gave back; nothing moves by itself, so that no key has to wait for it."""

    def __init__(self, screen: Screen[Any], theme: str = "dark") -> None:
        super().__init__()
        self.animation_level = "none"
        self._first_theme = theme
        self.shown = screen
        self.answers: list[Any] = []

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._first_theme
        self.push_screen(self.shown, self.answers.append)
