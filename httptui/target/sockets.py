"""The sockets a target listens on."""

from __future__ import annotations

import errno
import os
import socket

from httptui.errors import TargetError

BACKLOG = 4_096


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket bound to `host`:`port` (0: any free port); TargetError says in one line why it cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
    except OSError as error:
        raise TargetError(f"target: cannot listen on {host}: {error.strerror or error}") from None
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise TargetError(
                f"target: port {port} on {host} is in use; choose another, or 0 for a free one"
            ) from None
        raise TargetError(f"target: cannot listen on {host}:{port}: {error.strerror}") from None
    sock.setblocking(False)  # noqa: FBT003
    return sock
