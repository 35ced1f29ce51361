"""Which client objects a lane has, how many requests each may serve, and the connections they opened."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from engines.base import Engine

E = TypeVar("E", bound=Engine)


def uses_of(reuse: str) -> int | None:
    """How many requests of one worker a client serves; None where it is kept: every-N, and per-request as N = 1."""
    if reuse == "per-request":
        return 1
    return int(reuse.removeprefix("every-")) if reuse.startswith("every-") else None


class Clients(Generic[E]):
    """The clients of one lane that are open now, and what those that are not have left behind."""

    def __init__(self, make: Callable[[], E]) -> None:
        self._make = make
        self._retiring = Lock()
        self._of_retired: int | None = 0
        self.open: list[E] = []

    def add(self) -> E:
        """Make a client object, not opened yet."""
        client = self._make()
        self.open.append(client)
        return client

    def retire(self, client: E) -> None:
        """Forget a client that is about to be closed, and keep its count of connections."""
        with self._retiring:
            self.open.remove(client)
            count = client.connections_opened
            self._of_retired = None if self._of_retired is None or count is None else self._of_retired + count

    def connections_opened(self) -> int | None:
        """Connections opened by all clients so far, or None where the library cannot tell."""
        counts = [self._of_retired, *(client.connections_opened for client in tuple(self.open))]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None
