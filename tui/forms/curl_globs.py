"""Patterns in the address of a curl command, `{a,b}` and `[1-3]`, which curl takes for several addresses."""

from __future__ import annotations

import re

from httptui.safe_text import safe_text
from httptui.tui.forms.curl_options import CurlError

_PIECE = re.compile(
    r"""
      (?P<literal>\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[^\]\s]{1,40})?\])  # an IPv6 address
    | \\(?P<escaped>[\[\]{}])
    | \{(?P<words>[^{}\[\]]*)\}
    | \[(?P<first>[0-9]{1,18}|[A-Za-z])-(?P<last>[0-9]{1,18}|[A-Za-z])(?::(?P<step>[0-9]{1,9}))?\]
    | (?P<bad>[\[\]{}])
    | (?P<plain>[^\[\]{}\\]+|\\)
    """,
    re.VERBOSE,
)
LITERALLY = "add -g to the command where it is meant as it stands"


def without_globs(address: str) -> str:
    """The one address that curl makes of a pattern; CurlError where it makes several, or refuses the pattern."""
    made: list[str] = []
    count = 1
    for match in _PIECE.finditer(address):
        kind = match.lastgroup
        if kind == "words":
            words = match["words"].split(",")
            if words == [""]:
                raise CurlError(f"the address holds {{}}, which curl refuses; {LITERALLY}")
            count *= len(words)
            made.append(words[0])
        elif match["first"] is not None:
            count *= _length(match)
            made.append(match["first"])
        elif kind == "bad":
            near = safe_text(address[match.start() : match.start() + 20], 20)
            raise CurlError(
                f"the address holds {near}, which curl takes for a pattern and refuses; {LITERALLY}"
            )
        else:
            made.append(match["escaped"] or match[0])
    if count > 1:
        raise CurlError(
            f"the address is a pattern, of which curl makes {count} addresses, and a plan from a command has one; "
            f"give them as a list of URLs, or {LITERALLY}"
        )
    return "".join(made)


def _length(match: re.Match[str]) -> int:
    """How many values a range has; CurlError where curl refuses it."""
    first, last, step = match["first"], match["last"], int(match["step"] or 1)
    alike = first.isdigit() == last.isdigit() and first.islower() == last.islower()
    low, high = (
        (int(first), int(last)) if first.isdigit() and last.isdigit() else (ord(first[0]), ord(last[0]))
    )
    if not alike or low > high or step < 1:
        raise CurlError(
            f"the address holds {safe_text(match[0], 60)}, which curl takes for a range and refuses; {LITERALLY}"
        )
    return (high - low) // step + 1
