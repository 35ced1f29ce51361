"""Retries in a script, by tenacity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from httptui.codegen.client import Client, Raised
from httptui.codegen.texts import Call, Line, block, call
from httptui.codegen.usage import Usage
from httptui.plan.requests import LONGEST_WAIT

STANDARD = {"socket", "ssl"}
"""Modules of errors that a script imports only if it names them."""


def is_tried_again(usage: Usage, client: Client) -> bool:
    """Return whether the script retries anything."""
    return bool(usage.tries.statuses or _caught(usage, client))


def retry_imports(usage: Usage, client: Client) -> set[str]:
    """Return the imports for retrying."""
    if not is_tried_again(usage, client):
        return set()
    caught = _caught(usage, client)
    modules = {name.partition(".")[0] for name in caught} & STANDARD
    return {
        "import tenacity",
        *(f"import {name}" for name in modules),
        *(client.error_imports if caught else ()),
    }


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
        names = _joined(name for one in chosen if one.kinds & wider for name in one.classes)
        yield f"{names} may mean {_joined(sorted(wider))}, too: that is sent again here, and not in the run."
    if unknown := wanted - {kind for one in client.errors for kind in one.kinds}:
        yield f"The run sends again after {_joined(sorted(unknown))}, too; here there is no error for that alone."
    if usage.uses not in (None, 1) and is_tried_again(usage, client):
        yield "In the run each try is one of a client's requests; here a request with all its tries is."


def _joined(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


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
