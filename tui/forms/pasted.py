"""A command as documents, chats and other shells hand it on: what of it is understood, and what is told instead."""

from __future__ import annotations

import re

BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\x85\u2028\u2029"
"""Spaces that documents put in the place of a space, as a character class of a pattern has them."""
NO_BREAK = "\u00a0\u202f"
QUOTES = "\u00b4\u02bc\u2018-\u201f\u00ab\u00bb\u2032\u2033\u2039\u203a\u301d-\u301f\uff02\uff07"
"""Quotes of documents, as a character class of a pattern has them."""
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
"""Dashes of documents, as a character class of a pattern has them."""
UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""What is in no word that was typed, and stands unseen in many that were copied; as a character class has it."""
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
    """Where a pasted curl command's options begin, a prompt before it allowed; None where it is none."""
    return _START.match(text)


def is_another_command(text: str) -> bool:
    """Whether a text is meant as a request of another tool: of PowerShell, wget, HTTPie or a browser's console."""
    return _ANOTHER.match(text) is not None


def why_another_shell(text: str) -> str | None:
    """Why a command cannot be read as one of bash, and what to do; None where it may be."""
    text = _SINGLE_QUOTED.sub("''", text)
    if _PROMPT_OF_WINDOWS.search(text):
        return f"this is written for the Windows command prompt; {NOT_BASH}"
    if _POWERSHELL_TEXT.search(text) or _POWERSHELL_WORD.search(_DOUBLE_QUOTED.sub('""', text)):
        return f"this is written for PowerShell; {NOT_BASH}"
    return None


def is_blank_to_line_end(text: str, at: int) -> bool:
    """Whether nothing but blanks, seen or not, is left of a line."""
    return _BLANK_TO_LINE_END.match(text, at) is not None


def why_not_a_shell_word(word: str, *, begins: bool) -> str | None:
    """Why a piece outside all quotes was changed by a document, and what to type instead; None where it was not.

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
