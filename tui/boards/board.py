"""A board: the panels of one screen, which all draw one view, at most so many times a second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from textual.containers import Container
from textual.timer import Timer

from httptui.tui.control.frames import Frames
from httptui.tui.panels.panel import PanelOf

Shown = TypeVar("Shown")


class Board(Container, Generic[Shown]):
    """The panels of a screen.

    Those of its first and last line are the screen's own children, because only these stay beside a panel that has
    the whole screen; the board draws them with its own.
    """

    MARKS: ClassVar[Mapping[str, Callable[[Any], bool]]] = {}
    """Classes by which the style sheet tells views apart, and which views have them."""

    def __init__(self, view: Shown, frames: Frames, *, id: str = "board") -> None:
        super().__init__(id=id, classes=" ".join(name for name, holds in self.MARKS.items() if holds(view)))
        self._view, self._frames = view, frames
        self._newer: Callable[[], Shown] | None = None
        self._due: Timer | None = None

    @property
    def view(self) -> Shown:
        """The view that is shown."""
        return self._view

    def show(self, view: Shown) -> None:
        """Draw a view; before the board is on a screen, it is what will be drawn first."""
        self._view = view
        if not self.is_attached:
            return
        self._frames.drawn()
        with self.app.batch_update():
            for name, holds in self.MARKS.items():
                self.set_class(holds(view), name)
            for panel in self.screen.query(PanelOf):
                panel.show(view)

    def soon(self, newer: Callable[[], Shown]) -> None:
        """Draw what `newer` gives once the next picture is due; of several, only the last is asked."""
        self._newer = newer
        if self._due is None:
            self._due = self.set_timer(self._frames.wait, self._draw_newer)

    def now(self, newer: Callable[[], Shown]) -> None:
        """Draw what `newer` gives, in the place of what is due."""
        self._newer = newer
        self._draw_newer()

    def _draw_newer(self) -> None:
        if self._due is not None:
            self._due.stop()
            self._due = None
        if self._newer is not None:
            self.show(self._newer())

    def fit_texts(self) -> None:
        """Let what is as high as its text find its height again, for another size of the terminal."""
        for panel in self.screen.query(PanelOf):
            if panel.as_high_as_text:
                panel.show_anew(self._view)
