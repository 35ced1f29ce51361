"""A queue of keys: each is handled only when everything that the one before it caused is done.

Reason: Textual hands every key to the widget that has the focus when it arrives, so that of keys that arrive at once,
as they do from a script or on a busy machine, those after a tab go to the field before it.  Unneeded once it waits
for all that a key causes before it passes on the next.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App
from textual.events import Event, Key, Paste

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode
    from textual.timer import Timer

LONGEST_TURN = 2.0
"""Seconds after which a key no longer waits for the one before it."""


class KeyQueueApp(App[None]):
    """An app that passes on a key, or pasted text, when the one before it has gone all the way from the focused
    widget to the app, and has opened the screen that it asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Event] = deque()
        self._turn = 0
        self._on_its_way = False
        self._patience: Timer | None = None

    @property
    def keys_waiting(self) -> bool:
        """True while a key is being handled or waits."""
        return self._on_its_way

    async def on_event(self, event: Event) -> None:
        """Queue keys and pasted text."""
        if not isinstance(event, (Key, Paste)) or event.is_forwarded:
            await super().on_event(event)
            return
        self._waiting.append(event)
        if not self._on_its_way:
            await self._next()
        else:
            self._be_patient()

    async def _next(self) -> None:
        """Pass on the first in the queue."""
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        self._on_its_way = bool(self._waiting)
        if not self._waiting:
            return
        event, first = self._waiting.popleft(), self.focused or self.screen
        self._turn += 1
        if self._waiting:
            self._be_patient()
        await super().on_event(event)
        over = partial(self._laid_out, partial(self._over, self._turn))
        # A key may post a message, which goes the same way, and a screen that opens has no focus yet.
        self._behind(first, lambda: self._behind(first, lambda: self._behind(self.screen, over)))

    def _laid_out(self, then: Callable[[], object]) -> None:
        """Call a function at once, or once the screen is laid out if keys wait: tab follows the order on the screen,
        and a field that has just appeared has no place there yet.
        """
        if not self._waiting or not self.screen.call_after_refresh(then):
            self.call_later(then)

    def _behind(self, node: DOMNode | None, then: Callable[[], object]) -> None:
        """Call a function after all messages from a node up to the app: it goes through each node's queue on the way,
        past those that are gone.
        """
        while node is not None and node is not self:
            if node.call_later(self._behind, node.parent, then):
                return
            node = node.parent
        self.call_later(then)

    async def _over(self, turn: int) -> None:
        if turn == self._turn:
            await self._next()

    def _be_patient(self) -> None:
        if self._patience is None:
            self._patience = self.set_timer(LONGEST_TURN, self._next)
