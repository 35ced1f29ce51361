"""Secrets: `env:NAME` references read at the last moment, and masks wherever a plan or a message is shown or kept."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote

import msgspec

from httptui.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from httptui.plans.plan import Plan

MASK = "***"
SHORTEST_KNOWN = 4

_REFERENCE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9._-]* )?env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_SECRET_NAME = re.compile(
    r"authori[sz]ation|authenticat|cookie|token|secret|key|passw|passphrase|pwd|credential|session|signature|jwt|bearer"
    r"|hmac|dpop|(?:^|[-_.])(?:auth|sig|sid|pass|pw|pin|otp|code)(?:$|[-_.])",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(
    r"\s*(?:(?:basic|bearer|negotiate|token)\s+(?:(?=\S*\d)\S{8,}|\S{16,})|digest\s+\w+=)", re.IGNORECASE
)
# From the start of a name and never back, so that a long body without pairs is read only once.
_PAIR = re.compile(r"(?<![^&;?=\s\"'{},])(?P<name>[^&;?=\s\"'{},]++)=(?P<value>[^&;\s\"']+)")
_JSON_PAIR = re.compile(r"\"(?P<name>[^\"\\]{1,200})\"\s*:\s*(?P<value>\"(?:[^\"\\]|\\.)*\"|[0-9.]+)")
_USERINFO = re.compile(r"(?P<start>^|//)(?P<userinfo>[^/?#\s]*)@")


def is_secret_name(name: str) -> bool:
    """Whether a header, query field or form field of this name holds a secret by the look of it."""
    return _SECRET_NAME.search(name) is not None


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
    for contender in data["contender"]:
        if "label" in contender:
            contender["label"] = clean(contender["label"])
    return data


def redacted_url(url: str) -> str:
    """A URL with its userinfo and every query value of a secret-looking name masked."""
    base, question, query = url.partition("?")
    base = _USERINFO.sub(
        lambda match: f"{match['start']}{_masked_userinfo(match['userinfo'])}@", base, count=1
    )
    return base + question + masked_pairs(query)


def _masked_userinfo(userinfo: str) -> str:
    parts = split_userinfo(userinfo)
    return ":".join(part if is_reference(part) else MASK for part in parts)


def masked_header(name: str, value: str) -> str:
    """A header's value without what looks like a secret."""
    return MASK if is_secret_header(name, value) else masked_pairs(value)


def masked_pairs(text: str) -> str:
    """A query, form or JSON text with the values of secret-looking names masked."""
    if is_reference(text):
        return text
    return _JSON_PAIR.sub(_masked_pair, _PAIR.sub(_masked_pair, text))


def _masked_pair(match: re.Match[str]) -> str:
    if not is_secret_name(unquote(match["name"])):
        return match[0]
    start, end = (at - match.start() for at in match.span("value"))
    quotes = '"' if match["value"].startswith('"') else ""
    return match[0][:start] + quotes + MASK + quotes + match[0][end:]


def secret_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the values of secret-looking names stand in a query, form or JSON text: start and end, without quotes.

    There are none in a text that is one `env:NAME` reference.
    """
    matches = [match for pattern in (_PAIR, _JSON_PAIR) for match in pattern.finditer(text)]
    return tuple(
        (match.start("value") + quoted, match.end("value") - quoted)
        for match in matches
        if is_secret_name(unquote(match["name"])) and not is_reference(text)
        for quoted in (match["value"].startswith('"'),)
    )


def _secret_pairs(text: str) -> Iterator[str]:
    yield from (text[start:end] for start, end in secret_spans(text))


def _secrets_of(plan: Plan, environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in plan.target.headers.items():
        if is_reference(value):
            yield _known(value, environ)
        elif is_secret_header(name, value):
            yield value
            yield from re.split(r"[\s;,]+", value)
            yield from (match["value"] for match in _PAIR.finditer(value))
        else:
            yield from _secret_pairs(value)
    if is_reference(plan.target.body):
        yield _known(plan.target.body, environ)
    else:
        yield from _secret_pairs(plan.target.body)
    for url in plan.target.all_urls:
        yield from _secrets_of_url(url, environ)


def _secrets_of_url(url: str, environ: Mapping[str, str]) -> Iterator[str]:
    base, _question, query = url.partition("?")
    yield from _secret_pairs(query)
    if match := _USERINFO.search(base):
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
