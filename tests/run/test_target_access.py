"""A target that cannot be reached is told before any load, in words that say what to change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from httptui.errors import NothingFinishedError
from httptui.plan.model import Contender, Plan, Target
from httptui.runs.consent import Consented
from httptui.runs.target import TargetAccess

HERE = Consented(pins={"127.0.0.1": ("127.0.0.1",)})


@pytest.fixture
async def plain_server() -> AsyncIterator[str]:
    """Host and port of a server that answers a handshake as one without TLS does."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Closed with bytes still unread, the connection would be reset.
        await reader.read(65_536)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("field", ["target.url", "target.urls"])
async def test_a_port_that_speaks_no_tls_is_told_with_the_field_of_its_url(
    field: str, verify: bool, plain_server: str
) -> None:
    url = f"https://{plain_server}/"
    target = Target(urls=(url,), verify=verify) if field == "target.urls" else Target(url=url, verify=verify)
    with pytest.raises(NothingFinishedError) as told:
        await TargetAccess.open(Plan(target=target, contender=(Contender(engine="raw"),)), HERE)
    message = str(told.value)
    assert message.startswith(f"cannot reach {plain_server} over TLS: ")
    assert message.endswith(f"; if it speaks plain HTTP, {field} has to begin with http://")
    assert "ermitted" not in message
