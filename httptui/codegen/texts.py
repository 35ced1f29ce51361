"""Texts of a plan as Python expressions: quoted, with each secret read from the environment where it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from httptui.plan.secrets import is_reference, secret_places
from httptui.safe_text import safe_text


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that the script reads from the environment, whether the plan does too or contains it."""

    name: str


Text = tuple[str | Variable, ...]
"""A text in pieces, some of which must not be shown."""


def text_of(text: str) -> Text:
    """Split a text into pieces, removing a reference to the environment or the values of secret-looking names."""
    if not is_reference(text):
        return tuple(_without_secrets(text))
    before, _, name = text.rpartition("env:")
    return (before, Variable(name))


def hidden(name: str) -> Text:
    """Return a variable for the value of a secret in the plan, named after it."""
    return (Variable(_variable_name(name)),)


def variables(texts: Iterable[Text]) -> tuple[str, ...]:
    """Return the names of the variables in some texts, each once."""
    return tuple(dict.fromkeys(piece.name for text in texts for piece in text if isinstance(piece, Variable)))


def expression(text: Text) -> str:
    """Return a text as a Python expression of type str."""
    pieces = [piece for piece in text if piece]
    if len(pieces) == 1 and isinstance(pieces[0], Variable):
        return f'os.environ["{pieces[0].name}"]'
    plain = "".join(piece for piece in pieces if isinstance(piece, str))
    quote = _quote_for(plain)
    other = "'" if quote == '"' else '"'
    if plain == "".join(map(str, pieces)):
        return quote + _escaped(plain, quote) + quote
    return f"f{quote}{''.join(_in_f_string(piece, quote, other) for piece in pieces)}{quote}"


def bytes_expression(text: Text) -> str:
    """Return a text as a Python expression of type bytes, in UTF-8."""
    written = expression(text)
    if all(isinstance(piece, str) and piece.isascii() for piece in text):
        return f"b{written}"
    return f"{written}.encode()"


def bytes_literal(data: bytes) -> str:
    """Return bytes as a literal."""
    plain = set(range(0x20, 0x7F)) - set(b'"\\')
    inside = "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in data)
    return f'b"{inside}"'


def _without_secrets(text: str) -> Iterator[str | Variable]:
    at, unnamed = 0, 0
    for place in secret_places(text):
        yield text[at : place.start]
        unnamed += not place.name
        yield Variable(_variable_name(place.name or (f"secret_{unnamed}" if unnamed > 1 else "secret")))
        at = place.end
    yield text[at:]


def _variable_name(name: str) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper()
    return f"_{words}" if words[:1].isdigit() or not words else words


def _quote_for(plain: str) -> str:
    return "'" if plain.count('"') > plain.count("'") else '"'


def _escaped(plain: str, quote: str) -> str:
    """Escape the inside of a literal, including characters that a terminal might obey."""
    escaped = plain.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    if safe_text(escaped, len(escaped)) == escaped:
        return escaped
    return "".join(one if safe_text(one) == one else ascii(one)[1:-1] for one in escaped)


def _in_f_string(piece: str | Variable, quote: str, other: str) -> str:
    if isinstance(piece, Variable):
        return f"{{os.environ[{other}{piece.name}{other}]}}"
    return _escaped(piece, quote).replace("{", "{{").replace("}", "}}")


WIDTH = 78
"""Columns per line, which only a long quoted text exceeds."""
STEP = "    "


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or with braces a dict: `start` precedes the opening bracket, and `end` follows the closing one."""

    start: str
    arguments: tuple[str | Call, ...]
    end: str = ""
    brackets: str = "()"

    def __str__(self) -> str:
        inside = ", ".join(map(str, self.arguments))
        return f"{self.start}{self.brackets[0]}{inside}{self.brackets[1]}{self.end}"


Line = str | Call


def call(start: str, *arguments: str | Call | None, end: str = "") -> Call:
    """Build a call with the arguments that are not empty."""
    return Call(start, tuple(argument for argument in arguments if argument), end)


def after(start: str, made: Call, end: str = "") -> Call:
    """Wrap a call with the text before and after it in a statement."""
    return Call(start + made.start, made.arguments, made.end + end, made.brackets)


def block(depth: int, lines: Iterable[Line]) -> Iterator[str]:
    """Indent lines to a depth; a call that is too long gets one argument per line."""
    for line in lines:
        yield from _broken(STEP * depth, line)


def _broken(indent: str, line: Line) -> Iterator[str]:
    whole = f"{indent}{line}" if str(line) else ""
    if isinstance(line, str) or len(whole) <= WIDTH or not line.arguments:
        yield whole
        return
    yield f"{indent}{line.start}{line.brackets[0]}"
    for argument in line.arguments:
        comma = argument + "," if isinstance(argument, str) else after("", argument, ",")
        yield from _broken(indent + STEP, comma)
    yield f"{indent}{line.brackets[1]}{line.end}"
