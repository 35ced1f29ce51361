"""Secrets: `env:NAME` references read at the last moment, and masks wherever a plan or a message is shown or kept."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote

import msgspec

from httptui.errors import PlanError
from httptui.plan.secret_places import USERINFO, is_secret_name, secret_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from httptui.plan.model import Plan

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
"""How often a user and a password may be percent-encoded, and once more."""
# A password with a "/" or a "?" in it; a port before those makes a URL whose path or query holds the @.
_ODD_USERINFO = re.compile(
    r"(?P<start>^(?:https?://)?)(?!https?:|\[)[^\s/:@?#]+:(?![0-9]{0,5}[/?#])[^\s@]*[/?#][^\s@]*@",
    re.IGNORECASE,
)


def is_secret_header(name: str, value: str) -> bool:
    """Whether a header holds a secret by the look of its name, or of a value as `Bearer …`; a reference is none."""
    return not is_reference(value) and (is_secret_name(name) or _CREDENTIALS.match(value) is not None)


def is_reference(value: str) -> bool:
    """Whether a value is `env:NAME`, alone or after one word as in `Bearer env:NAME`."""
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
    """Where secrets stand in a text by the look of them: start and end, without quotes, in order.

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
    """What follows `Basic ` in an Authorization header for "user:password"."""
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
