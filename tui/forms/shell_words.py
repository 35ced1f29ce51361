"""A command of a POSIX shell or of bash as its words, read and never executed.

Bytes that are not UTF-8, as `$'\\xff'` may write them, are the lone surrogates of Python's `surrogateescape`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from httptui.tui.forms.pasted import BLANKS, INVISIBLE, is_blank_to_line_end, why_not_a_shell_word

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
    | (?P<expansion>\$(?:\{[^}\n]*\}?|\[|[0-9@*\#?$!-]))
    | (?P<newline>\n)
    | (?P<blank>[ \t\rBLANKS]+)
    | (?P<operator>[|&;<>()])
    | (?P<plain>[^\s'"\\`|&;<>()$]+|\$|.)
    """.replace("BLANKS", BLANKS),
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE = re.compile(
    r"""
      (?P<joined>\\\n)
    | \\(?P<character>[$`"\\])
    | (?P<substitution>`|\$\()
    | \$(?P<variable>[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})
    | (?P<expansion>\$(?:\{[^}\n]*\}?|\[|[0-9@*\#?$!-]))
    | (?P<inner>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANSI = re.compile(
    r"(?P<bytes>(?:\\x[0-9A-Fa-f]{1,2}|\\[0-7]{1,3})+)|\\(?:u(?P<short>[0-9A-Fa-f]{1,4})"
    r"|U(?P<long>[0-9A-Fa-f]{1,8})|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_ESCAPED = re.compile("[\udc80-\udcff]")
_NO_TEXT = re.compile("[\ud800-\udfff]")
_POWERSHELL = re.compile(r"[ \t]*\n")
_PARAMETER = re.compile(r"\$\{[#!]?[A-Za-z0-9_]{0,40}")
_TILDE = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*=)?~(?:/|\Z)")
_SEQUENCE = re.compile(r"\{(?:[-+]?[0-9]+\.\.[-+]?[0-9]+|[A-Za-z]\.\.[A-Za-z])(?:\.\.[-+]?[0-9]+)?\}")
_QUOTED = VARIABLE_END
"""What stands for a quoted piece where only what is not quoted counts."""
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
    _check_characters(text)
    words: list[str] = []
    word: str | None = None
    bare = ""
    before = ""
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
        if why := _why_foreign(match, text, before, begins=word is None):
            raise ShellError(why)
        before = match[0]
        if kind == "blank" or kind == "newline" or kind == "operator":
            words += [] if word is None else [_whole(word, bare)]
            word, bare = None, ""
            if kind != "blank" and words:
                start = match.start() if kind == "operator" else at
                return _ended(words, text, start, match.start())
        elif kind != "joined":
            text_of_piece = _text_of(match)
            if kind == "plain" and not (text_of_piece := INVISIBLE.sub("", text_of_piece)):
                continue
            word = (word or "") + text_of_piece
            bare += text_of_piece if kind == "plain" else _QUOTED
    return Command((*words, *([] if word is None else [_whole(word, bare)])), "")


def _check_characters(text: str) -> None:
    """Refuse what the marks of variables and of bytes could be taken for."""
    if VARIABLE_START in text or VARIABLE_END in text:
        raise ShellError("has characters of a private use area")
    if _NO_TEXT.search(text):
        raise ShellError("has characters that are no text")


def _why_foreign(match: re.Match[str], text: str, before: str, *, begins: bool) -> str | None:
    """Why a piece shows that the command was written for another shell, or changed by a document; None for none.

    `before` is the piece before it, and `begins` says that it begins its word.
    """
    kind = match.lastgroup
    if kind == "character" and is_blank_to_line_end(text, match.start("character")):
        return (
            "has a backslash with a blank after it at the end of a line, where it joins no lines; "
            "delete what follows the backslash"
        )
    if (
        kind == "double"
        and before[:1] == before[-1:] == '"'
        and len(before) > 1
        and len(match[0]) + len(before) > 4
    ):
        return 'doubles quotes (""), as the Windows command prompt does; copy it as cURL (bash), or write \\"'
    if kind == "substitution" and match[0] == "`" and _POWERSHELL.match(text, match.end()):
        return "is written for PowerShell, which joins lines by backticks; copy it as cURL (bash)"
    if kind == "operator" and match[0] == "&" and before[-1:] == "^":
        return "is written for the Windows command prompt; copy it as cURL (bash)"
    if kind == "plain":
        return why_not_a_shell_word(match[0], begins=begins)
    return None


def _why_expanded(bare: str) -> str | None:
    """Why a shell makes something else of a word, whose quoted pieces are _QUOTED in it; None where it does not."""
    if _TILDE.match(bare):
        return "has ~ for a folder that only a shell knows; write it out, or put the word in single quotes"
    if "{" in bare and (_SEQUENCE.search(bare) or _has_alternatives(bare)):
        return "has braces outside quotes, of which bash makes several words; put the word in single quotes"
    return None


def _has_alternatives(bare: str) -> bool:
    """Whether a comma stands between two braces that belong together."""
    commas: list[bool] = []
    for character in bare:
        if character == "{":
            commas.append(False)
        elif character == "," and commas:
            commas[-1] = True
        elif character == "}" and commas and commas.pop():
            return True
    return False


def _whole(word: str, bare: str) -> str:
    """The word with bytes that stand side by side put together, so that those of one character become it.

    ShellError where a shell would expand it; `bare` as for `_why_expanded`.
    """
    if why := _why_expanded(bare):
        raise ShellError(why)
    if not _ESCAPED.search(word):
        return word
    return word.encode(errors="surrogateescape").decode(errors="surrogateescape")


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
        # As bash has it, a NUL ends the text of these quotes.
        return _ANSI.sub(_ansi, match["ansi"]).partition("\0")[0]
    if kind == "double":
        return "".join(_text_of(inner) for inner in _IN_DOUBLE.finditer(match["double"]))
    if kind == "substitution":
        raise ShellError("holds a command of its own, which is never run; put its value there")
    if kind == "expansion":
        raise ShellError(
            f"holds the shell's {_shown_expansion(match[kind])}, which only a shell can work out; write its value, "
            "or put it in single quotes if it is meant as it stands"
        )
    if kind == "variable":
        return f"{VARIABLE_START}{match['variable'].strip('{}')}{VARIABLE_END}"
    if kind == "joined":
        return ""
    text = match["plain"]
    if text in ("'", '"'):
        raise ShellError("has a quote that is never closed")
    return "" if text == "\\" else text


def _shown_expansion(text: str) -> str:
    """An expansion by its name; what else stands between its brackets may be a secret."""
    if text[1] == "[":
        return "$[…]"
    name = _PARAMETER.match(text)
    return f"{name[0]}…}}" if name else text


def _ansi(match: re.Match[str]) -> str:
    if match["bytes"]:
        codes = _BYTE.findall(match["bytes"])
        raw = bytes(int(x, 16) if x else int(octal, 8) & 0xFF for x, octal in codes)
        return raw.decode(errors="surrogateescape")
    for name in ("short", "long"):
        if match[name]:
            code = int(match[name], 16)
            if code > 0x10FFFF:
                return "\ufffd"
            return chr(code).encode(errors="surrogatepass").decode(errors="surrogateescape")
    if match["control"]:
        return chr(ord(match["control"].upper()) & 0x1F)
    letter = match["letter"]
    return _LETTERS.get(letter, letter if letter in "\\'\"?" else f"\\{letter}")
