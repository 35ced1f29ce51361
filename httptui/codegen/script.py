"""Assembly of a script: the parts common to all libraries, around the few lines of the library's own.

The comments at its head say what the reader must know: from the usage, the label, the load, and what the run does but
the script does not; differences in retries, which tenacity makes; the library's notes; then packages, target and
variables. Its workers each take a turn, send a request, and repeat until no turn is left.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator

from httptui.codegen.client import Client, Raised, turns_of, url_constants, url_function
from httptui.codegen.texts import (
    WIDTH,
    Call,
    Line,
    Variable,
    after,
    block,
    bytes_expression,
    bytes_literal,
    call,
)
from httptui.codegen.usage import BODY_IN_HEX, CA_FILE, Usage
from httptui.plan.requests import LONGEST_WAIT
from httptui.units import listed

COMMON_IMPORTS = (
    "import asyncio",
    "import os",
    "import random",
    "import socket",
    "import ssl",
    "import tenacity",
    "import time",
    "import uvloop",
    "from base64 import b64encode",
    "from collections import defaultdict",
    "from collections.abc import Iterator",
    "from concurrent.futures import ThreadPoolExecutor",
    "from itertools import chain, cycle, islice",
    "from threading import Lock",
    "from urllib.parse import urlsplit",
)


def script_of(usage: Usage, client: Client) -> str:
    """Return the script, which sends the usage's requests and prints how many were answered."""
    functions = (
        client.functions,
        url_function(usage, client),
        pace_class(usage, client),
        fetch_lines(usage, client),
        tuple(work_lines(usage, client)),
        tuple(main_lines(usage, client)),
        ('if __name__ == "__main__":', f"    {_start(usage, client)}"),
    )
    constants = "\n".join(block(0, _constants(usage, client)))
    body = "\n\n\n".join([constants, *("\n".join(block(0, lines)) for lines in functions if lines)])
    return "\n".join([*_head(usage, client), "", *_imports(client, body), "", body, ""])


def _head(usage: Usage, client: Client) -> Iterator[str]:
    requests = f"{_number(usage.requests)} requests" if usage.requests > 1 else "1 request"
    in_flight = f"{usage.concurrency} in flight" if usage.concurrency > 1 else "one after the other"
    told = [
        usage.label,
        f"In the run: {usage.load}. Here: {requests}, {in_flight}.",
        *usage.left_out,
        *retry_notes(usage, client),
        *client.notes,
    ]
    packages = [*client.packages, *(["uvloop"] if usage.uvloop and client.asynchronous else [])]
    packages += ["tenacity"] if is_tried_again(usage, client) else []
    if packages:
        told.append(f"Needs: {' '.join(packages)}")
    if usage.served_by:
        told.append(f"The target: {usage.served_by}")
    if usage.variables:
        told.append(f"From the environment: {', '.join(usage.variables)}")
    if CA_FILE in usage.variables and usage.served_by:
        told.append(f"{CA_FILE} is the path that the target prints.")
    for text in told:
        yield from textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="#   ")


def _imports(client: Client, body: str) -> Iterator[str]:
    """Yield the imports of all names that the body uses, those of the standard library first."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    ours = []
    for line in {*COMMON_IMPORTS, *client.imports}:
        start, _, names = line.partition("import ")
        kept = sorted(name for name in names.split(", ") if name.partition(".")[0] in used)
        ours += [f"{start}import {', '.join(kept)}"] if kept else []
    standard = [line for line in sorted(ours, key=_import_order) if _is_standard(line)]
    yield from standard
    if others := [line for line in sorted(ours, key=_import_order) if line not in standard]:
        yield from ("", *others)


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line.split()[1].lower()


def _is_standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def _constants(usage: Usage, client: Client) -> Iterator[Line]:
    yield from client.target
    yield from url_constants(usage, client)
    if usage.credentials:
        yield f"CREDENTIALS = {usage.credentials}"
    headers = tuple(f'"{name}": {client.header_value(value)}' for name, value in usage.headers)
    yield Call("HEADERS = ", headers, brackets="{}")
    if usage.body_bytes:
        yield f"BODY = {bytes_literal(usage.body_bytes)}"
    elif usage.body == (Variable(BODY_IN_HEX),):
        yield f'BODY = bytes.fromhex(os.environ["{BODY_IN_HEX}"])'
    elif usage.body:
        yield f"BODY = {bytes_expression(usage.body)}"
    yield from client.constants
    yield f"REQUESTS = {_number(usage.requests)}"
    yield f"IN_FLIGHT = {_number(usage.concurrency)}"
    if usage.uses not in (None, 1):
        yield f"USES = {_number(usage.uses)}  # Requests that each client serves before it is made anew."
    yield from pacing_constants(usage)
    yield from retry_constants(usage, client)


def _number(number: int | None) -> str:
    return f"{number:_}" if number is not None and number >= 10_000 else str(number)


def _start(usage: Usage, client: Client) -> str:
    if not client.asynchronous:
        return "main()"
    return "uvloop.run(main())" if usage.uvloop else "asyncio.run(main())"


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
    turns, differ = _turns(usage, client), usage.requested.differ
    kind, turn = ("str", _one(usage, client)) if differ else ("int", "_")
    yield f"{_prefix(client)}def work({shared}{turns}: Iterator[{kind}]) -> int:"
    yield "    done = 0"
    once = f"for {turn} in {turns}:"
    sent, pause = _sent(usage, client), after_request(usage, client)
    if usage.uses == 1:
        alone = not is_tried_again(usage, client)
        yield from block(1, [once])
        yield from block(2, [*before_request(usage, client), _opened(client)] if alone else [])
        yield from block(3 if alone else 2, sent)
        yield from block(2, pause)
    else:
        around: list[Line] = [once] if shared else [_opened(client), once]
        if usage.uses is not None:
            first = f"first_{turn}" if differ else "turn"
            once = f"for {turn} in chain([{first}], islice({turns}, USES - 1)):"
            around = [f"for {first} in {turns}:", _opened(client), once]
        for depth, line in enumerate(around, 1):
            yield from block(depth, [line])
        yield from block(len(around) + 1, [*sent, *pause])
    yield "    return done"


def main_lines(usage: Usage, client: Client) -> Iterator[str]:
    """Yield the function that runs all workers."""
    shared, turns = _is_shared(usage, client), _turns(usage, client)
    given = f"{client.name}, {turns}" if shared else turns
    opened = [_opened(client)] if shared else []
    yield f"{_prefix(client)}def main() -> None:"
    yield f"    {turns} = {turns_of(usage, client)}  # Each worker takes the next."
    yield from block(1, opened)
    if client.asynchronous:
        lines = [
            f"workers = [work({given}) for _ in range(IN_FLIGHT)]",
            "print(sum(await asyncio.gather(*workers)))",
        ]
    else:
        lines = [
            "with ThreadPoolExecutor(IN_FLIGHT) as pool:",
            f"    jobs = [pool.submit(work, {given}) for _ in range(IN_FLIGHT)]",
            "    print(sum(job.result() for job in jobs))",
        ]
    yield from block(1 + len(opened), lines)
    yield from block(1, client.last)


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


def _one(usage: Usage, client: Client) -> str:
    return usage.at(client.requested)


def is_tried_again(usage: Usage, client: Client) -> bool:
    """Return whether the script retries anything."""
    return bool(usage.tries.statuses or _caught(usage, client))


def retry_constants(usage: Usage, client: Client) -> Iterator[Line]:
    """Yield the errors or their codes, and the statuses, that are retried."""
    caught = _caught(usage, client)
    if client.errors_of and caught:
        yield Call("CODES = ", caught, brackets="{}")
    elif len(caught) > 1:
        yield Call("ERRORS = ", caught)
    if usage.tries.statuses:
        yield Call("TRY_AGAIN = ", tuple(map(str, usage.tries.statuses)), brackets="{}")


def retried(usage: Usage, client: Client, signature: str, body: tuple[Line, ...]) -> Iterator[str]:
    """Yield the function `fetch` with retries; `body` sends one request, and returns the status if that is needed."""
    if client.errors_of and _caught(usage, client):
        yield "def may_pass(error: BaseException) -> bool:"
        yield f"    return isinstance(error, {client.errors_of}) and error.args[0] in CODES"
        yield from ("", "")
    yield from block(0, [_decorator(usage, client)])
    prefix = "async " if client.asynchronous else ""
    yield f"{prefix}def fetch({signature}) -> {'int' if usage.tries.statuses else 'None'}:"
    yield from block(1, body)


def retry_notes(usage: Usage, client: Client) -> Iterator[str]:
    """Yield notes on differences from the run's retries, mostly where errors are less specific than its causes."""
    if usage.tries.most == 1:
        return
    wanted = frozenset(usage.tries.kinds)
    chosen = _chosen(usage, client)
    wider = {kind for one in chosen for kind in one.kinds} - wanted - (set() if usage.tls else {"tls"})
    if wider:
        names = listed([name for one in chosen if one.kinds & wider for name in one.classes])
        yield f"{names} may mean {listed(sorted(wider))}, too: that is sent again here, and not in the run."
    if unknown := wanted - {kind for one in client.errors for kind in one.kinds}:
        yield f"The run sends again after {listed(sorted(unknown))}, too; here there is no error for that alone."
    if usage.uses not in (None, 1) and is_tried_again(usage, client):
        yield "In the run each try is one of a client's requests; here a request with all its tries is."


def _decorator(usage: Usage, client: Client) -> Call:
    caught = _caught(usage, client)
    causes: list[Call] = []
    if caught:
        if client.errors_of:
            causes.append(call("tenacity.retry_if_exception", "may_pass"))
        else:
            classes = caught[0] if len(caught) == 1 else "ERRORS"
            causes.append(call("tenacity.retry_if_exception_type", classes))
    if usage.tries.statuses:
        causes.append(call("tenacity.retry_if_result", "lambda status: status in TRY_AGAIN"))
    cause = causes[0] if len(causes) == 1 else call("tenacity.retry_any", *causes)
    return call(
        "@tenacity.retry",
        Call(f"retry={cause.start}", cause.arguments),
        _wait(usage),
        f"stop=tenacity.stop_after_attempt({usage.tries.most})",
        "retry_error_callback=lambda last: last.outcome.result()" if usage.tries.statuses else "reraise=True",
    )


def _wait(usage: Usage) -> Call | None:
    """Return waits that double: half of each is fixed, and up to half is random."""
    first = usage.tries.wait
    if not first:
        return None
    return call(
        "wait=tenacity.wait_combine",
        f"tenacity.wait_exponential(multiplier={first / 2:g}, max={LONGEST_WAIT / 2:g})",
        f"tenacity.wait_random_exponential(multiplier={first:g}, max={LONGEST_WAIT:g})",
    )


def _caught(usage: Usage, client: Client) -> tuple[str, ...]:
    """Return the classes or codes of errors that are retried."""
    return tuple(dict.fromkeys(name for one in _chosen(usage, client) for name in one.classes))


def _chosen(usage: Usage, client: Client) -> list[Raised]:
    """Return the most specific error for each kind, without those that another covers."""
    wanted = frozenset(usage.tries.kinds)
    found = [next((one for one in client.errors if kind in one.kinds), None) for kind in usage.tries.kinds]
    chosen = list(dict.fromkeys(one for one in found if one is not None))
    return [one for one in chosen if not any(one.kinds & wanted < other.kinds & wanted for other in chosen)]
