"""A command of a POSIX shell or of bash as its words, read and never executed."""

from __future__ import annotations

import re
from dataclasses import dataclass

VARIABLE_START, VARIABLE_END = "\ue000", "\ue001"
"""What stands around the name of a variable whose value only a shell would know."""

_PIECE = re.compile(
    r"""
      (?P<joined>\\\n)
    | \\(?P<character>.)
    | '(?P<single>[^']*)'
    | \$'(?P<ansi>(?:[^'\\]|\\.)*)'
    | \$?"(?P<double>(?:[^"\\]|\\.)*)"
    | (?P<substitution>`|\$\()
    | \$(?P<variable>[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})
    | (?P<newline>\n)
    | (?P<blank>[ \t\r]+)
    | (?P<operator>[|&;<>()])
    | (?P<plain>[^\s'"\\`|&;<>()$]+|\$|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE = re.compile(
    r"""
      (?P<joined>\\\n)
    | \\(?P<character>[$`"\\])
    | (?P<substitution>`|\$\()
    | \$(?P<variable>[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})
    | (?P<inner>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANSI = re.compile(
    r"(?P<bytes>(?:\\x[0-9A-Fa-f]{1,2}|\\[0-7]{1,3})+)|\\(?:u(?P<short>[0-9A-Fa-f]{1,4})"
    r"|U(?P<long>[0-9A-Fa-f]{1,8})|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_BYTE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))")
_LETTERS = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class ShellError(ValueError):
    """A command that cannot be read without a shell."""


@dataclass(frozen=True, slots=True)
class Command:
    """The words of the first command, and the text after it, which begins another one or redirects it."""

    words: tuple[str, ...]
    rest: str


def split_command(text: str) -> Command:
    """The words of a text as bash reads them, quotes of all four kinds included; ShellError says what it cannot be.

    A variable stays as its name between VARIABLE_START and VARIABLE_END.  Comments are passed over.
    """
    if VARIABLE_START in text or VARIABLE_END in text:
        raise ShellError("has characters of a private use area")
    words: list[str] = []
    word: str | None = None
    at = 0
    while at < len(text):
        if text[at] == "#" and word is None:
            at = text.find("\n", at) if "\n" in text[at:] else len(text)
            continue
        match = _PIECE.match(text, at)
        if match is None:
            raise ShellError("cannot be read")
        at = match.end()
        kind = match.lastgroup
        if kind == "blank" or kind == "newline" or kind == "operator":
            words += [] if word is None else [word]
            word = None
            if kind != "blank" and words:
                start = match.start() if kind == "operator" else at
                return _ended(words, text, start, match.start())
        elif kind != "joined":
            word = (word or "") + _text_of(match)
    return Command((*words, *([] if word is None else [word])), "")


def _ended(words: list[str], text: str, start: int, operator: int) -> Command:
    """The command up to an operator; a digit just before a redirection names a stream and is no word."""
    before = text[operator - 1 : operator]
    stream = text[operator] in "<>" and before.isdigit() and words[-1] == before
    return Command(tuple(words[:-1] if stream else words), text[start - stream :].strip())


def _text_of(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "character":
        return match["character"]
    if kind == "single" or kind == "inner":
        return match[kind]
    if kind == "ansi":
        return _ANSI.sub(_ansi, match["ansi"])
    if kind == "double":
        return "".join(_text_of(inner) for inner in _IN_DOUBLE.finditer(match["double"]))
    if kind == "substitution":
        raise ShellError("holds a command of its own, which is never run; put its value there")
    if kind == "variable":
        return f"{VARIABLE_START}{match['variable'].strip('{}')}{VARIABLE_END}"
    if kind == "joined":
        return ""
    text = match["plain"]
    if text in ("'", '"'):
        raise ShellError("has a quote that is never closed")
    return "" if text == "\\" else text


def _ansi(match: re.Match[str]) -> str:
    if match["bytes"]:
        codes = _BYTE.findall(match["bytes"])
        return bytes(int(x, 16) if x else int(octal, 8) & 0xFF for x, octal in codes).decode(errors="replace")
    for name in ("short", "long"):
        if match[name]:
            code = int(match[name], 16)
            return chr(code) if code <= 0x10FFFF else "\ufffd"
    if match["control"]:
        return chr(ord(match["control"].upper()) & 0x1F)
    letter = match["letter"]
    return _LETTERS.get(letter, letter if letter in "\\'\"?" else f"\\{letter}")
