"""Assembly of a script: the parts common to all libraries, around the few lines of the library's own.

The comments at its head say what the reader must know: from the usage, the label, the load, and what the run does but
the script does not; from `retrying`, differences in retries; from the library's module, its notes; then packages,
target and variables.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from httptui.codegen.client import Client, url_constants, url_function, url_imports
from httptui.codegen.retrying import is_tried_again, retry_constants, retry_imports, retry_notes
from httptui.codegen.texts import WIDTH, Call, Line, Variable, block, bytes_expression, bytes_literal
from httptui.codegen.usage import BODY_IN_HEX, CA_FILE, Usage
from httptui.codegen.workers import (
    fetch_lines,
    main_lines,
    pace_class,
    pacing_constants,
    pacing_imports,
    work_lines,
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
    parts = [
        [*_head(usage, client), ""],
        _imports(usage, client),
        ["", *block(0, _constants(usage, client))],
        *(["", "", *block(0, lines)] for lines in functions if lines),
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


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
    wanted |= url_imports(usage) | pacing_imports(usage, client) | retry_imports(usage, client)
    if any(str(line).startswith("TLS = ") for line in client.constants):
        wanted |= {"import ssl"}
    ours = sorted(_merged(wanted), key=_import_order)
    standard = [line for line in ours if _is_standard(line)]
    yield from standard
    if others := [line for line in ours if line not in standard]:
        yield from ("", *others)


def _merged(imports: set[str]) -> Iterator[str]:
    """Join the names imported from each module into one line."""
    names: dict[str, set[str]] = {}
    for line in imports:
        start, _, end = line.partition(" import ")
        if end:
            names.setdefault(start, set()).update(end.split(", "))
        else:
            yield line
    yield from (f"{start} import {', '.join(sorted(of_it))}" for start, of_it in names.items())


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
