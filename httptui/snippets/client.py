"""How a script uses one library: what every file of a library makes of a usage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from httptui.snippets.layout import Call, Line
from httptui.snippets.usage import Usage


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
