"""uvicorn, as an app in production runs it: uvloop, httptools, no access log; on a free port of 127.0.0.1."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import uvicorn

from httptui.engines.inside.admitted import App
from httptui.engines.inside.ledger import Ledger
from httptui.engines.lane.parent import Parent
from httptui.engines.lane.pipe import Pipe
from httptui.engines.protocol import Begin, Quit, Read, ToLane

LONGEST_IDLE_SECONDS = 86_400
CLOSING_SECONDS = 1


class Server(uvicorn.Server):
    """A server that tells when it listens."""

    def __init__(self, app: App, listening: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            # Contenders take turns, and one that waits for its turn keeps its connections.
            timeout_keep_alive=LONGEST_IDLE_SECONDS,
            timeout_graceful_shutdown=CLOSING_SECONDS,
        )
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._listening()


def free_port() -> socket.socket:
    """A socket bound to a free port of 127.0.0.1."""
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    place.bind(("127.0.0.1", 0))
    return place


def obey(parent: Parent[ToLane], pipe: Pipe, server: Server, ledger: Ledger) -> None:
    """Answer the parent from a thread of its own, because a blocked event loop could not."""
    threading.Thread(
        target=_listen, args=(parent, pipe, server, ledger), name="listener", daemon=True
    ).start()


def _listen(parent: Parent[ToLane], pipe: Pipe, server: Server, ledger: Ledger) -> None:
    while True:
        message = parent.next()
        match message:
            case Begin():
                ledger.begin()
            case Read():
                pipe.write(ledger.drain())
            case Quit():
                server.should_exit = True
