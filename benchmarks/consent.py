"""Count of the packets that a run sends to hosts without consent.

In a network namespace that no packet can leave, every installed engine meets names that change their addresses,
redirects, other spellings of addresses, and proxies of the environment.

Each engine sends the same requests in three ways: a client for each, one client with the library's own pool on the
faster event loop, and from inside an app. The expected answer is 0 packets to a host without consent, while every
request to the plan's own hosts is answered.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from benchmarks import namespace
from benchmarks.published import command_line, load_average, publish, surroundings, table
from httptui import Contender, Load, Plan, Policy, Report, Schedule, Target, run
from httptui.engines.registry import EngineInfo, list_engines
from httptui.errors import HttptuiError, RefusedError
from httptui.plan.io import checked_plan
from httptui.runs.consent import check_plan

METADATA = "169.254.169.254"
REBOUND = ("203.0.113.1", "169.254.170.2", "2001:db8:1::1")
SECOND = ("203.0.113.2",)
PROXY = "203.0.113.3"
FAR = "203.0.113.4"
SPELLINGS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "[::ffff:127.0.0.1]",
)
ELSEWHERE = (
    FAR,
    METADATA,
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    f"[::ffff:{METADATA}]",
    "[2002:a9fe:a9fe::1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::1]",
    "[64:ff9b::7f00:1]",
    "[fd00:ec2::254]",
    "[2001:db8:2::1]",
    "10.9.9.9",
    "192.168.9.9",
    "0.0.0.0",
    "far.test",
    "near-then-far.test",
    "user:password@203.0.113.4",
)
REFUSED = (METADATA, "2852039166", "0xa9fea9fe", "169.254.43518", f"[::ffff:{METADATA}]", "[64:ff9b::a9fe:a9fe]",
           "[2002:a9fe:a9fe::1]", "[2002:7f00:1::1]", "[64:ff9b::7f00:1]", FAR, "3405803780", "far.test")  # fmt: skip
"""Hosts of a plan that are refused before any packet."""

SECRETS = {
    "X-Api-Key": "correct-horse-battery",
    "X-Plain": "env:HTTPTUI_BENCHMARK_SECRET",
    "Cookie": "sid=battery",
}
WORD = b"battery"
OWN = ("again", "two", "spelt", "home")
"""Cases that lead to the plan's own hosts."""
ROUNDS = 2
SECONDS = 1.0


class Seen(NamedTuple):
    """Result of an engine's requests: packets by address, answers by case, `due` own answers, and leaked headers."""

    engine: str
    requests: int
    due: int
    packets: Counter[str]
    answered: Counter[str]
    leaks: int


class Site:
    """Two origins on this machine: the plan's, which redirects, and another one, which should see no secret."""

    def __init__(self) -> None:
        self.answered: Counter[str] = Counter()
        self.leaks = 0

    async def __aenter__(self) -> Site:
        # A name of the machine may be requested over IPv4 and over its IPv6 spelling.
        self._servers = [await asyncio.start_server(self._serve, "127.0.0.1", 0) for _ in range(2)]
        self.port, self.other = (server.sockets[0].getsockname()[1] for server in self._servers)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            here = writer.get_extra_info("sockname")[1]
            if here == self.other:
                self.leaks += WORD in head
            writer.write(self._answer(path.strip("/").split("/")))
            await writer.drain()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _answer(self, parts: Sequence[str]) -> bytes:
        location = ""
        match parts:
            case ["to", number]:
                location = f"http://{ELSEWHERE[int(number)]}:{self.port}/ok/elsewhere"
            case ["home"]:
                location = "/ok/home"
            case ["across"]:
                location = f"http://127.0.0.1:{self.other}/ok/across"
            case ["ok", case]:
                self.answered[case] += 1
        status = f"302 Found\r\nLocation: {location}" if location else "200 OK"
        return f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode()


def answers(name: str, before: int) -> Sequence[str] | None:
    """Return the addresses of a name that was looked up `before` times already, from its first label."""
    match name.split(".")[0].split("-")[0]:
        case "again":
            return ("127.0.0.1",) if before == 0 else REBOUND
        case "two":
            return ("127.0.0.1",) if before == 0 else (*SECOND, "127.0.0.1")
        case "near":
            return ("127.0.0.1",) if before == 0 else (FAR,)
        case "far":
            return (FAR,)
    return None


async def see(engine: EngineInfo, number: int, trap: namespace.Trap) -> Seen:
    """Run every case with one engine."""
    packets = trap.packets.copy()
    async with Site() as site:
        hosts = {"again": f"again-{number}.test", "two": f"two-{number}.test"}
        hosts |= {f"spelt{at}": spelling for at, spelling in enumerate(SPELLINGS)}
        urls = [f"http://{host}:{site.port}/ok/{case.rstrip('0123456789')}" for case, host in hosts.items()]
        urls += [f"http://127.0.0.1:{site.port}/to/{at}" for at in range(len(ELSEWHERE))]
        urls += [f"http://127.0.0.1:{site.port}/{path}" for path in ("home", "across")]
        plan = Plan(
            target=Target(urls=tuple(urls), headers=SECRETS),
            policy=Policy(timeout=SECONDS, redirects=3 if "redirects" in engine.abilities else 0),
            load=Load(concurrency=1, requests=ROUNDS * len(urls)),
            schedule=Schedule(warmup=0, probe=False),
            contender=ways(engine),
        )
        try:
            async with run(checked_plan(plan)) as items:
                async for item in items:
                    if isinstance(item, Report):
                        check(item)
        except HttptuiError as error:
            raise RuntimeError(f"{engine.name}: {error}") from error
        own = len(hosts) + (1 if plan.policy.redirects else 0)
        sent, due = (ROUNDS * len(plan.contender) * count for count in (len(urls), own))
        return Seen(engine.name, sent, due, trap.packets - packets, site.answered, site.leaks)


def ways(engine: EngineInfo) -> tuple[Contender, ...]:
    """Return the contenders of an engine."""
    by_tasks = engine.mode == "async"
    fast = Contender(engine=engine.name, pool="library-defaults", loop="uvloop" if by_tasks else UNSET)
    app = Contender(engine=engine.name, inside="fastapi-async" if by_tasks else "fastapi-sync")
    return Contender(engine=engine.name, reuse="per-request"), fast, app


def check(report: Report) -> None:
    """Raise RuntimeError if a contender did not finish."""
    for contender in report.contenders:
        if contender.state != "finished":
            raise RuntimeError(f"{contender.label} is {contender.state}: {contender.cause}")


async def refusals() -> int:
    """Count the hosts that are refused for lack of consent."""
    refused = 0
    for host in REFUSED:
        plan = Plan(target=Target(url=f"http://{host}:8000/"), contender=(Contender(engine="aiohttp"),))
        try:
            await check_plan(checked_plan(plan), frozenset())
        except RefusedError:
            refused += 1
    return refused


def prove(trap: namespace.Trap) -> int:
    """Send packets from a plain socket to each address, and count them; RuntimeError if the trap misses any."""
    wanted = (*REBOUND, *SECOND, PROXY, FAR, METADATA, "10.9.9.9", "2001:db8:2::1")
    before = trap.packets.copy()
    for address in wanted:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as attempt:
            attempt.settimeout(0)
            attempt.connect_ex((address, 80))
    time.sleep(0.5)
    counted = trap.packets - before
    if missing := [address for address in wanted if not counted[address]]:
        raise RuntimeError(f"the trap counts no packets to {', '.join(missing)}")
    return counted.total()


def held(one: Seen) -> bool:
    """Return whether an engine sent nothing to other hosts, leaked no secret, and got every answer it was due."""
    return not one.packets and not one.leaks and sum(one.answered[case] for case in OWN) == one.due


def in_words(seen: Sequence[Seen], proven: int, refused: int) -> str:
    """Return the table, and a description of the requests."""
    rows = []
    for one in seen:
        known = {*REBOUND, *SECOND, PROXY}
        rest = sum(count for address, count in one.packets.items() if address not in known)
        rows.append(
            [
                one.engine,
                str(one.requests),
                str(sum(one.packets[address] for address in REBOUND)),
                str(sum(one.packets[address] for address in SECOND)),
                str(rest),
                str(one.packets[PROXY]),
                str(one.leaks),
                f"{sum(one.answered[case] for case in OWN)} of {one.due}",
            ]
        )
    columns = [
        "engine",
        "requests",
        "rebinding",
        "second address",
        "redirects",
        "proxies",
        "secrets",
        "answered",
    ]
    total, leaks = sum(one.packets.total() for one in seen), sum(one.leaks for one in seen)
    return "\n".join(
        [
            table(columns, rows),
            "",
            f"Of {len(seen)} engines, {total} packets went to hosts without consent, and {leaks} secrets to another "
            f"origin. {refused} of {len(REFUSED)} plans for such hosts were refused before any packet. The trap was "
            f"proven with {proven} packets of a plain socket.",
        ]
    )


def main() -> None:
    """Measure in a namespace, print, and publish if requested."""
    parser = command_line(__doc__, "two minutes")
    parser.add_argument("--engine", action="append", help="only this engine; may be repeated")
    options = parser.parse_args()
    if not namespace.inside():
        sys.exit(namespace.enter("benchmarks.consent", sys.argv[1:]))
    before = load_average()
    trap = namespace.Trap()
    namespace.Names(answers)
    proven = prove(trap)
    os.environ["HTTPTUI_BENCHMARK_SECRET"] = "plain-looking-battery"
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ[name] = f"http://{PROXY}:3128"
    engines = [one for one in list_engines() if one.installed]
    chosen = [one for one in engines if not options.engine or one.name in options.engine]
    seen = []
    for number, engine in enumerate(chosen):
        seen.append(asyncio.run(see(engine, number, trap)))
        print(f"{engine.name}: {dict(seen[-1].packets)}, {dict(seen[-1].answered)}", file=sys.stderr)
    refused = asyncio.run(refusals())
    publish("consent", f"{in_words(seen, proven, refused)}\n\n{surroundings(before)}", write=options.write)
    if refused < len(REFUSED) or not all(map(held, seen)):
        sys.exit(1)


if __name__ == "__main__":
    main()
