"""The frame of a chart in the units of its SVG: where values lie in it, its ticks, letters at the ends of lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from httptui.reports.exports.html.marks import colour_class
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.results import Lettered, id_of
from httptui.scale import Scale, short

LETTER_HEIGHT = 15
Named = TypeVar("Named", bound=Lettered)


class Frame(NamedTuple):
    """The edges of what is drawn on; positions are 0 … 1, from the left and from the bottom."""

    left: float
    right: float
    top: float
    bottom: float

    def x(self, position: float) -> float:
        """A place from left to right."""
        return self.left + position * (self.right - self.left)

    def y(self, position: float) -> float:
        """A place from the bottom to the top."""
        return self.top + (1 - position) * (self.bottom - self.top)

    def value_axis(self, scale: Scale, text: Callable[[float], str] = short) -> list[Html]:
        """A line across for each tick, and what it is worth at the left."""
        parts = []
        for tick in scale.ticks:
            y = self.y(scale.position(tick))
            ink = "axis" if tick == scale.low else "grid"
            parts.append(tag("line", x1=self.left, x2=self.right, y1=y, y2=y, class_=ink))
            parts.append(tag("text", text(tick), x=self.left - 8, y=y + 4, class_="tick end"))
        return parts

    def letters(self, heads: Sequence[tuple[float, Named]], x: float) -> list[Html]:
        """Each contender's letter at the height where its line ends."""
        return [
            tag("text", id_of(who), x=x, y=y + 4, class_=f"letter {colour_class(who)}")
            for y, who in self.apart(heads)
        ]

    def apart(self, heads: Sequence[tuple[float, Named]]) -> list[tuple[float, Named]]:
        """Letters at the ends of their lines, moved so that none stands on another and all stay in the frame."""
        placed: list[tuple[float, Named]] = []
        apart = min(LETTER_HEIGHT, (self.bottom - self.top) / max(len(heads), 1))
        lowest = self.bottom + 2.0
        for y, contender in sorted(heads, key=lambda head: -head[0]):
            y = min(y, lowest)
            placed.append((y, contender))
            lowest = y - apart
        highest = self.top
        for at, (y, contender) in reversed(list(enumerate(placed))):
            placed[at] = (max(y, highest), contender)
            highest = placed[at][0] + apart
        return placed
