"""httpx or httpx2 over an aiohttp session, with a short transport such as users write themselves.

The transport reads the body before passing it on. `decompress` reproduces the defect of a published transport:
aiohttp decompresses the body but its Content-Encoding is passed on, so that httpx decompresses again and fails.
"""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import aiohttp

from httptui.engines.body_limit import BodyLimit
from httptui.engines.clients.aiohttp import CountedSockets, bound_body, connector_for, session_for
from httptui.engines.clients.httpx_family import AsyncFamily


def transport_over(
    library: ModuleType, session: aiohttp.ClientSession, limit: BodyLimit, *, decompress: bool
) -> Any:
    """Create a transport for `library.AsyncClient` that passes each request to one session."""

    class Transport(library.AsyncBaseTransport):  # type: ignore[misc,name-defined]
        async def handle_async_request(self, request: Any) -> Any:
            async with session.request(
                request.method,
                str(request.url),
                headers=[(name.decode(), value.decode()) for name, value in request.headers.raw],
                data=await request.aread() or None,
                allow_redirects=False,
                auto_decompress=decompress,
            ) as response:
                bound_body(response, limit)
                body = await response.read()
            headers = [(name.lower(), value) for name, value in response.raw_headers]
            return library.Response(response.status, headers=headers, stream=library.ByteStream(body))

        async def aclose(self) -> None:
            await session.close()

    return Transport()


class OverAiohttp(AsyncFamily):
    """One `AsyncClient` over that transport; see the module for `decompress`."""

    decompress: bool = False

    async def open(self) -> None:
        self._sockets = CountedSockets()
        session = session_for(self.settings, connector_for(self.settings, self._sockets))
        transport = transport_over(
            self.library, session, self.settings.body_limit, decompress=self.decompress
        )
        self._client = self.library.AsyncClient(transport=transport, **self._policies())
        self._client.headers.clear()

    async def close(self) -> None:
        await super().close()
        # A closed connector shuts its TLS transports down in callbacks of the loop's next iterations.
        await asyncio.sleep(0)

    @property
    def connections_opened(self) -> int:
        return self._sockets.made
