"""The socket that a thread waits for, found in what its functions have at hand: the only way to break off a call of a
sync client from outside that leaves the client whole.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

HOLDING = ("_sock", "sock")
"""What objects call the socket they read from: `socket.SocketIO`, `http.client`, httpcore."""


def break_connection(thread: int) -> bool:
    """Shut down the connection that a thread, given by its identifier, waits for; whether there was one.

    Its client sees a connection that the server has closed, and deals with it as ever.
    """
    found = next(_sockets_of(thread), None)
    if found is None:
        return False
    with suppress(OSError):
        # Not the method of a TLS socket, which would let the client go on in plain text.
        socket.socket.shutdown(found, socket.SHUT_RDWR)
    return True


def _sockets_of(thread: int) -> Iterator[socket.socket]:
    """Innermost first."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        for value in tuple(frame.f_locals.values()):
            if isinstance(value, socket.socket):
                yield value
                continue
            # A library's object may answer with anything.
            with suppress(Exception):
                own = vars(value)
                yield from (own[name] for name in HOLDING if isinstance(own.get(name), socket.socket))
        frame = frame.f_back
