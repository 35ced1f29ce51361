"""A whole script: what every library's has in common, around the few lines that are the library's own."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from httptui.snippets.layout import WIDTH, Call, Line, after, block
from httptui.snippets.texts import bytes_expression
from httptui.snippets.usage import CA_FILE, Usage


@dataclass(frozen=True, kw_only=True)
class Client:
    """How a script uses one library.

    `kind` is the type of its client object, `name` what the script calls it, `opened` the call that makes it, a
    context manager; `send` are the lines that send one request and read its whole body, wherever a client is open.
    `packages` are to be installed; `target` are the constants that say where requests go, if not URL; `constants` and
    `functions` are its own, `last` is what is still to be done once the clients of an asynchronous one are closed,
    `notes` what a reader should know.  Only a `shareable` one can be used by many at once.
    """

    kind: str
    name: str
    opened: Call
    send: tuple[Line, ...]
    asynchronous: bool
    packages: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    target: tuple[Line, ...] = ()
    constants: tuple[Line, ...] = ()
    functions: tuple[Line, ...] = ()
    last: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    shareable: bool = True


def script_of(usage: Usage, client: Client) -> str:
    """The script, which sends the usage's requests and prints how many were answered."""
    parts = [
        [*_head(usage, client), ""],
        _imports(usage, client),
        ["", *block(0, _constants(usage, client))],
        ["", "", *block(0, client.functions)] if client.functions else [],
        ["", "", *_work(usage, client)],
        ["", "", *_main(usage, client)],
        ["", "", 'if __name__ == "__main__":', f"    {_start(usage, client)}"],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def tls_lines(usage: Usage) -> tuple[Line, ...]:
    """The constant TLS: one context for all clients, trusting what the plan says."""
    cafile = f"cafile={usage.ca_file}" if usage.ca_file else ""
    lines: list[Line] = [Call("TLS = ssl.create_default_context", (cafile,) if cafile else ())]
    if not usage.verify:
        lines += ["TLS.check_hostname = False", "TLS.verify_mode = ssl.CERT_NONE"]
    return tuple(lines)


def _head(usage: Usage, client: Client) -> Iterator[str]:
    requests = f"{_number(usage.requests)} requests" if usage.requests > 1 else "1 request"
    in_flight = f"{usage.concurrency} in flight" if usage.concurrency > 1 else "one after the other"
    told = [
        usage.label,
        f"In the run: {usage.load}. Here: {requests}, {in_flight}.",
        *usage.left_out,
        *client.notes,
    ]
    packages = [*client.packages, *(["uvloop"] if usage.uvloop and client.asynchronous else [])]
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


def _imports(usage: Usage, client: Client) -> Iterator[str]:
    wanted = {"from collections.abc import Iterator", *client.imports}
    if client.asynchronous:
        wanted |= {"import asyncio"}
        wanted |= {"import uvloop"} if usage.uvloop else set()
    else:
        wanted |= {"from concurrent.futures import ThreadPoolExecutor"}
    if usage.variables:
        wanted |= {"import os"}
    if usage.credentials:
        wanted |= {"from base64 import b64encode"}
    if usage.uses not in (None, 1):
        wanted |= {"from itertools import chain, islice"}
    if any(str(line).startswith("TLS = ") for line in client.constants):
        wanted |= {"import ssl"}
    ours = sorted(wanted, key=_import_order)
    standard = [line for line in ours if _is_standard(line)]
    yield from standard
    if others := [line for line in ours if line not in standard]:
        yield from ("", *others)


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line.split()[1].lower()


def _is_standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names


def _constants(usage: Usage, client: Client) -> Iterator[Line]:
    yield from client.target or (f"URL = {usage.url}",)
    if usage.credentials:
        yield f"CREDENTIALS = {usage.credentials}"
    yield Call("HEADERS = ", tuple(f'"{name}": {value}' for name, value in usage.headers), brackets="{}")
    if usage.body:
        yield f"BODY = {bytes_expression(usage.body)}"
    yield from client.constants
    yield f"REQUESTS = {_number(usage.requests)}"
    yield f"IN_FLIGHT = {_number(usage.concurrency)}"
    if usage.uses not in (None, 1):
        yield f"USES = {_number(usage.uses)}  # Requests that each client serves before it is made anew."


def _number(number: int | None) -> str:
    return f"{number:_}" if number is not None and number >= 10_000 else str(number)


def _is_shared(usage: Usage, client: Client) -> bool:
    return usage.reuse == "shared" and client.shareable


def _work(usage: Usage, client: Client) -> Iterator[str]:
    """One worker: it takes a turn, sends, and takes the next, until there are none."""
    prefix = "async " if client.asynchronous else ""
    sent = (*client.send, "done += 1")
    opened = after(f"{prefix}with ", client.opened, f" as {client.name}:")
    given = f"{client.name}: {client.kind}, " if _is_shared(usage, client) else ""
    yield f"{prefix}def work({given}turns: Iterator[int]) -> int:"
    yield "    done = 0"
    if usage.uses == 1:
        yield from block(1, ["for _ in turns:"])
        yield from block(2, [opened])
        yield from block(3, sent)
    elif usage.uses is not None:
        yield from block(1, ["for turn in turns:"])
        yield from block(2, [opened])
        yield from block(3, ["for _ in chain([turn], islice(turns, USES - 1)):"])
        yield from block(4, sent)
    elif given:
        yield from block(1, ["for _ in turns:"])
        yield from block(2, sent)
    else:
        yield from block(1, [opened])
        yield from block(2, ["for _ in turns:"])
        yield from block(3, sent)
    yield "    return done"


def _main(usage: Usage, client: Client) -> Iterator[str]:
    prefix = "async " if client.asynchronous else ""
    shared = _is_shared(usage, client)
    given = f"{client.name}, turns" if shared else "turns"
    opened = [after(f"{prefix}with ", client.opened, f" as {client.name}:")] if shared else []
    yield f"{prefix}def main() -> None:"
    yield "    turns = iter(range(REQUESTS))  # Each worker takes the next."
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


def _start(usage: Usage, client: Client) -> str:
    if not client.asynchronous:
        return "main()"
    return "uvloop.run(main())" if usage.uvloop else "asyncio.run(main())"
