"""Who may ask a server that the tool runs for itself: whoever knows its token, under a Host that is this machine's.

Anyone on the machine can connect to a port of 127.0.0.1, and so can a web page in a browser.  A page cannot read the
token; and one that had a name of its own resolve to 127.0.0.1 sends that name as the Host.
"""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest
from urllib.parse import urlsplit

from httptui.engines.hosts import LOOPBACK_NAME, is_address, normal_host

TOKEN_HEADER = "X-Httptui-Token"  # noqa: S105 - the name of the header
REFUSED = "for the tool's own use: asked without its token, or under another host"


def is_ours(headers: Iterable[tuple[str, str]], token: str, own_host: str = "") -> bool:
    """Whether a request is to be answered: it has the token, and its Host, where it names one, is an address,
    localhost or `own_host`.  Without a token, whoever started the server lets everyone ask.
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
