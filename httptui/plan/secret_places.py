"""Where secrets stand in a text by the look of them: the values of secret names, in the forms that requests have, and
tokens whose own form is known.

Each pattern reads a text once, or a bounded stretch for each place where it may begin.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

USERINFO = "userinfo"
"""The name of what stands before the @ of a URL: a user, or a user and a password."""

_SECRET_NAME = re.compile(
    r"authori[sz]ation|authenticat|cookie|token|secret|key|passw|passphrase|passcode|pwd|credential|sess(?:ion|id)"
    r"|signature|assertion|saml|jwt|bearer|hmac|dpop|csrf|xsrf|totp|mnemonic|webhook"
    r"|(?:code|oauth|pkce)[-_.]?verifier"
    r"|(?:verif(?:y|ication)|confirm(?:ation)?|activation|recovery|backup|security|access|login|(?<!p)reset|device"
    r"|one[-_.]?time|sms|otp|mfa|2fa)[-_.]?code"
    r"|(?:^|[-_.])(?:account|admin|app|confirm|current|db|email|ftp|imap|ldap|login|mail|mongo|my|mysql|new|old"
    r"|pg|postgres|proxy|redis|repeat|root|smtp|sql|ssh|svc|user|usr|web|wifi)(?:pass|pw)(?:$|[-_.0-9])"
    r"|(?:^|[-_.])(?:auth|sig|sid|pass|pw|pin|puk|otp|mfa|2fa|code|psk|cvv|cvc)(?:$|[-_.])",
    re.IGNORECASE,
)
_SECRET_HUMP = re.compile(
    r"(?:^|[a-z0-9])(?:Auth|Sid|Pass|Pw|Pin|Puk|Otp|Mfa|Psk)(?:$|[A-Z])|^(?:auth|sid|pin|otp|psk)[A-Z]"
)
"""The short ones as words of a name in camel case."""

# From the start of a name and never back, so that a long text without pairs is read only once.
_PAIR = re.compile(
    r"(?<![^&;?#=\s\"'{},])(?P<name>[^&;?#=\s\"'{},]++)=(?P<value>(?:[^&;#\s\"']|'(?=\w)|;(?![\s]|[^&;=\s]*=)|#(?![^&;#=\s]*=))+)"
)
_NUMBER = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]{1,100}+)(?:\\{0,3}[\"'])?\s{0,20}:\s{0,20}(?P<value>[0-9][0-9.]*)(?![\w.])"
)
_LINE = re.compile(
    r"^[ \t]{0,200}(?:-[ \t]+)?[\"']?(?P<name>[\w.-]{1,100})[\"']?[ \t]{0,20}(?::[ \t]{1,20}|(?<=[ \t])=[ \t]{0,20})"
    r"(?P<value>[^\s\"'{\[|>&*][^\r\n]{0,20000})",
    re.MULTILINE,
)
_BLOCK = re.compile(
    r"^(?P<indent>[ \t]{0,200})(?:-[ \t]+)?[\"']?(?P<name>[\w.-]{1,100})[\"']?[ \t]{0,20}:[ \t]{1,20}"
    r"[|>][-+0-9]{0,3}[ \t]*\r?\n"
    r"(?P<value>(?:(?P=indent)[ \t]+[^\r\n]{0,2000}(?:\r?\n|\Z)){1,200})",
    re.MULTILINE,
)
_FLOW = re.compile(
    r"(?<=[{,\[])\s{0,20}[\"']?(?P<name>[\w.-]{1,100}+)[\"']?\s{0,20}:[ \t]{1,20}"
    r"(?!(?:true|false|null|none)\s{0,20}[,}\]])(?P<value>[^\s\"'{}\[\],|>&*][^,{}\[\]\r\n]{0,2000})",
    re.IGNORECASE,
)
"""Mappings of YAML on one line; looked for behind the first brace of a text."""
_ANYWHERE = (_PAIR, _NUMBER)
_OUTSIDE_JSON = (_LINE, _BLOCK)

_QUOTED = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]{1,100}+)(?:\\{0,3}[\"'])?\s{0,20}[:=]\s{0,20}(?P<end>\\{0,3}[\"'])"
)
_ELEMENT = re.compile(
    r"<(?:[\w.-]{1,100}:)?(?P<name>[\w.-]{1,100}+)(?:\s[^<>]{0,2000})?>\s{0,20}(?P<data><!\[CDATA\[)?"
)
_NAMED_ATTRIBUTE = re.compile(
    r"\b(?:name|key|id)=[\"'](?P<name>[^\"'<>]{1,100})[\"'][^<>]{0,200}?\bvalue=(?P<end>[\"'])", re.IGNORECASE
)
_NAMED_ELEMENT = re.compile(
    r"\b(?:name|key|id)=[\"'](?P<name>[^\"'<>]{1,100})[\"'][^<>]{0,200}(?<!/)>\s{0,20}(?P<data><!\[CDATA\[)?",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\bname=\"?(?P<name>[^\"\r\n;]{1,100})\"?[^\r\n]{0,500}\r?\n(?:[^\r\n]{1,500}\r?\n){0,10}\r?\n"
)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_PEM_END = re.compile(r"-----END [A-Z ]{1,60}-----")
_ELEMENT_END = re.compile("<")
_CDATA_END = re.compile(r"\]\]>")
_PART_END = re.compile(r"\r?\n--")
_LONGEST = 20_000
"""Characters of a value whose end has to be looked for."""

_TOKENS = re.compile(
    r"""
      (?<![\w-])(?:
        eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}                       # JWT, JWE
      | gh[pousr]_\w{16,} | github_pat_\w{16,} | glpat-[\w-]{16,}      # GitHub, GitLab
      | xox[a-z]-[\w-]{10,} | xapp-[\w-]{10,}                          # Slack
      | sk-[\w-]{16,} | [srp]k_(?:live|test)_\w{10,} | whsec_\w{10,}   # OpenAI, Anthropic, Stripe
      | A(?:KI|SI)A[0-9A-Z]{16} | AIza[\w-]{30,} | ya29\.[\w.-]{20,}   # AWS, Google
      | SG\.[\w-]{16,}\.[\w-]{16,} | npm_\w{30,} | pypi-[\w-]{30,} | hf_\w{20,} | do[opr]_v1_\w{20,}
      | bot[0-9]{3,12}:[\w-]{8,} | [0-9]{6,12}:[\w-]{30,}              # Telegram
      )
    """,
    re.VERBOSE,
)
_IN_PATH = re.compile(
    r"/(?P<name>[\w.-]{1,100}+)/(?P<value>(?=[^/?#&\s\"']*[0-9])(?=[^/?#&\s\"']*[A-Za-z])[^/?#&\s\"']{12,})"
)
_HOOKS = re.compile(
    r"/(?:(?:services|workflows|triggers)/(?=[A-Z][A-Z0-9]{2,}/[A-Z]?[A-Z0-9]{2,}/)|api/webhooks/)"
    r"(?P<value>[^?#\s\"']+)"
    r"|/(?:webhook|hook)[a-z0-9]{0,3}/(?P<long>(?=[\w-]{0,60}[0-9])(?=[\w-]{0,60}[A-Za-z])[\w-]{20,})"
)
"""Slack's, Discord's and those that go by such a name."""
_USERINFO = re.compile(
    r"(?:(?i:https?|wss?):(?:\\{0,3}/){2}|(?<![^\s=&,;:\"'(<\[{])(?:\\{0,3}/){2}(?=[^/?#\s\"<>@:]*:))"
    r"(?!\*{3}(?::\*{3})?@)(?P<value>(?:[^/?#\s\"<>&]|&(?![^/?#\s\"<>&=]*=)){1,2000})@"
)
"""What logs in at a URL that a text holds; of another scheme than the web's only what has a password."""
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_BETWEEN_SIGNS = re.compile(r"[^&?#\s\"<>]++")
"""A piece of a query or a form, which may be encoded as a whole."""
_PLUS = re.compile(r"(?<=[:,;{\[])\++")
"""Blanks of a form, where a pattern may look for one."""
_MOST_LAYERS = 3
"""How often a value may be percent-encoded within another."""
_JSON = re.compile(
    r"\"(?P<text>(?:[^\"\\]|\\.)*+)\"|(?P<mark>[{}\[\]:,])|(?P<plain>[^\s{}\[\]:,\"]+)", re.DOTALL
)
_BEGINS_JSON = re.compile(r"\s*+(?:\{\s*+[\"}]|\[\s*+(?:[\"{\[\]]|-?[0-9]|true|false|null))")
_NAMING = ("name", "key", "field", "id", "header")
_NAMED = ("value", "val", "content", "data", "text")
"""Members of an object that is itself a pair: what names it, and what it holds."""


class Place(NamedTuple):
    """A secret from `start` to `end` of a text, without quotes, and the name it has there, "" where it has none."""

    start: int
    end: int
    name: str = ""


def is_secret_name(name: str) -> bool:
    """Whether a header, query field or form field of this name holds a secret by the look of it."""
    return _SECRET_NAME.search(name) is not None or _SECRET_HUMP.search(name) is not None


def secret_places(text: str) -> tuple[Place, ...]:
    """Every secret of a text, in order, none within another."""
    found = sorted(_all_places(text), key=lambda place: (place.start, -place.end, not place.name))
    places: list[Place] = []
    for place in found:
        if place.start >= place.end:
            continue
        if places and place.start < places[-1].end:
            last = places[-1]
            places[-1] = Place(last.start, max(last.end, place.end), last.name or place.name)
        else:
            places.append(place)
    return tuple(places)


def _all_places(text: str, layers: int = _MOST_LAYERS) -> Iterator[Place]:
    is_json = _BEGINS_JSON.match(text) is not None
    for pattern in _ANYWHERE if is_json else (*_ANYWHERE, *_OUTSIDE_JSON):
        yield from _paired(text, pattern)
    if not is_json and (brace := text.find("{")) >= 0:
        yield from _paired(text, _FLOW, brace)
    yield from _ended(text, _QUOTED, lambda head: re.compile(rf"(?<!\\){re.escape(head['end'])}"))
    yield from _ended(text, _ELEMENT, lambda head: _CDATA_END if head["data"] else _ELEMENT_END)
    yield from _ended(text, _NAMED_ATTRIBUTE, lambda head: re.compile(re.escape(head["end"])))
    yield from _ended(text, _NAMED_ELEMENT, lambda head: _CDATA_END if head["data"] else _ELEMENT_END)
    yield from _ended(text, _PART, lambda _head: _PART_END)
    yield from _keys(text)
    for match in _TOKENS.finditer(text):
        yield Place(*match.span())
    for match in _IN_PATH.finditer(text):
        if is_secret_name(match["name"]):
            yield Place(*match.span("value"), match["name"])
    for match in _HOOKS.finditer(text):
        yield Place(*match.span("value" if match["value"] else "long"))
    for match in _USERINFO.finditer(text):
        yield Place(*match.span("value"), USERINFO)
    if is_json:
        yield from _in_json(text)
    if layers:
        yield from _encoded(text, layers)


def _paired(text: str, pattern: re.Pattern[str], start: int = 0) -> Iterator[Place]:
    """Values of secret names that a pattern finds whole."""
    for match in pattern.finditer(text, start):
        name = unquote(match["name"])
        if is_secret_name(name):
            yield _trimmed(text, *match.span("value"), name)


def _encoded(text: str, layers: int) -> Iterator[Place]:
    """Secrets within what is percent-encoded: a value, or a pair together with its sign."""
    for piece in _BETWEEN_SIGNS.finditer(text) if "%" in text else ():
        name, equals, value = piece[0].partition("=")
        sign = piece.start() + len(name)
        for place in _decoded(name, piece.start(), layers):
            # Base64 may end in the sign itself.
            yield place._replace(end=piece.end()) if place.end == sign else place
        yield from _decoded(value, sign + len(equals), layers)


def _decoded(piece: str, start: int, layers: int) -> Iterator[Place]:
    """Secrets of a piece that stands at `start`, looked for in what it encodes; none where it encodes nothing."""
    escapes = [match.start() - 2 * count for count, match in enumerate(_ESCAPE.finditer(piece))]
    if not escapes:
        return
    plain = _PLUS.sub(lambda blanks: " " * len(blanks[0]), _ESCAPE.sub(_character, piece))
    for place in _all_places(plain, layers - 1):
        first, last = (start + at + 2 * bisect_left(escapes, at) for at in (place.start, place.end))
        yield Place(first, last, place.name)


def _character(escape: re.Match[str]) -> str:
    """One character for each byte, so that all keep their places; a letter for those of no ASCII character."""
    code = int(escape[0][1:], 16)
    return chr(code) if code < 0x80 else "\xff"


def _ended(
    text: str, beginning: re.Pattern[str], end_of: Callable[[re.Match[str]], re.Pattern[str]]
) -> Iterator[Place]:
    """Values of secret names from where they begin to their end, or as far as one is looked for."""
    read = 0
    for head in beginning.finditer(text):
        if head.start() < read or not is_secret_name(head["name"]):
            continue
        last = min(len(text), head.end() + _LONGEST)
        end = end_of(head).search(text, head.end(), last)
        read = last if end is None else end.start()
        yield _trimmed(text, head.end(), read, head["name"])


def _keys(text: str) -> Iterator[Place]:
    """Private keys as PEM has them."""
    read = 0
    for head in _PEM.finditer(text):
        if head.start() >= read:
            last = min(len(text), head.end() + _LONGEST)
            end = _PEM_END.search(text, head.end(), last)
            read = last if end is None else end.end()
            yield Place(head.start(), read)


def _trimmed(text: str, start: int, end: int, name: str) -> Place:
    value = text[start:end]
    return Place(start + len(value) - len(value.lstrip()), end - (len(value) - len(value.rstrip())), name)


class _Level:
    """An object or list of JSON that is being read: `key` is that of the value to come, `hidden` the secret name that
    all within belongs to, `told` the name that a member holds, and `values` where its value stands; `texts` are those
    of a list.
    """

    def __init__(self, *, is_object: bool, hidden: str) -> None:
        self.is_object, self.hidden = is_object, hidden
        self.key = ""
        self.expects_key = is_object
        self.told = ""
        self.values: list[Place] = []
        self.texts: list[str] = []


def _in_json(text: str) -> Iterator[Place]:
    """Values of secret names at any depth, and of members that another member of the object names so.

    Whatever is no JSON is read as far as it looks like some.
    """
    levels: list[_Level] = []
    for match in _JSON.finditer(text):
        mark = match["mark"]
        here = levels[-1] if levels else None
        if mark in ("{", "["):
            hidden = "" if here is None else here.hidden or (here.key if is_secret_name(here.key) else "")
            levels.append(_Level(is_object=mark == "{", hidden=hidden))
        elif mark in ("}", "]"):
            if levels:
                level = levels.pop()
                if level.texts and len(level.values) == len(level.texts) == 2:
                    level.told, level.values = level.texts[0], level.values[1:]
                if is_secret_name(level.told):
                    yield from (place._replace(name=level.told) for place in level.values)
        elif here is not None:
            yield from _within(match, here)


def _within(match: re.Match[str], level: _Level) -> Iterator[Place]:
    """What a key, a value or a mark between them adds to its object or list."""
    if match["mark"] == ":":
        level.expects_key = False
    elif match["mark"] == ",":
        level.expects_key = level.is_object
    elif level.expects_key:
        level.key = match["text"] or ""
    else:
        yield from _of_value(match, level)


def _of_value(match: re.Match[str], level: _Level) -> Iterator[Place]:
    is_text = match["text"] is not None
    span = match.span("text" if is_text else "plain")
    if not is_text and match["plain"] in ("true", "false", "null"):
        return
    name = level.hidden or (level.key if is_secret_name(level.key) else "")
    if name:
        yield Place(*span, name)
    if level.is_object and is_text and level.key.lower() in _NAMING:
        level.told = match["text"]
    elif not level.is_object:  # A list of two texts may be a name and its value.
        level.values.append(Place(*span))
        level.texts += [match["text"]] if is_text else []
    elif level.key.lower() in _NAMED:
        level.values.append(Place(*span))
