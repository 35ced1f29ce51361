"""The one request that every engine sends: secrets filled in, userinfo turned into a header, defaults added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from httptui.errors import PlanError
from httptui.plans.request_checks import number_problem, value_problem
from httptui.plans.secrets import basic_token, is_reference, masked_header, resolve_env, split_userinfo
from httptui.plans.urls import split_target
from httptui.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from httptui.plans.plan import Plan

DEFAULT_HEADERS = (
    ("User-Agent", f"httptui/{__version__}"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
)


@dataclass(frozen=True, slots=True)
class RequestParts:
    """A request with its secrets in it, so only ever given to a lane; `url`, the first if there are more, has no
    userinfo.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: str = field(repr=False)
    secrets: tuple[str, ...] = ()
    """The names of the headers that carry secrets."""
    body_base64: str = field(default="", repr=False)


def request_parts(plan: Plan, environ: Mapping[str, str]) -> RequestParts:
    """Make the request of a checked plan; PlanError names the fields whose `env:NAME` is unset or unusable.

    The URL of the embedded target keeps the host `embedded`, for whoever starts it to replace.
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
