"""Texts of a plan as Python expressions: quoted, and each secret read from the environment where it is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from httptui.plan.secret_places import secret_places
from httptui.plan.secrets import is_reference
from httptui.safe_text import safe_text


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that is to be in the environment, whether the plan takes it from there or has it itself."""

    name: str


Text = tuple[str | Variable, ...]
"""A text in pieces, some of which are not to be shown."""


def text_of(text: str) -> Text:
    """A text, its reference to the environment or the values of secret-looking names in it taken out."""
    if not is_reference(text):
        return tuple(_without_secrets(text))
    before, _, name = text.rpartition("env:")
    return (before, Variable(name))


def hidden(name: str) -> Text:
    """The value of a secret that the plan holds, by the name it has there."""
    return (Variable(_variable_name(name)),)


def variables(texts: Iterable[Text]) -> tuple[str, ...]:
    """The names of those in some texts, each once."""
    return tuple(dict.fromkeys(piece.name for text in texts for piece in text if isinstance(piece, Variable)))


def expression(text: Text) -> str:
    """A text as a Python expression of type str."""
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
    """A text as a Python expression of type bytes, in UTF-8."""
    written = expression(text)
    if all(isinstance(piece, str) and piece.isascii() for piece in text):
        return f"b{written}"
    return f"{written}.encode()"


def bytes_literal(data: bytes) -> str:
    """Bytes as a literal."""
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
    """The inside of a literal: what a terminal might obey is escaped, too."""
    escaped = plain.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    if safe_text(escaped, len(escaped)) == escaped:
        return escaped
    return "".join(one if safe_text(one) == one else ascii(one)[1:-1] for one in escaped)


def _in_f_string(piece: str | Variable, quote: str, other: str) -> str:
    if isinstance(piece, Variable):
        return f"{{os.environ[{other}{piece.name}{other}]}}"
    return _escaped(piece, quote).replace("{", "{{").replace("}", "}}")


WIDTH = 78
"""Columns that a line may have; only a long text in quotes goes beyond."""
STEP = "    "


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or with braces a dict; `start` is all up to the opening bracket and `end` all after the closing one."""

    start: str
    arguments: tuple[str | Call, ...]
    end: str = ""
    brackets: str = "()"

    def __str__(self) -> str:
        inside = ", ".join(map(str, self.arguments))
        return f"{self.start}{self.brackets[0]}{inside}{self.brackets[1]}{self.end}"


Line = str | Call


def call(start: str, *arguments: str | Call | None, end: str = "") -> Call:
    """A call of those arguments that are there."""
    return Call(start, tuple(argument for argument in arguments if argument), end)


def after(start: str, made: Call, end: str = "") -> Call:
    """A call in a statement: what comes before and behind it."""
    return Call(start + made.start, made.arguments, made.end + end, made.brackets)


def block(depth: int, lines: Iterable[Line]) -> Iterator[str]:
    """Lines at a depth; a call that does not fit has one argument a line."""
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
