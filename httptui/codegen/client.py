"""How a script uses one library: what every file of a library makes of a usage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from httptui.codegen.requested import expressions
from httptui.codegen.texts import Call, Line, call
from httptui.codegen.usage import Usage
from httptui.plan.urls import NUMBER


@dataclass(frozen=True, slots=True)
class Raised:
    """Classes of errors, as a script writes them, and the kinds of failure that a library raises them for."""

    classes: tuple[str, ...]
    kinds: frozenset[str]


def raised(classes: str, kinds: str) -> Raised:
    """Both as words in a row."""
    return Raised(tuple(classes.split()), frozenset(kinds.split()))


@dataclass(frozen=True, kw_only=True)
class Client:
    """How a script uses one library.

    `kind` is the type of its client object, `name` what the script calls it, `opened` the call that makes it, a
    context manager; `send` are the lines that send one request and read its whole body, wherever a client is open,
    and `status` is the answer's status after them.
    `packages` are to be installed; `target` are constants that say where requests go, besides `requested`, which is
    URL or PATH; `constants` and `functions` are its own, `last` is what is still to be done once the clients of an
    asynchronous one are closed, `notes` what a reader should know.  Only a `shareable` one can be used by many.

    `header_values` is what it takes a header's value for that is not ASCII, so that UTF-8 goes out: text, bytes, or
    text that it encodes in Latin-1.

    `errors` are what it raises, the narrowest first; where all are of one class with a code, `errors_of` is that
    class, and `errors` are codes.  `error_imports` are what it takes to name them.
    """

    kind: str
    name: str
    opened: Call
    send: tuple[Line, ...]
    status: str
    asynchronous: bool
    errors: tuple[Raised, ...]
    errors_of: str = ""
    error_imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    target: tuple[Line, ...] = ()
    requested: str = "URL"
    constants: tuple[Line, ...] = ()
    functions: tuple[Line, ...] = ()
    last: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    shareable: bool = True
    header_values: Literal["text", "bytes", "latin-1"] = "text"

    def header_value(self, expression: str) -> str:
        """A header's value as this library takes it, from a Python expression for its text."""
        if expression.isascii() or self.header_values == "text":
            return expression
        return f"{expression}.encode()" + ('.decode("latin-1")' if self.header_values == "latin-1" else "")


def tls_lines(usage: Usage) -> tuple[Line, ...]:
    """The constant TLS: one context for all clients, trusting what the plan says."""
    cafile = f"cafile={usage.ca_file}" if usage.ca_file else ""
    lines: list[Line] = [Call("TLS = ssl.create_default_context", (cafile,) if cafile else ())]
    if not usage.verify:
        lines += ["TLS.check_hostname = False", "TLS.verify_mode = ssl.CERT_NONE"]
    return tuple(lines)


NAMED = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
READS_ALL = "# Reads the whole body."
LEAVES = "pass  # Leaves the body."


def is_looked_at(usage: Usage) -> bool:
    """Whether an answer is needed for more than the bytes of its body."""
    return usage.read != "bytes" or bool(usage.tries.statuses)


def taken(usage: Usage, whole: str, *, prefix: str = "", text: str = "response.text()") -> str:
    """The line that takes what is read of a response: its bytes by `whole`, or its text or JSON.

    `prefix` is "await " where that takes a while.
    """
    match usage.read:
        case "text":
            return f"text = {prefix}{text}"
        case "json":
            return f"data = {prefix}response.json()"
    return prefix + whole


def request_call(
    client: str,
    usage: Usage,
    *arguments: str,
    body: str,
    bodiless: tuple[str, ...] = (),
    url: str = "",
) -> Call:
    """`client.get(URL, …)`, with the body as the keyword `body`; `url` is how the URL is written if not plainly.

    It is `client.request("GET", URL, …)` where the method has no function of its own, or one that takes no body, as
    those in `bodiless`.
    """
    method, url = usage.method, url or usage.at()
    content = f"{body}=BODY" if usage.has_body else ""
    if method in NAMED and not (content and method in bodiless):
        return call(f"{client}.{method.lower()}", url, content, *arguments)
    return call(f"{client}.request", f'"{method}"', url, content, *arguments)


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
