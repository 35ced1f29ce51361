"""Behaviour of libraries without any settings, each observed in its own processes and with its own witness."""

from __future__ import annotations

import asyncio
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress

import msgspec
from msgspec import Struct, structs

from httptui.doctor.bench import Witness, clean_environment, hostile_environment, written_netrc
from httptui.engines.registry import EngineInfo
from httptui.own_process import OWN_SESSION, close_streams, end_group, exit_code, own_command
from httptui.safe_text import safe_text

PATHS = ("/cookie", "/", "/redirect", "/last", "/last", "/last", "/drop")
"""Paths requested one after another by one client object."""
LONGEST_VALUE = 300


class Asked(Struct, frozen=True, kw_only=True):
    """Outcome of one request, as reported by `httptui.engines.probe.plain`."""

    seconds: float
    error: str
    lookups: tuple[str, ...] = ()
    threads: int | None = None


class Arrival(Struct, frozen=True):
    """Bytes of a request's head, and the number of its connection."""

    head: bytes
    connection: int

    @property
    def path(self) -> str:
        """The requested path."""
        return self.head.split(b" ", 2)[1].decode("latin-1") if self.head.count(b" ") > 1 else ""


class Plain(Struct, frozen=True, kw_only=True):
    """Behaviour of a library without any settings.

    - `headers`: those it adds to a GET, as they arrived.
    - `tries`: how often it sent a request whose connection broke; `broke`: the final error.
    - `lookups`: how often it looked a known name up for `connections` new ones; `looked_up_in`: in which threads
      ("main", "other"), empty if Python saw no lookup.
    - `hung`: its reaction to a silent server after `hung_seconds`, which is None if it still waited after `patience`
      seconds.
    - `failure`: why there is nothing to report.
    """

    headers: tuple[tuple[str, str], ...] = ()
    keeps_alive: bool | None = None
    keeps_cookies: bool | None = None
    redirects: bool | None = None
    tries: int | None = None
    broke: str = ""
    proxies: bool | None = None
    netrc: bool | None = None
    lookups: int | None = None
    connections: int | None = None
    looked_up_in: tuple[str, ...] = ()
    threads: int | None = None
    hung: str = ""
    hung_seconds: float | None = None
    patience: float = 0.0
    failure: str = ""


def plain_of(
    asked: Sequence[Asked], arrivals: Sequence[Arrival], *, hostile: Sequence[Arrival], proxies: bool
) -> Plain:
    """Derive the behaviour from the requests of PATHS, and from `hostile` ones in an environment with netrc and
    proxy.

    `proxies` means that the proxy was used.
    """
    if len(asked) < len(PATHS) or not arrivals:
        last = asked[-1].error if asked else ""
        return Plain(failure=safe_text(last or "the library could not be used"))
    by_path: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        by_path.setdefault(arrival.path, []).append(arrival)
    first, second = by_path.get("/cookie", []), by_path.get("/", [])
    ends = [index for index, path in enumerate(PATHS) if path == "/last"]
    fresh = [arrival.connection for arrival in by_path.get("/last", [])]
    return Plain(
        headers=tuple(pair for pair in headers_of(arrivals[0].head) if pair[0].lower() != "host"),
        keeps_alive=first[-1].connection == second[0].connection if first and second else None,
        keeps_cookies=b"doctor=1" in second[0].head if second else None,
        redirects="/landed" in by_path,
        tries=len(by_path.get("/drop", [])),
        broke=safe_text(asked[-1].error),
        proxies=proxies,
        netrc=any(name.lower() == "authorization" for one in hostile for name, _ in headers_of(one.head)),
        lookups=len(asked[ends[-1]].lookups) - len(asked[ends[0]].lookups),
        connections=len(set(fresh[1:])),
        looked_up_in=tuple(sorted(set(asked[-1].lookups))),
        threads=asked[-1].threads,
    )


def headers_of(head: bytes) -> tuple[tuple[str, str], ...]:
    """Return the headers of a request, in their order and spelling."""
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((safe_text(name), safe_text(value.strip(), LONGEST_VALUE)) for name, _, value in pairs)


PATIENCE_SECONDS = 65.0
"""Seconds for which an unanswered library is observed: some wait for a minute, some forever."""
USE_SECONDS = 30.0
AT_ONCE = 2
NAME, ADDRESS = "localhost", "127.0.0.1"
NO_PLAIN_USE = 4
"""Exit code of `httptui.engines.probe.plain` for an engine whose library it does not know."""


async def plain_uses(
    engines: Sequence[EngineInfo], *, patience: float = PATIENCE_SECONDS
) -> dict[str, Plain]:
    """Return the behaviour of each engine's library; engines without a plain use are left out."""
    turns = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_plain_use(info.name, patience, turns) for info in engines))
    return {info.name: plain for info, plain in zip(engines, found, strict=True) if plain is not None}


async def _plain_use(name: str, patience: float, turns: asyncio.Semaphore) -> Plain | None:
    async with AsyncExitStack() as stack:
        witness, elsewhere, proxy = [await stack.enter_async_context(Witness()) for _ in range(3)]
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="httptui-doctor-"))
        hostile = hostile_environment(f"http://{ADDRESS}:{proxy.port}", written_netrc(folder))
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
    """Return the outcomes of some requests within so many seconds; None for an engine without plain use."""
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
