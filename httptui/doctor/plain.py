"""Libraries used with nothing set, each in processes of its own and before a witness of its own."""

from __future__ import annotations

import asyncio
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import msgspec
from msgspec import structs

from httptui.engines.registry import EngineInfo
from httptui.doctor.grounds import NETRC, clean_environment, hostile_environment
from httptui.doctor.plain_seen import PATHS, Arrival, Asked, Plain, plain_of
from httptui.doctor.witness import Witness
from httptui.own_process import own_command
from httptui.process_group import OWN_SESSION, close_streams, end_group, exit_code
from httptui.safe_text import safe_text

PATIENCE_SECONDS = 65.0
"""For how long a library is watched that gets no answer: some wait for a minute, some without end."""
USE_SECONDS = 30.0
AT_ONCE = 2
NAME, ADDRESS = "localhost", "127.0.0.1"
NO_PLAIN_USE = 4
"""The exit code of `httptui.engines.probe.plain` for an engine whose library it does not know."""


async def plain_uses(
    engines: Sequence[EngineInfo], *, patience: float = PATIENCE_SECONDS
) -> dict[str, Plain]:
    """By engine, what its library does where nothing is set; those without a plain use are left out."""
    turns = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_plain_use(info.name, patience, turns) for info in engines))
    return {info.name: plain for info, plain in zip(engines, found, strict=True) if plain is not None}


async def _plain_use(name: str, patience: float, turns: asyncio.Semaphore) -> Plain | None:
    async with AsyncExitStack() as stack:
        witness, elsewhere, proxy = Witness(), Witness(), Witness()
        for server in (witness, elsewhere, proxy):
            await server.start()
            stack.push_async_callback(server.stop)
        netrc = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="httptui-doctor-"))) / "netrc"
        netrc.write_text(NETRC)
        netrc.chmod(0o600)
        hostile = hostile_environment(f"http://{ADDRESS}:{proxy.port}", str(netrc))
        async with turns:
            urls = [f"http://{NAME}:{witness.port}{path}" for path in PATHS]
            asked = await _asked(name, urls, clean_environment(), USE_SECONDS)
            if asked is None:
                return None
            await _asked(name, [f"http://{ADDRESS}:{elsewhere.port}/"], hostile, USE_SECONDS)
        through = (*_arrivals(proxy), *_arrivals(elsewhere))
        plain = plain_of(asked, _arrivals(witness), hostile=through, proxies=proxy.opened > 0)
        held = [f"http://{ADDRESS}:{witness.port}/hold"]
        waited = await _asked(name, held, clean_environment(), patience)
    if not waited:
        return structs.replace(plain, patience=patience)
    told = safe_text(waited[0].error)
    return structs.replace(plain, hung=told, hung_seconds=waited[0].seconds, patience=patience)


def _arrivals(witness: Witness) -> list[Arrival]:
    return [Arrival(*pair) for pair in zip(witness.heads, witness.carriers, strict=True)]


async def _asked(
    name: str, urls: Sequence[str], environ: Mapping[str, str], seconds: float
) -> list[Asked] | None:
    """What became of some requests within so many seconds; None for an engine that has no plain use."""
    process = await asyncio.create_subprocess_exec(
        *own_command("httptui.engines.probe.plain", name, *urls),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=OWN_SESSION,
        env=dict(environ),
    )
    assert process.stdout is not None
    asked: list[Asked] = []
    try:
        with suppress(TimeoutError, msgspec.MsgspecError):
            async with asyncio.timeout(seconds):
                while line := await process.stdout.readline():
                    asked.append(msgspec.json.decode(line, type=Asked))
                if await process.wait() == NO_PLAIN_USE:
                    return None
    finally:
        end_group(process)
        await exit_code(process)
        close_streams(process)
    return asked
