"""Several URLs in turn, or one with the request's number in it, as a script has them."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.plans.urls import NUMBER
from httptui.snippets.client import Client
from httptui.snippets.layout import Call, Line
from httptui.snippets.requested import expressions
from httptui.snippets.usage import Usage


def url_imports(usage: Usage) -> set[str]:
    """What it takes to shuffle them, and to go through them again and again."""
    wanted = {"import random"} if usage.requested.shuffled_by is not None else set()
    if len(usage.requested.split) > 1 and not usage.requested.numbered:
        wanted |= {"from itertools import cycle, islice"}
    return wanted


def url_constants(usage: Usage, client: Client) -> Iterator[Line]:
    """The constant URL, or URLS in the order in which they are sent; of a client for one host, its PATH or PATHS."""
    name = client.requested
    values = expressions(usage.requested.urls if name == "URL" else usage.requested.paths)
    if len(values) == 1:
        yield f"{name} = {values[0]}"
        return
    yield Call(f"{name}S = ", values, brackets="[]")
    if usage.requested.shuffled_by is not None:
        yield f"random.Random({usage.requested.shuffled_by}).shuffle({name}S)  # By the run's seed."


def url_function(usage: Usage, client: Client) -> tuple[Line, ...]:
    """The URL of a request's number, where it has that in it."""
    if not usage.requested.numbered:
        return ()
    name = client.requested
    which = name if len(usage.requested.split) == 1 else f"{name}S[number % len({name}S)]"
    return (
        f"def {name.lower()}_of(number: int) -> str:",
        f'    return {which}.replace("{NUMBER}", str(number))',
    )


def turns_of(usage: Usage, client: Client) -> str:
    """What all workers take from: URLs where there are several, or else plain turns."""
    if not usage.requested.differ:
        return "iter(range(REQUESTS))"
    name = client.requested
    if usage.requested.numbered:
        return f"map({name.lower()}_of, range(REQUESTS))"
    return f"islice(cycle({name}S), REQUESTS)"
