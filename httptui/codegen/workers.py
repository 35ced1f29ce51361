"""Workers of a script: each takes a turn, sends a request, and repeats until no turn is left."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.codegen.client import Client, turns_of
from httptui.codegen.retrying import is_tried_again, retried
from httptui.codegen.texts import Line, after, block
from httptui.codegen.usage import Usage

PACE = '''
class Pace:
    """Lets RATE requests a second go to one host, evenly spaced."""

    def __init__(self) -> None:
        self._free = 0.0
'''
OF_TASKS = """
    async def wait(self) -> None:
        start = max(self._free, time.monotonic())
        self._free = start + 1 / RATE
        await asyncio.sleep(start - time.monotonic())
"""
OF_THREADS = """
        self._lock = Lock()

    def wait(self) -> None:
        with self._lock:
            start = max(self._free, time.monotonic())
            self._free = start + 1 / RATE
        time.sleep(max(start - time.monotonic(), 0))
"""


def pacing_imports(usage: Usage, client: Client) -> set[str]:
    """Return the imports for pausing."""
    wanted: set[str] = set()
    if usage.per_host_rate is not None:
        wanted |= {"import time"} | (set() if client.asynchronous else {"from threading import Lock"})
        if usage.requested.hosts > 1:
            wanted |= {"from collections import defaultdict", "from urllib.parse import urlsplit"}
    if usage.think and not client.asynchronous:
        wanted |= {"import time"}
    return wanted


def pacing_constants(usage: Usage) -> Iterator[Line]:
    """Yield the constants for think time and rate per host."""
    if usage.think:
        yield f"THINK = {usage.think:g}  # Seconds between an answer and a worker's next request."
    if usage.per_host_rate is not None:
        yield f"RATE = {usage.per_host_rate:g}  # Requests a second to each host."


def pace_class(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Return the class for the pace of a host, and the paces of all hosts."""
    if usage.per_host_rate is None:
        return ()
    made = "defaultdict(Pace)" if usage.requested.hosts > 1 else "Pace()"
    name = "paces" if usage.requested.hosts > 1 else "pace"
    between = "\n" if client.asynchronous else ""
    written = (
        PACE.strip("\n") + "\n" + between + (OF_TASKS if client.asynchronous else OF_THREADS).strip("\n")
    )
    return (*written.split("\n"), "", "", f"{name} = {made}")


def before_request(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Return the line that waits until the host may be sent the next request."""
    if usage.per_host_rate is None:
        return ()
    which = "paces[urlsplit(url).netloc]" if usage.requested.hosts > 1 else "pace"
    return (f"{'await ' if client.asynchronous else ''}{which}.wait()",)


def after_request(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Return the line of a worker's think time."""
    if not usage.think:
        return ()
    return (f"{'await asyncio' if client.asynchronous else 'time'}.sleep(THINK)",)


def fetch_lines(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Return the function that sends one request with retries, using a new client if each request has one."""
    if not is_tried_again(usage, client):
        return ()
    given = [] if usage.uses == 1 else [f"{client.name}: {client.kind}"]
    given += [f"{_one(usage, client)}: str"] if usage.requested.differ else []
    sent: tuple[Line, ...] = client.send
    if usage.tries.statuses:
        sent = (*sent, f"return {client.status}")
    if usage.uses == 1:
        sent = (_opened(client), *block(1, sent))
    return tuple(retried(usage, client, ", ".join(given), sent))


def work_lines(usage: Usage, client: Client) -> Iterator[str]:
    """Yield the function of one worker."""
    shared = f"{client.name}: {client.kind}, " if _is_shared(usage, client) else ""
    turns, kind, turn = (
        _turns(usage, client),
        "str" if usage.requested.differ else "int",
        _turn(usage, client),
    )
    yield f"{_prefix(client)}def work({shared}{turns}: Iterator[{kind}]) -> int:"
    yield "    done = 0"
    once = f"for {turn} in {turns}:"
    sent, pause = _sent(usage, client), after_request(usage, client)
    if usage.uses == 1:
        alone = is_tried_again(usage, client)
        yield from block(1, [once])
        if alone:
            yield from block(2, sent)
        else:
            yield from block(2, [*before_request(usage, client), _opened(client)])
            yield from block(3, sent)
        yield from block(2, pause)
    elif usage.uses is not None:
        first = f"first_{turn}" if usage.requested.differ else "turn"
        yield from block(1, [f"for {first} in {turns}:"])
        yield from block(2, [_opened(client)])
        yield from block(3, [f"for {turn} in chain([{first}], islice({turns}, USES - 1)):"])
        yield from block(4, [*sent, *pause])
    elif shared:
        yield from block(1, [once])
        yield from block(2, [*sent, *pause])
    else:
        yield from block(1, [_opened(client)])
        yield from block(2, [once])
        yield from block(3, [*sent, *pause])
    yield "    return done"


def main_lines(usage: Usage, client: Client) -> Iterator[str]:
    """Yield the function that runs all workers."""
    shared, turns = _is_shared(usage, client), _turns(usage, client)
    given = f"{client.name}, {turns}" if shared else turns
    opened = [_opened(client)] if shared else []
    yield f"{_prefix(client)}def main() -> None:"
    yield f"    {turns} = {turns_of(usage, client)}  # Each worker takes the next."
    yield from block(1, opened)
    depth = 1 + len(opened)
    if client.asynchronous:
        yield from block(
            depth,
            [
                f"workers = [work({given}) for _ in range(IN_FLIGHT)]",
                "print(sum(await asyncio.gather(*workers)))",
            ],
        )
        yield from block(1, client.last)
        return
    yield from block(depth, ["with ThreadPoolExecutor(IN_FLIGHT) as pool:"])
    yield from block(
        depth + 1,
        [
            f"jobs = [pool.submit(work, {given}) for _ in range(IN_FLIGHT)]",
            "print(sum(job.result() for job in jobs))",
        ],
    )


def _sent(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Return the lines that send one request and count it."""
    if not is_tried_again(usage, client):
        paced = before_request(usage, client) if usage.uses != 1 else ()
        return (*paced, *client.send, "done += 1")
    given = [] if usage.uses == 1 else [client.name]
    given += [_one(usage, client)] if usage.requested.differ else []
    fetched = f"{'await ' if client.asynchronous else ''}fetch({', '.join(given)})"
    return (*before_request(usage, client), fetched, "done += 1")


def _opened(client: Client) -> Line:
    return after(f"{_prefix(client)}with ", client.opened, f" as {client.name}:")


def _prefix(client: Client) -> str:
    return "async " if client.asynchronous else ""


def _is_shared(usage: Usage, client: Client) -> bool:
    return usage.reuse == "shared" and client.shareable


def _turns(usage: Usage, client: Client) -> str:
    return f"{_one(usage, client)}s" if usage.requested.differ else "turns"


def _turn(usage: Usage, client: Client) -> str:
    return _one(usage, client) if usage.requested.differ else "_"


def _one(usage: Usage, client: Client) -> str:
    return usage.at(client.requested)
