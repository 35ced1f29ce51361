r"""A pasted command of a POSIX shell or bash split into words, never executed; texts of other shells are recognised.

Bytes that are not UTF-8, which `$'\xff'` can write, become the lone surrogates of Python's `surrogateescape`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\x85\u2028\u2029"
"""Spaces that documents put in the place of a space, as a character class of a pattern has them."""
NO_BREAK = "\u00a0\u202f"
QUOTES = "\u00b4\u02bc\u2018-\u201f\u00ab\u00bb\u2032\u2033\u2039\u203a\u301d-\u301f\uff02\uff07"
"""Quotes of documents, as a character class of a pattern has them."""
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""Dashes of documents, as a character class of a pattern has them."""
UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""Invisible characters that copied texts may hold and typed ones do not, as a character class."""
INVISIBLE = re.compile(f"[{UNSEEN}]")

_LINE_ENDS = re.compile("\r\n|\r")
_PROMPT = (
    r"(?:[$%>#][ \t]+"
    r"|(?:PS )?[A-Za-z]:\\[^>\n]{0,200}>[ \t]*"
    r"|[\w.-]{1,100}@[\w.-]{1,100}[ :][^\s$%#]{0,200}[ \t]?[$%#][ \t]+)"
)
_START = re.compile(rf"\s*(?:{_PROMPT})?curl(?P<exe>\.exe)?(?=\s|\\[\r\n]|[`^][ \t]*[\r\n]|$)", re.IGNORECASE)
_ANOTHER = re.compile(
    rf"\s*(?:{_PROMPT})?(?:(?:Invoke-(?:WebRequest|RestMethod)|iwr|irm|wget|https?|xh)\s|(?:await\s+)?fetch\()",
    re.IGNORECASE,
)
_QUOTE = re.compile(f"[{QUOTES}]")
_DASHED = re.compile(f"-?(?P<dash>[{DASHES}])")
_BLANK_TO_LINE_END = re.compile(rf"[ \t{BLANKS}{UNSEEN}]+(?:\n|$)")
_BEGINS_QUOTED = re.compile(f"(?:[{QUOTES}])|.*[=:][{QUOTES}]", re.DOTALL)
_ENDS_QUOTED = re.compile(f".*[{QUOTES}]", re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'[^']*'")
_DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_POWERSHELL_TEXT = re.compile(r"\$env:|[{,:\[]`\"")
_POWERSHELL_WORD = re.compile(
    r"`[ \t]*\n|\s@\{|\s-(?:Uri|Method|Headers|Body|ContentType|UseBasicParsing|WebSession|OutFile)\b"
)
_PROMPT_OF_WINDOWS = re.compile(r"\^[ \t]*\n|\^\"")
FENCE = "```"
NOT_BASH = "copy it as cURL (bash)"


def plain_paste(text: str) -> str:
    """The text without what surrounds a command in a document, every line end as a line feed."""
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))  # Terminals paste line ends as returns.
    first, *lines = text.strip().split("\n")
    if first.startswith(FENCE) and lines and lines[-1].strip() == FENCE:
        return "\n".join(lines[:-1])
    marked = text.strip()
    if marked.count("`") == 2 and marked.startswith("`") and marked.endswith("`"):
        return marked.strip("`")
    return text


def start_of_command(text: str) -> re.Match[str] | None:
    """Match a pasted curl command up to its options, a prompt before it allowed; None if it is none."""
    return _START.match(text)


def is_another_command(text: str) -> bool:
    """Check for a request of another tool: PowerShell, wget, HTTPie or a browser's console."""
    return _ANOTHER.match(text) is not None


def why_another_shell(text: str) -> str | None:
    """Explain why a command cannot be read as one of bash, and what to do; None if it may be."""
    text = _SINGLE_QUOTED.sub("''", text)
    if _PROMPT_OF_WINDOWS.search(text):
        return f"this is written for the Windows command prompt; {NOT_BASH}"
    if _POWERSHELL_TEXT.search(text) or _POWERSHELL_WORD.search(_DOUBLE_QUOTED.sub('""', text)):
        return f"this is written for PowerShell; {NOT_BASH}"
    return None


def is_blank_to_line_end(text: str, at: int) -> bool:
    """Check that only blanks, visible or not, are left of a line."""
    return _BLANK_TO_LINE_END.match(text, at) is not None


def why_not_a_shell_word(word: str, *, begins: bool) -> str | None:
    """Explain how a document changed a piece outside quotes, and what to type instead; None if it did not.

    `begins` says that the piece begins its word.
    """
    word = INVISIBLE.sub("", word)
    if begins and (dashed := _DASHED.match(word)):
        return (
            f"has the dash {dashed['dash']} of a document in the place of a hyphen; "
            "type - or -- before each option"
        )
    quote = _QUOTE.search(word)
    if quote and ((begins and _BEGINS_QUOTED.match(word)) or _ENDS_QUOTED.fullmatch(word)):
        return f"has the typographic quote {quote[0]} of a document, which is none to a shell; type ' or \" instead"
    return None


VARIABLE_START, VARIABLE_END = "\ue000", "\ue001"
"""The marks around the name of a variable whose value only a shell would know."""

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
"""The placeholder of a quoted piece where only unquoted text counts."""
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
    """Explain which other shell or document a piece comes from; None if from none.

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
    """Explain why a shell expands a word, whose quoted pieces are _QUOTED in it; None if it does not."""
    if _TILDE.match(bare):
        return "has ~ for a folder that only a shell knows; write it out, or put the word in single quotes"
    if "{" in bare and (_SEQUENCE.search(bare) or _has_alternatives(bare)):
        return "has braces outside quotes, of which bash makes several words; put the word in single quotes"
    return None


def _has_alternatives(bare: str) -> bool:
    """Check for a comma between two matching braces."""
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
