"""What all connections of a target share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from httptui.target.answers import Answer
from httptui.target.delays import DelayQueue
from httptui.target.exchange import Exchange, Request
from httptui.target.options import Pacing, TargetOptions


class Droppable(Protocol):
    """A connection that can be dropped."""

    def abort(self) -> None:
        """Drop it."""


class Shared:
    """`stats` answers who asks for the counts; `memo` has the exchanges of chunks seen before; `calm` is true while
    pacing adds nothing; `keep` holds tasks that run as long as the target.
    """

    __slots__ = ("calm", "connections", "delays", "encrypted", "keep", "memo", "pacing", "rng", "stats")

    def __init__(self, options: TargetOptions, stats: Callable[[Request], Answer]) -> None:
        self.stats = stats
        self.encrypted = options.encrypted
        self.delays = DelayQueue(asyncio.get_running_loop())
        self.rng = Random(options.seed)
        self.memo: dict[bytes, Sequence[Exchange]] = {}
        self.connections: set[Droppable] = set()
        self.keep: list[asyncio.Task[None]] = []
        self.set_pacing(options.pacing)

    def set_pacing(self, pacing: Pacing) -> None:
        """Replace the server-wide pacing."""
        self.pacing = pacing
        self.calm = pacing.calm
