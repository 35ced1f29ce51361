"""A contender's own page; the board below goes on as before, but hands what it would draw to this.

┌ header ─────────────────────────── what is requested · how far the run is ┐
│ letter and label ─────────────────────────────── its place · why no faster │
├ latency ─────────────────────────────────────────┬ percentiles ────────────┤
│ a histogram with percentiles marked              │                         │
├ throughput ────────────────────────┬ latency over time ────────────────────┤
│                                    │                                       │
├ measured ──────────────────────────┼ settings ─────────────────────────────┤
│ (below 100 columns: one above the other; what has no room is scrolled to)  │
└ keys ──────────────────────────────────────────────────────────────────────┘
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, ItemGrid, Vertical, VerticalScroll
from textual.screen import Screen

from httptui.tui.panels.header import HeaderLine
from httptui.tui.panels.keys import Key, KeysLine
from httptui.tui.panels.notices import Notice
from httptui.tui.panels.own import (
    MeasuredPanel,
    OwnHeatmapPanel,
    OwnLatencyPanel,
    OwnThroughputPanel,
    OwnTitle,
    SettingsPanel,
)
from httptui.tui.panels.percentiles import PercentileTable
from httptui.tui.panels.run_keys import MORE_KEYS, RUN_KEYS, TIME_KEYS, id_of
from httptui.tui.toolkit.first_size import from_sizes

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from httptui.tui.screens.run_looking import RunLooking

SHARED = (
    *("stop", "pause", "more", "less", "target"),
    *("freeze", "save", "copy", "code", "blocks", "help", "leave"),
)
"""Actions of the run screen that it does for the page, whose keys are those of the run screen, however a user maps
them.
"""

OWN_KEYS = (
    Key("esc", "back", "back", "back", 0, "Back to all contenders"),
    Key("←", "previous", "prev", "turn(-1)", 1, "The contender above in the table"),
    Key("→", "next", "next", "turn(1)", 1, "The contender below in the table"),
    Key("m", "maximise", "max", "maximise", 10, "Give the focused panel the whole screen, or give it back"),
)
BOUND = {"esc": "escape,enter,backspace", "←": "left,h", "→": "right,l"}
"""Where more than one key does the same."""

SCROLL_KEYS = (
    ("down,j", "scroll(1)", "Down", "Scroll down"),
    ("up,k", "scroll(-1)", "Up", "Scroll up"),
)


def delegated(key: Key) -> Key:
    """A key of the run screen, as the page has it."""
    return key._replace(action=f"on_board('{key.action}')")


SHARED_KEYS = tuple(key for key in (*RUN_KEYS, *MORE_KEYS) if key.action in SHARED)
PAGE_KEYS = (*OWN_KEYS, *(delegated(key) for key in SHARED_KEYS if key not in MORE_KEYS))

PAGE_BINDINGS = [
    *(
        Binding(
            BOUND.get(key.key, key.key),
            key.action,
            key.words,
            key_display=key.key,
            tooltip=key.help,
            id=f"page.{key.words}",
        )
        for key in OWN_KEYS
    ),
    *(
        Binding(
            key.key,
            delegated(key).action,
            key.words,
            key_display=key.key,
            show=key not in MORE_KEYS,
            tooltip=key.help,
            id=id_of(key.action),
        )
        for key in SHARED_KEYS
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=f"page.{title.lower()}")
        for keys, action, title, tooltip in SCROLL_KEYS
    ),
    *(
        Binding(keys, action, title, show=False, tooltip=tooltip, id=id_of(title))
        for keys, action, title, tooltip in TIME_KEYS
    ),
]


ROWS_A_STEP = 2


class ContenderScreen(Screen[None]):
    """The page of the contender that is chosen on the board."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["panels.tcss", "contender.tcss"]
    BINDING_GROUP_TITLE = "Contender page"
    BINDINGS: ClassVar[list[BindingType]] = list(PAGE_BINDINGS)
    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=100)
    ALLOW_IN_MAXIMIZED_VIEW = "#top, KeysLine"
    AUTO_FOCUS = ""

    def __init__(self, board: RunLooking) -> None:
        super().__init__()
        self._board = board

    def compose(self) -> ComposeResult:
        """The panels, from the top."""
        with Vertical(id="top"):
            yield HeaderLine(id="header")
            yield OwnTitle(id="own-title")
        with VerticalScroll(id="page"):
            with Horizontal(id="times"):
                yield OwnLatencyPanel(id="own-latency")
                yield PercentileTable(id="own-percentiles")
            with Horizontal(id="over-time"):
                yield OwnThroughputPanel(id="own-throughput")
                yield OwnHeatmapPanel(id="own-heatmap")
            with ItemGrid(id="facts"):
                yield MeasuredPanel(id="measured")
                yield SettingsPanel(id="settings")
        yield KeysLine(PAGE_KEYS, id="keys")

    def on_mount(self) -> None:
        """Draw what the board would."""
        self.query_one(VerticalScroll).can_focus = False
        self._board.draw_on(self)

    def on_resize(self) -> None:
        """Let what is as high as its text find its height again."""
        for notice in self.query(Notice):
            notice.show_anew(self._board.view)

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the board."""
        if self.maximized is not None:
            self.minimize()
            return
        self.dismiss(None)
        self._board.draw_on(self._board)

    def action_turn(self, step: int) -> None:
        """Go to a neighbour in the table."""
        self._board.action_point(step)

    def action_scroll(self, step: int) -> None:
        """Scroll the page."""
        self.query_one(VerticalScroll).scroll_relative(y=step * ROWS_A_STEP, animate=False)

    def action_maximise(self) -> None:
        """Give the focused panel the whole screen, or give it back."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.maximize(self.focused or self.query_one(OwnLatencyPanel))

    # What the run screen does for it.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The run screen's own actions are offered where it offers them."""
        name = next((name for name in SHARED if action == f"on_board('{name}')"), None)
        if action == "on_board" and parameters:
            name = str(parameters[0])
        return (
            super().check_action(action, parameters) if name is None else self._board.check_action(name, ())
        )

    async def action_on_board(self, name: str) -> None:
        """Do what the run screen does."""
        await self._board.run_action(name)

    def action_travel(self, frames: int) -> None:
        """Hold the picture of so many frames later, or earlier where negative."""
        self._board.action_travel(frames)

    def action_travel_to(self, end: str) -> None:
        """Hold the first picture of the run, or the newest."""
        self._board.action_travel_to(end)
