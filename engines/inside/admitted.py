"""An app that answers only the driver of its contender: each call sends the plan's method with the plan's secrets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from httptui.engines.admission import REFUSED, is_ours
from httptui.engines.inside.ledger import Ledger

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
FORBIDDEN = 403


class Admitted:
    """Around an app: a request without the token, or under another host, is refused and counted."""

    def __init__(self, app: App, token: str, ledger: Ledger) -> None:
        self._app = app
        self._token = token
        self._ledger = ledger
        # The driver's own, once seen, so that a request costs the route two comparisons.
        self._usual: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request of ours on."""
        if scope["type"] == "http" and scope["headers"] != self._usual:
            if not is_ours(_text(scope["headers"]), self._token):
                self._ledger.foreign += 1
                await send({"type": "http.response.start", "status": FORBIDDEN, "headers": []})
                await send({"type": "http.response.body", "body": REFUSED.encode()})
                return
            self._usual = list(scope["headers"])
        await self._app(scope, receive, send)


def _text(headers: Any) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
