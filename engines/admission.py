"""Access control for servers that a run starts for itself: a request needs the run's token and a Host of this
machine.

Any process on the machine can connect to a port of 127.0.0.1, and so can a web page in a browser. A page cannot read
the token. A page that resolves a name of its own to 127.0.0.1 (DNS rebinding) sends that name as the Host.
"""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest
from urllib.parse import urlsplit

from httptui.engines.hosts import LOOPBACK_NAME, is_address, normal_host

TOKEN_HEADER = "X-Httptui-Token"  # noqa: S105 - the name of the header
REFUSED = "for the tool's own use: asked without its token, or under another host"


def is_ours(headers: Iterable[tuple[str, str]], token: str, own_host: str = "") -> bool:
    """Return whether a request has the token and, if it names a Host, whether that is an address, localhost or
    `own_host`.

    An empty token admits every request.
    """
    if not token:
        return True
    found = {name.lower(): value for name, value in headers}
    given = found.get(TOKEN_HEADER.lower(), "")
    if not compare_digest(given.encode(errors="replace"), token.encode()):
        return False
    return "host" not in found or _is_own(found["host"], own_host)


def _is_own(place: str, own_host: str) -> bool:
    try:
        host = normal_host(urlsplit(f"//{place}").hostname or "")
    except ValueError:
        return False
    return is_address(host) or host in (LOOPBACK_NAME, own_host.lower())
