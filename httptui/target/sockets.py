"""The sockets a target listens on."""

from __future__ import annotations

import errno
import os
import socket

from httptui.errors import TargetError

BACKLOG = 4_096


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on `host`:`port` (0: any free port); TargetError says in one line why it cannot."""
    sock = _bound(host, port)
    sock.listen(BACKLOG)
    sock.setblocking(False)  # noqa: FBT003
    return sock


def reserved_socket(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen: it keeps the port ours while a server that binds by itself shares it."""
    if port:
        listening_socket(host, port).close()
    return _bound(host, port, shared=True)


def _bound(host: str, port: int, shared: bool = False) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind, protocol)
    except OSError as error:
        raise TargetError(f"target: cannot listen on {host}: {error.strerror or error}") from None
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(address)
    except OSError as error:
        sock.close()
        reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise TargetError(
            f"target: port {port} on {host} {reason}; choose another, or 0 for a free one"
        ) from None
    except OverflowError:
        sock.close()
        raise TargetError(f"target: port {port} is beyond 65535") from None
    return sock
