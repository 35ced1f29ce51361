"""Use of one library in a script: the type that each library's module fills from a usage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from httptui.codegen.texts import Call, Line, after, call, expression
from httptui.codegen.usage import Usage
from httptui.plan.urls import NUMBER


@dataclass(frozen=True, slots=True)
class Raised:
    """Error classes, as a script writes them, and the kinds of failure that a library raises them for."""

    classes: tuple[str, ...]
    kinds: frozenset[str]


def raised(classes: str, kinds: str) -> Raised:
    """Build from two lists of words."""
    return Raised(tuple(classes.split()), frozenset(kinds.split()))


@dataclass(frozen=True, kw_only=True)
class Client:
    """Use of one library in a script.

    - `kind`: type of its client object; `name`: its variable; `opened`: the call that makes it, a context manager.
    - `send`: lines that send one request with an open client and read its whole body; `status`: expression for the
      answer's status after them.
    - `packages`: to be installed.
    - `target`: constants for the destination besides `requested`, which is URL or PATH.
    - `constants`, `functions`: its own; `last`: lines after an asynchronous client is closed; `notes`: for the
      reader.
    - `shareable`: one client object can serve several workers.
    - `header_values`: type in which it takes a header's non-ASCII value so that UTF-8 is sent: text, bytes, or text
      that it encodes in Latin-1.
    - `errors`: what it raises, the most specific first. If all have one class with a code, `errors_of` is that class,
      and `errors` are codes.
    - `imports`: for all names of the library's own; a script keeps those that it uses.
    """

    kind: str
    name: str
    opened: Call
    send: tuple[Line, ...]
    status: str
    asynchronous: bool
    errors: tuple[Raised, ...]
    errors_of: str = ""
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
        """Convert a Python expression for a header's text to the type that this library takes."""
        if expression.isascii() or self.header_values == "text":
            return expression
        return f"{expression}.encode()" + ('.decode("latin-1")' if self.header_values == "latin-1" else "")


def tls_lines(usage: Usage) -> tuple[Line, ...]:
    """Return the constant TLS: one context for all clients, with the plan's trust."""
    cafile = f"cafile={usage.ca_file}" if usage.ca_file else ""
    lines: list[Line] = [Call("TLS = ssl.create_default_context", (cafile,) if cafile else ())]
    if not usage.verify:
        lines += ["TLS.check_hostname = False", "TLS.verify_mode = ssl.CERT_NONE"]
    return tuple(lines)


NAMED = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
READS_ALL = "# Reads the whole body."
LEAVES = "pass  # Leaves the body."


def taken(usage: Usage, whole: str, *, prefix: str = "", text: str = "response.text()") -> str:
    """Return the line that reads a response: its bytes by `whole`, or its text or JSON.

    `prefix` is "await " if reading is asynchronous.
    """
    match usage.read:
        case "text":
            return f"text = {prefix}{text}"
        case "json":
            return f"data = {prefix}response.json()"
    return prefix + whole


def sent_and_read(usage: Usage, sent: Call, prefix: str = "") -> tuple[Line, ...]:
    """Return the lines of a request whose library reads the whole body before it returns the response."""
    if usage.read != "bytes":
        return (after(f"response = {prefix}", sent), taken(usage, "", text="response.text"))
    answer = "response = " if usage.tries.statuses else ""
    return (READS_ALL, after(answer + prefix, sent))


def request_call(
    client: str,
    usage: Usage,
    *arguments: str,
    body: str,
    bodiless: tuple[str, ...] = (),
    url: str = "",
) -> Call:
    """Return `client.get(URL, …)`, with the body as the keyword `body`; `url` replaces the plain URL.

    It becomes `client.request("GET", URL, …)` if the method has no function of its own, or one without a body as in
    `bodiless`.
    """
    method, url = usage.method, url or usage.at()
    content = f"{body}=BODY" if usage.has_body else ""
    if method in NAMED and not (content and method in bodiless):
        return call(f"{client}.{method.lower()}", url, content, *arguments)
    return call(f"{client}.request", f'"{method}"', url, content, *arguments)


def url_constants(usage: Usage, client: Client) -> Iterator[Line]:
    """Yield the constant URL, or URLS in sending order; for a client of one host, PATH or PATHS."""
    name = client.requested
    texts = usage.requested.urls if name == "URL" else usage.requested.paths
    values = tuple(map(expression, texts))
    if len(values) == 1:
        yield f"{name} = {values[0]}"
        return
    yield Call(f"{name}S = ", values, brackets="[]")
    if usage.requested.shuffled_by is not None:
        yield f"random.Random({usage.requested.shuffled_by}).shuffle({name}S)  # By the run's seed."


def url_function(usage: Usage, client: Client) -> tuple[Line, ...]:
    """Return the function from a request's number to its URL, if the URL contains the number."""
    if not usage.requested.numbered:
        return ()
    name = client.requested
    which = name if len(usage.requested.split) == 1 else f"{name}S[number % len({name}S)]"
    return (
        f"def {name.lower()}_of(number: int) -> str:",
        f'    return {which}.replace("{NUMBER}", str(number))',
    )


def turns_of(usage: Usage, client: Client) -> str:
    """Return the iterator that all workers share: of URLs if there are several, otherwise of plain turns."""
    if not usage.requested.differ:
        return "iter(range(REQUESTS))"
    name = client.requested
    if usage.requested.numbered:
        return f"map({name.lower()}_of, range(REQUESTS))"
    return f"islice(cycle({name}S), REQUESTS)"
