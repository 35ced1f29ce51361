"""Secrets: `env:NAME` references read at the last moment, and masks wherever a plan or a message is shown or kept.

Others are found by the look of them: the values of secret names, in the forms that requests have, and tokens whose
own form is known.  Each pattern reads a text once, or a bounded stretch for each place where it may begin.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, quote_plus, unquote

import msgspec

from httptui.errors import PlanError

if TYPE_CHECKING:
    from httptui.plan.model import Plan


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
_USERINFO_OF_URL = re.compile(
    r"(?:(?i:https?|wss?):(?:\\{0,3}/){2}|(?<![^\s=&,;:\"'(<\[{])(?:\\{0,3}/){2}(?=[^/?#\s\"<>@:]*:))"
    r"(?!\*{3}(?::\*{3})?@)(?P<value>(?:[^/?#\s\"<>&]|&(?![^/?#\s\"<>&=]*=)){1,2000})@"
)
"""Credentials in a URL inside a text; of another scheme than the web's only those with a password."""
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_BETWEEN_SIGNS = re.compile(r"[^&?#\s\"<>]++")
"""A piece of a query or a form, which may be encoded as a whole."""
_PLUS = re.compile(r"(?<=[:,;{\[])\++")
"""Blanks of a form, where a pattern may look for one."""
_MOST_ENCODINGS = 3
"""The most times that a value may be percent-encoded within another."""
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
    """Return whether the name of a header, query field or form field looks like that of a secret."""
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


def _all_places(text: str, layers: int = _MOST_ENCODINGS) -> Iterator[Place]:
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
    for match in _USERINFO_OF_URL.finditer(text):
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
    """Add a key, a value or a mark between them to its object or list, and yield the secrets found."""
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


MASK = "***"
SHORTEST_KNOWN = 4

_REFERENCE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9._-]* )?env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_CREDENTIALS = re.compile(
    r"\s*(?:api[-_]?key\s+\S{4,}"
    r"|(?:aws4-hmac-sha256|basic|bearer|bot|dpop|genie-?key|gnap|hawk|hmac[\w-]*|jwt|key|mac|negotiate|ntlm"
    r"|sharedaccesssignature|ssws|token|vapid)\s+(?:(?=\S*\d)\S{8,}|\S{16,})"
    r"|(?:digest|oauth)\s+\w+=)",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?P<start>^\s*(?:[^/?#\s]*//)?)(?P<userinfo>[^/?#\s]*)@")
"""At the beginning of a URL; that of another URL, in its query, is looked for as other secrets are."""
_MOST_LAYERS = 4
"""The most times that a user and a password may be percent-encoded, plus one."""
# A password with a "/" or a "?" in it; a port before those makes a URL whose path or query holds the @.
_ODD_USERINFO = re.compile(
    r"(?P<start>^(?:https?://)?)(?!https?:|\[)[^\s/:@?#]+:(?![0-9]{0,5}[/?#])[^\s@]*[/?#][^\s@]*@",
    re.IGNORECASE,
)


def is_secret_header(name: str, value: str) -> bool:
    """Return whether a header looks secret by its name, or by a value such as `Bearer …`; a reference does not."""
    return not is_reference(value) and (is_secret_name(name) or _CREDENTIALS.match(value) is not None)


def is_reference(value: str) -> bool:
    """Return whether a value is `env:NAME`, alone or after one word as in `Bearer env:NAME`."""
    return _REFERENCE.fullmatch(value) is not None


def resolve_env(value: str, environ: Mapping[str, str], field: str = "value") -> str:
    """The value with its `env:NAME` reference replaced from the environment, or as it is where it has none.

    PlanError names the field and the variable, never what it holds.
    """
    match = _REFERENCE.fullmatch(value)
    if match is None:
        return value
    found = environ.get(match["name"])
    if not found:
        state = "not set" if found is None else "empty"
        raise PlanError(f"{field}: the environment variable {match['name']} is {state}")
    return (match["scheme"] or "") + found


def references_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Each variable of the environment that a plan takes: the path of its field, and its name."""
    target = plan.target
    for name, value in target.headers.items():
        yield from ((f"target.headers.{name}", variable) for variable in _names_in(value))
    yield from (("target.body", variable) for variable in _names_in(target.body))
    for url in target.all_urls:
        if match := _USERINFO.match(url):
            path = "target.urls" if target.urls else "target.url"
            yield from (
                (path, name) for part in split_userinfo(match["userinfo"]) for name in _names_in(part)
            )


def _names_in(value: str) -> Iterator[str]:
    if match := _REFERENCE.fullmatch(value):
        yield match["name"]


def split_userinfo(userinfo: str) -> tuple[str, ...]:
    """The parts of a URL's userinfo, each of which may be a reference: user and password, or one for both."""
    if userinfo.startswith("env:") and userinfo.count(":") == 1:
        return (userinfo,)
    user, separator, password = userinfo.partition(":")
    return (user, password) if separator else (user,)


class Redactor:
    """Replaces every secret value it knows, in whatever form it may be echoed, by a mask."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST_KNOWN}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    @classmethod
    def for_plan(cls, plan: Plan, environ: Mapping[str, str]) -> Redactor:
        """A redactor of all secrets that a plan holds or refers to."""
        return cls(_secrets_of(plan, environ))

    def redact(self, text: str) -> str:
        """The text without any known secret of four characters or more."""
        return text if self._pattern is None else self._pattern.sub(MASK, text)


def redacted_plan(plan: Plan) -> dict[str, Any]:
    """The plan as plain values without secrets; `env:NAME` references stay as they are written."""
    redactor = Redactor.for_plan(plan, {})

    def clean(text: str) -> str:
        return text if is_reference(text) else redactor.redact(text)

    data: dict[str, Any] = msgspec.to_builtins(plan)
    data["name"], data["description"] = clean(plan.name), clean(plan.description)
    data["expect"] = tuple(clean(text) for text in plan.expect)
    target = data["target"]
    target["url"] = clean(redacted_url(plan.target.url))
    target["urls"] = tuple(clean(redacted_url(url)) for url in plan.target.urls)
    target["headers"] = {
        name: clean(masked_header(name, value)) for name, value in plan.target.headers.items()
    }
    target["body"] = clean(masked_pairs(plan.target.body))
    if plan.target.body_base64 and secret_spans(_text_of_bytes(plan)):
        target["body_base64"] = MASK
    for contender in data["contender"]:
        if "label" in contender:
            contender["label"] = clean(contender["label"])
    return data


def redacted_url(url: str) -> str:
    """A URL with its userinfo and every secret-looking value masked, in its path, its query and its fragment.

    Whatever stands before the last @ of a text that is no URL counts as userinfo, which may hold a "/" or a "?".
    """
    cleaned = _USERINFO.sub(
        lambda match: f"{match['start']}{_masked_userinfo(match['userinfo'])}@", url, count=1
    )
    if cleaned == url and _ODD_USERINFO.match(url):
        cleaned = _ODD_USERINFO.sub(lambda match: f"{match['start']}{MASK}:{MASK}@", url, count=1)
    start = _USERINFO.match(cleaned)
    at = start.end() if start else 0
    return cleaned[:at] + masked_pairs(cleaned[at:])


def _masked_userinfo(userinfo: str) -> str:
    parts = split_userinfo(userinfo)
    return ":".join(part if is_reference(part) else MASK for part in parts)


def masked_header(name: str, value: str) -> str:
    """A header's value without what looks like a secret."""
    return MASK if is_secret_header(name, value) else masked_pairs(value)


def masked_pairs(text: str) -> str:
    """A query, a form, JSON or whatever else a request has, with everything that looks like a secret masked."""
    pieces: list[str] = []
    at = 0
    for start, end in secret_spans(text):
        pieces += [text[at:start], MASK]
        at = end
    return "".join([*pieces, text[at:]])


def secret_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return the start and end of all that looks like a secret in a text, without quotes, in order.

    There are none in a text that is one `env:NAME` reference.
    """
    return () if is_reference(text) else tuple((place.start, place.end) for place in secret_places(text))


def _secret_pairs(text: str) -> Iterator[str]:
    """The secrets of a text, and a password also without its user."""
    for place in () if is_reference(text) else secret_places(text):
        secret = text[place.start : place.end]
        yield secret
        if place.name == USERINFO:
            yield _password_of(secret)


def _password_of(userinfo: str) -> str:
    """The password of a user, or the user where there is none, however often both were percent-encoded."""
    for _ in range(_MOST_LAYERS):
        _user, colon, password = userinfo.partition(":")
        if colon:
            return unquote(password)
        userinfo = unquote(userinfo)
    return userinfo


def _secrets_of(plan: Plan, environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in plan.target.headers.items():
        if is_reference(value):
            yield _known(value, environ)
        elif is_secret_header(name, value):
            yield value
            yield from re.split(r"[\s;,]+", value)
            yield from _secret_pairs(value)
        else:
            yield from _secret_pairs(value)
    if is_reference(plan.target.body):
        yield _known(plan.target.body, environ)
    else:
        yield from _secret_pairs(plan.target.body)
        yield from _secret_pairs(_text_of_bytes(plan))
    for url in plan.target.all_urls:
        yield from _secrets_of_url(url, environ)


def _text_of_bytes(plan: Plan) -> str:
    """A body in base64 as a text in which secrets can be looked for."""
    try:
        return base64.b64decode(plan.target.body_base64).decode(errors="replace")
    except ValueError:
        return ""


def _secrets_of_url(url: str, environ: Mapping[str, str]) -> Iterator[str]:
    match = _USERINFO.match(url)
    yield from _secret_pairs(url[match.end() :] if match else url)
    if match:
        parts = [unquote(_known(part, environ)) for part in split_userinfo(match["userinfo"])]
        yield match["userinfo"]
        yield parts[-1]
        yield ":".join(parts)
        yield basic_token(":".join(parts))


def basic_token(credentials: str) -> str:
    """Encode "user:password" as it follows `Basic ` in an Authorization header."""
    return base64.b64encode(credentials.encode(errors="replace")).decode("ascii")


def _known(value: str, environ: Mapping[str, str]) -> str:
    match = _REFERENCE.fullmatch(value)
    return environ.get(match["name"], "") if match else value


def _forms(secret: str) -> Iterator[str]:
    if is_reference(secret):
        return
    encodable = secret.encode(errors="replace").decode()
    yield from (secret, unquote(secret), quote(encodable, safe=""), quote(encodable), quote_plus(encodable))
    yield from (repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
