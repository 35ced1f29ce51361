"""Values of a curl command as a plan holds them: a shell's variable as `env:NAME` where that can be."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

from httptui.plans.secrets import is_reference, masked_pairs, split_userinfo
from httptui.safe_text import safe_text
from httptui.tui.forms.curl_globs import without_globs
from httptui.tui.forms.curl_options import CurlError
from httptui.tui.forms.shell_words import VARIABLE_END, VARIABLE_START

BYTES = "surrogateescape"
"""How bytes that are not UTF-8 stand in the words of a command."""
VARIABLE = re.compile(f"{VARIABLE_START}([A-Za-z0-9_]*){VARIABLE_END}")
_HELD = re.compile(f"((?:[A-Za-z][A-Za-z0-9._-]* )?){VARIABLE.pattern}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_UNSENDABLE = re.compile(r"[^\x21-\x7e]+")
_AUTHORITY = re.compile(r"[^/?#]*")
_BYTES = re.compile("[\udc80-\udcff]")


def named(text: str, limit: int) -> str:
    """A piece of the command as one reads it, its variables as they were typed and its secrets masked."""
    return safe_text(masked_pairs(VARIABLE.sub(r"$\1", text)), limit)


def known(value: str, where: str) -> str:
    """A value without variables; CurlError names one that it holds."""
    if match := VARIABLE.search(value):
        raise CurlError(f"{where} holds the shell's ${match[1]}, which is not known here; write its value")
    return value


def held(value: str, where: str) -> str:
    """A value that may be one variable, alone or after a word as in `Bearer $TOKEN`: a reference then.

    CurlError where the text itself would be taken for one in a plan, and so for a value that nobody typed.
    """
    if match := _HELD.fullmatch(value):
        return f"{match[1]}env:{match[2]}"
    if is_reference(text := plain(value, where)):
        variable = text.rpartition("env:")[2]
        raise CurlError(
            f"{where} is {named(text, 60)}, which curl sends as text and a plan takes for a variable of the "
            f"environment; write ${safe_text(variable, 60)} if the variable is meant"
        )
    return text


def plain(value: str, where: str) -> str:
    """A value that is text and has no variables; CurlError where it is not."""
    if has_bytes(known(value, where)):
        raise CurlError(f"{where} holds bytes that are not text in UTF-8, which a plan cannot hold there")
    return value


def text_given(value: str, typed: str) -> str:
    """What is sent; CurlError where a file would be."""
    if value.startswith("@"):
        raise CurlError(f"{typed} {named(value, 40)} sends a file, and no file is read; put its text there")
    return value


def encoded(value: str, typed: str) -> str:
    """A value of --data-urlencode: `text`, `=text` or `name=text`."""
    name, equals, text = known(value, typed).partition("=")
    if not equals:
        name, text = "", name
        if "@" in text:
            raise CurlError(f"{typed} {named(text, 40)} may name a file, and no file is read; write =text")
    return f"{name}=" * bool(name) + quote(text, safe="", errors=BYTES)


def has_bytes(text: str) -> bool:
    """Whether a word holds bytes that are no text in UTF-8."""
    return _BYTES.search(text) is not None


def bytes_given(value: str | None, where: str) -> str:
    """A value that holds bytes which are not text, in base64."""
    return base64.b64encode(known(value or "", where).encode(errors=BYTES)).decode("ascii")


def address(typed: str, query: list[str], user: str | None, *, globs: bool = True) -> str:
    """The URL as it is requested: with a scheme, a longer query, a user and a password, and without a fragment.

    `globs` says that patterns are to be taken for what curl makes of them.
    """
    url = known(typed, "the address").partition("#")[0].strip()
    if globs:
        url = without_globs(url)
    scheme = _SCHEME.match(url)
    if scheme is None:
        url = f"http://{url}"
    elif scheme[1].lower() not in ("http", "https"):
        raise CurlError(f"{safe_text(scheme[1], 20)}:// is not requested here; http:// and https:// are")
    for part in query:
        url += ("" if url[-1] in "?&" else "&" if "?" in url else "?") + part
    start, _, rest = url.partition("://")
    authority = _AUTHORITY.match(rest)
    assert authority is not None
    typed_user, at, host = authority[0].rpartition("@")
    userinfo = f"{_percent(_as_text(typed_user))}{at}" if user is None else f"{_userinfo(user)}@"
    return f"{start}://{userinfo}{host}{_percent(rest[authority.end() :])}"


def _percent(text: str) -> str:
    """The text with all that a URL cannot hold percent-encoded."""
    return _UNSENDABLE.sub(lambda match: quote(match[0], errors=BYTES), text)


def _as_text(userinfo: str) -> str:
    """A user and password that stand in the address, spelled so that no part is taken for a reference in a plan."""
    parts = split_userinfo(userinfo)
    return ":".join(part.replace("env:", "%65nv:", 1) if is_reference(part) else part for part in parts)


def _userinfo(user: str) -> str:
    """User and password as a URL holds them, each a reference or percent-encoded."""
    name, colon, password = user.partition(":")
    if colon:  # A plan takes env:NAME for a variable there only as the password, or alone for both.
        known(name, "the user of -u")
    parts = [_user_part(part) for part in ((name, password) if colon else (name,))]
    return ":".join("%65nv" if part == "env" else part for part in parts)


def _user_part(part: str) -> str:
    reference = VARIABLE.fullmatch(part)
    return f"env:{reference[1]}" if reference else quote(known(part, "-u"), safe="", errors=BYTES)
