"""Requests of a plan: checks of method, URL, headers and body, the request that every engine sends, and its retries.

No message here repeats a header's value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from httptui.errors import PlanError
from httptui.plan.model import MOST_BODY_BYTES, Plan, Policy, Target
from httptui.plan.secrets import (
    basic_token,
    is_reference,
    is_secret_name,
    masked_header,
    masked_pairs,
    resolve_env,
    split_userinfo,
)
from httptui.plan.urls import EMBEDDED, NUMBER, TargetUrl, split_target
from httptui.safe_text import safe_text
from httptui.version import __version__

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
CLIENTS_OWN = {
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_BODILESS_METHODS = {"CONNECT", "TRACE"}


def shown(value: object, limit: int = 60) -> str:
    """Format a value for a message: quoted if text, on one line, cut to `limit`."""
    if isinstance(value, str):
        return f'"{safe_text(value, limit)}"'
    if isinstance(value, int) and value.bit_length() > 4 * limit:
        # Python refuses to print a very long number, which is easily written in hexadecimal.
        return f"a number of more than {limit} digits"
    return str(value).lower() if isinstance(value, bool) else safe_text(repr(value), limit)


def shown_url(url: str) -> str:
    """Format a URL, valid or not, for a message, without the parts that may hold secrets.

    These are everything before its last @, its query and fragment, and anything in its path that looks like a token.
    """
    start, scheme, rest = url.rpartition("://") if url.count("://") == 1 else ("", "", url)
    before, at, rest = rest.rpartition("@")
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    return shown(f"{start}{scheme}{'***' if before else ''}{at}{masked_pairs(path)}", 120)


def value_problem(value: str) -> str | None:
    """Return the problem of a header's value in words that do not repeat it, or None."""
    if _BAD_VALUE.search(value):
        return "must have no line breaks or control characters"
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        return "must be text that UTF-8, in which it is sent, can encode"
    if value != value.strip(" \t"):
        return "must not start or end with a space"
    return number_problem(value)


def number_problem(text: str) -> str | None:
    """Return the problem of a header or body that contains the placeholder for a request's number, or None."""
    if NUMBER not in text:
        return None
    return f"holds {NUMBER}, which is replaced in URLs only and would be sent as it is; take it out"


def header_problems(headers: dict[str, str]) -> Iterator[str]:
    """Yield all problems of a plan's headers, by path."""
    seen: set[str] = set()
    for name, value in headers.items():
        lowered = name.lower()
        # An invalid name may be a whole header line whose colon was forgotten.
        named = name.partition(" ")[0] if is_secret_name(name) else name
        path = f"target.headers.{safe_text(named, 60) or shown(named)}"
        if not _TOKEN.fullmatch(name):
            yield f"{path}: not a header name; letters, digits and hyphens"
        elif lowered in CLIENTS_OWN:
            yield f"{path}: belongs to the client, which sets it itself; leave it out"
        if lowered in seen:
            yield f"{path}: given twice, in different case"
        if problem := number_problem(name):
            yield f"{path}: {problem}"
        seen.add(lowered)
        if problem := value_problem(value):
            yield f"{path}: {problem}"


def target_problems(target: Target) -> Iterator[str]:
    """Yield all problems of a plan's target that can be found without the network."""
    if not _TOKEN.fullmatch(target.method):
        yield f"target.method: {shown(target.method)} is not a method; letters such as GET or POST"
    elif target.method.upper() in _BODILESS_METHODS:
        yield f"target.method: {shown(target.method)} is not supported"
    yield from _list_problems(target) if target.urls else _url_problems(target)
    yield from header_problems(target.headers)
    yield from _body_problems(target)


def _body_problems(target: Target) -> Iterator[str]:
    """Yield the problems of either form of the body."""
    if target.body_base64:
        if target.body:
            yield "target.body_base64: given beside target.body; keep one of the two"
        try:
            size = len(base64.b64decode(target.body_base64, validate=True))
        except ValueError:
            yield "target.body_base64: must be base64"
            return
    elif any(0xD800 <= ord(character) <= 0xDFFF for character in target.body):
        yield "target.body: must be text that UTF-8 can encode"
        return
    else:
        size = len(target.body.encode())
    if size > MOST_BODY_BYTES:
        yield f"target.body: has {size} bytes; at most {MOST_BODY_BYTES}"
    if problem := number_problem(target.body):
        yield f"target.body: {problem}"


def _url_problems(target: Target) -> Iterator[str]:
    try:
        url = split_target(target.url)
    except ValueError as problem:
        yield f"target.url: {shown_url(target.url)} {problem}"
        return
    if url.userinfo is not None and "authorization" in {name.lower() for name in target.headers}:
        yield "target.url: has a user and password while an Authorization header is given; keep one of the two"


def _list_problems(target: Target) -> Iterator[str]:
    """Yield the problems of a list of URLs: of each, and of all together."""
    if target.url != EMBEDDED:
        yield f"target.url: {shown_url(target.url)} given beside target.urls; keep one of the two"
    for index, words in _wrong_urls(target.urls):
        yield f"target.urls[{index}]: {shown_url(target.urls[index])} {words}"


def _wrong_urls(urls: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the indexes of URLs that do not fit into a list, each with the reason."""
    first: TargetUrl | None = None
    for index, text in enumerate(urls):
        try:
            url = split_target(text)
        except ValueError as problem:
            yield index, str(problem)
            continue
        if url.userinfo is not None:
            yield index, "must have no user and password, since all URLs have the same headers; give a header"
        first = first or url
        if url.embedded != first.embedded:
            is_so, first_is = ("is", "is not") if url.embedded else ("is not", "is")
            yield (
                index,
                f"{is_so} of the embedded target, and the first one {first_is}; keep to one of the two",
            )
        elif url.embedded and url.scheme != first.scheme:
            yield (
                index,
                f"must be {first.scheme}:// as the first one: the embedded target speaks one of the two",
            )


DEFAULT_HEADERS = (
    ("User-Agent", f"httptui/{__version__}"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
)


@dataclass(frozen=True, slots=True)
class RequestParts:
    """A request including its secrets, for lanes only.

    `url`, the first if there are several, has no userinfo.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str = field(repr=False)
    secrets: tuple[str, ...] = ()
    """Names of the headers that carry secrets."""
    body_base64: str = field(default="", repr=False)


def request_parts(plan: Plan, environ: Mapping[str, str]) -> RequestParts:
    """Build the request of a checked plan; PlanError names the fields whose `env:NAME` is unset or unusable.

    The embedded target's URL keeps the host `embedded`, which is replaced when the target is started.
    """
    problems: list[str] = []
    given: list[tuple[str, str]] = []
    secret: list[str] = []
    for name, value in plan.target.headers.items():
        path = f"target.headers.{name}"
        try:
            resolved = resolve_env(value, environ, path)
        except PlanError as error:
            problems += error.problems
            continue
        if problem := value_problem(resolved):
            problems.append(f"{path}: its environment variable's value {problem}")
        given.append((name, resolved))
        if is_reference(value) or masked_header(name, resolved) != resolved:
            secret.append(name)
    url = split_target(plan.target.all_urls[0])
    body = ""
    try:
        body = resolve_env(plan.target.body, environ, "target.body")
        if body != plan.target.body and (problem := number_problem(body)):
            problems.append(f"target.body: its environment variable's value {problem}")
        if url.userinfo is not None:
            given.append(("Authorization", _basic(url.userinfo, environ)))
            secret.append("Authorization")
    except PlanError as error:
        problems += error.problems
    if problems:
        raise PlanError(*problems)
    headers = (*_defaults(given), *given)
    base64 = plan.target.body_base64
    return RequestParts(plan.target.method, url.without_userinfo, headers, body, tuple(secret), base64)


def _defaults(given: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    names = {name.lower() for name, _value in given}
    return (header for header in DEFAULT_HEADERS if header[0].lower() not in names)


def _basic(userinfo: str, environ: Mapping[str, str]) -> str:
    parts = [unquote(resolve_env(part, environ, "target.url")) for part in split_userinfo(userinfo)]
    credentials = ":".join(parts)
    return f"Basic {basic_token(credentials if ':' in credentials else credentials + ':')}"


RETRIED_KINDS = (
    *("refused", "dns", "tls", "connect_timeout", "read_timeout", "pool_timeout", "protocol", "disconnected"),
    *("truncated", "too_large", "redirects", "local", "other"),
)
"""The kinds of `httptui.engines.errors`, except "timeout", which names a family here."""
RETRIED_FAMILIES = {
    "connect": ("refused", "dns", "connect_timeout"),
    "timeout": ("connect_timeout", "read_timeout", "pool_timeout", "timeout"),
}
PASSING_STATUSES = ("502", "503", "504")
LONGEST_WAIT = 60.0
"""Seconds that a wait is limited to."""
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""RFC 9110, section 9.2.2."""


def retry_causes(policy: Policy, method: str) -> tuple[str, ...]:
    """Return the error kinds and status codes that are retried, with families expanded.

    By default these are the kinds of connecting, before which nothing was sent, and, for idempotent methods, 502, 503
    and 504.
    """
    usual = ("connect", *(PASSING_STATUSES if method.upper() in IDEMPOTENT else ()))
    named = policy.retry_on or usual
    return tuple(dict.fromkeys(kind for name in named for kind in RETRIED_FAMILIES.get(name, (name,))))


def longest_request(policy: Policy) -> float:
    """Return the most seconds that a request may take with all its tries, waits counted at their mean length."""
    waits = sum(min(policy.retry_wait * 2.0**tries, LONGEST_WAIT) for tries in range(policy.retries))
    return policy.timeout * (1 + policy.retries) + waits
