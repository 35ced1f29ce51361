"""Usage of a script: one contender's share of a plan, with all secrets removed, and the URLs that it requests."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import UNSET

from httptui.codegen.texts import Text, Variable, expression, hidden, text_of, variables
from httptui.plan.model import Contender, Load, Plan, concurrency_of, describe_load, label_of
from httptui.plan.requests import DEFAULT_HEADERS, retry_causes
from httptui.plan.schedule import share_of
from httptui.plan.secrets import MASK, Redactor, is_reference, is_secret_header, redacted_plan, split_userinfo
from httptui.plan.urls import NUMBER, TargetUrl, split_target
from httptui.runs.setup import pool_of
from httptui.safe_text import safe_text
from httptui.target.process import ADDRESS, NAME
from httptui.units import plural

EMBEDDED_PORT = 8099
OF_ONE_HOST = frozenset({"http.client"})
"""Engines whose client objects each connect to one host only."""


@dataclass(frozen=True, kw_only=True)
class Requested:
    """URLs in the plan's order.

    `by_name` means that the embedded target is reached by name, `shuffled_by` is the seed of the sending order, None
    for the plan's order, and `left_out` counts the URLs that the client cannot reach.
    """

    split: tuple[TargetUrl, ...]
    by_name: bool
    shuffled_by: int | None
    left_out: int

    @property
    def first(self) -> TargetUrl:
        """The first URL."""
        return self.split[0]

    @property
    def paths(self) -> tuple[Text, ...]:
        """Path and query of each URL."""
        return tuple(text_of(url.path) for url in self.split)

    @property
    def urls(self) -> tuple[Text, ...]:
        """Each URL in full, without userinfo."""
        return tuple((self._origin(url), *text_of(url.path)) for url in self.split)

    @property
    def host(self) -> str:
        """The host to connect to."""
        return self._embedded_host if self.first.embedded else self.first.host

    @property
    def port(self) -> int:
        """The port to connect to."""
        return EMBEDDED_PORT if self.first.embedded else self.first.port

    @property
    def tls(self) -> bool:
        """True if any URL uses TLS."""
        return any(url.scheme == "https" for url in self.split)

    @property
    def escaped(self) -> bool:
        """True if any URL has percent-escapes, which must stay unchanged."""
        return any("%" in url.path for url in self.split)

    @property
    def numbered(self) -> bool:
        """True if any URL contains the request's number."""
        return any(NUMBER in url.path for url in self.split)

    @property
    def differ(self) -> bool:
        """True if requests differ in their URL."""
        return len(self.split) > 1 or self.numbered

    @property
    def hosts(self) -> int:
        """The number of distinct hosts with ports."""
        return len({_host(url) for url in self.split})

    @property
    def _embedded_host(self) -> str:
        return NAME if self.by_name else ADDRESS

    def _origin(self, url: TargetUrl) -> str:
        if url.embedded:
            return f"{url.scheme}://{self._embedded_host}:{EMBEDDED_PORT}"
        return url.without_userinfo.removesuffix(url.path)


def requested_by(plan: Plan, contender: Contender) -> Requested:
    """Return the requests of a script: all, or only those to the first host; ValueError for an invalid URL."""
    target = plan.target
    urls = [split_target(url) for url in target.all_urls]
    ours = [url for url in urls if contender.engine not in OF_ONE_HOST or _host(url) == _host(urls[0])]
    return Requested(
        split=tuple(ours),
        by_name=target.dns_ms is not None,
        shuffled_by=plan.schedule.seed if target.order == "shuffle" and len(ours) > 1 else None,
        left_out=len(urls) - len(ours),
    )


def _host(url: TargetUrl) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port


@dataclass(frozen=True, slots=True)
class Tries:
    """At most `most` tries of a request, with `wait` seconds after the first, doubled after each further one.

    `kinds` of error and `statuses` are the causes; both are empty if there is only one try.
    """

    most: int
    wait: float
    kinds: tuple[str, ...]
    statuses: tuple[int, ...]


def tries_of(plan: Plan) -> Tries:
    """Return the plan's tries."""
    policy = plan.policy
    causes = retry_causes(policy, plan.target.method) if policy.retries else ()
    return Tries(
        most=policy.retries + 1,
        wait=policy.retry_wait,
        kinds=tuple(cause for cause in causes if not cause.isdigit()),
        statuses=tuple(int(cause) for cause in causes if cause.isdigit()),
    )


BODY_IN_HEX = "BODY_IN_HEX"
CA_FILE = "CA_FILE"
"""Variable with the path of the embedded target's certificate authority."""
REQUESTS = 1_000
"""Number of requests in a script whose plan is bounded by time."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Use of one client; header values, `credentials`, `ca_file` and `timeout` (seconds) are Python expressions or
    empty.

    - `pool`: connections that each client object may keep; `dns_ttl`: seconds that it caches a name; None leaves the
      library's own settings.
    - `uses`: requests that a client object serves, None if it is kept.
    - `read`: what is done with an answer.
    - `think`: seconds; `per_host_rate`: requests per second, None for no limit.
    - `variables`: names read from the environment.
    - `left_out`: sentences on what the run does and the script does not.
    """

    label: str
    load: str
    reuse: str
    uses: int | None
    http: str
    uvloop: bool
    pool: int | None
    read: str
    dns_ttl: float | None
    concurrency: int
    requests: int
    timeout: str
    redirects: int
    tries: Tries
    think: float
    per_host_rate: float | None
    cookies: bool
    trust_env: bool
    method: str
    requested: Requested
    headers: tuple[tuple[str, str], ...]
    body: Text
    body_bytes: bytes
    verify: bool
    ca_file: str
    variables: tuple[str, ...]
    credentials: str
    served_by: str
    left_out: tuple[str, ...]

    @property
    def has_body(self) -> bool:
        """True if requests have a body."""
        return bool(self.body or self.body_bytes)

    @property
    def tls(self) -> bool:
        """True if any URL uses TLS."""
        return self.requested.tls

    @property
    def own_trust(self) -> bool:
        """True if the plan has its own trust settings."""
        return self.tls and (bool(self.ca_file) or not self.verify)

    def at(self, constant: str = "URL") -> str:
        """Return the constant of a request's destination, or the variable of that name if requests differ."""
        return constant.lower() if self.requested.differ else constant

    def has_header(self, name: str) -> bool:
        """Return whether the plan sets a header."""
        return name.lower() in {given.lower() for given, _ in self.headers}


def usage_of(plan: Plan, index: int) -> Usage:
    """Return the usage of the contender at an index; ValueError for an invalid URL."""
    contender = plan.contender[index]
    redactor = Redactor.for_plan(plan, {})
    requested = requested_by(plan, contender)
    url = requested.first
    headers = {name: _header(name, value, redactor) for name, value in plan.target.headers.items()}
    given = {name.lower() for name in headers}
    credentials = _credentials(url)
    body, body_bytes = _body_of(plan)
    ca_file: Text = (plan.target.ca_file,) if plan.target.ca_file else ()
    if url.embedded and url.scheme == "https" and not ca_file:
        ca_file = (Variable(CA_FILE),)
    written = [(name, expression((value,))) for name, value in DEFAULT_HEADERS if name.lower() not in given]
    written += [(name, expression(value)) for name, value in headers.items()]
    if credentials:
        written.append(("Authorization", 'f"Basic {b64encode(CREDENTIALS.encode()).decode()}"'))
    return Usage(
        label=safe_text(redactor.redact(label_of(contender))),
        load=describe_load(plan.load),
        reuse=contender.reuse,
        uses=_uses_of(contender.reuse),
        http=contender.http,
        uvloop=contender.loop is not UNSET and contender.loop == "uvloop",
        pool=pool_of(plan, contender),
        read=contender.read,
        dns_ttl=None if contender.dns_ttl is UNSET else contender.dns_ttl,
        concurrency=share_of(concurrency_of(plan, contender), contender.processes),
        requests=share_of(_requests_of(plan.load, concurrency_of(plan, contender)), contender.processes),
        timeout=repr(plan.policy.timeout).removesuffix(".0"),
        redirects=plan.policy.redirects,
        tries=tries_of(plan),
        think=plan.load.think if plan.load.kind == "closed" else 0.0,
        per_host_rate=_rate_of(plan, contender),
        cookies=plan.policy.cookies,
        trust_env=plan.policy.trust_env,
        method=plan.target.method,
        requested=requested,
        headers=tuple(written),
        body=body,
        body_bytes=body_bytes,
        verify=plan.target.verify,
        ca_file=expression(ca_file) if ca_file else "",
        variables=variables((*requested.paths, *headers.values(), credentials, body, ca_file)),
        credentials=expression(credentials) if credentials else "",
        served_by=_served_by(plan, url),
        left_out=tuple(_left_out(plan, contender, requested.left_out)),
    )


def _left_out(plan: Plan, contender: Contender, urls: int) -> Iterator[str]:
    """Yield what the run does and the script does not; `urls` is the number of URLs left out."""
    if urls:
        others = f"{plural(urls, 'URL')} of others left out here"
        yield f"A connection of {contender.engine} goes to one host: {others}."
    if contender.processes > 1:
        yield f"In the run {contender.processes} processes share the load; here one of them has its share."
    if plan.load.kind == "open":
        yield "The run sends at its rate, whatever comes back; here each worker waits for its answer."


def _rate_of(plan: Plan, contender: Contender) -> float | None:
    """Return the requests per second to one host for one process."""
    return plan.policy.per_host_rate and plan.policy.per_host_rate / contender.processes


def _body_of(plan: Plan) -> tuple[Text, bytes]:
    """Return the body as a text, or as bytes; bytes with a secret are read from the environment, in hexadecimal."""
    if plan.target.body:
        return text_of(plan.target.body), b""
    if redacted_plan(plan)["target"]["body_base64"] == MASK:
        return (Variable(BODY_IN_HEX),), b""
    return (), base64.b64decode(plan.target.body_base64)


def _header(name: str, value: str, redactor: Redactor) -> Text:
    if is_secret_header(name, value):
        return hidden(name)
    return tuple(redactor.redact(piece) if isinstance(piece, str) else piece for piece in text_of(value))


def _credentials(url: TargetUrl) -> Text:
    """Return user and password of the URL; those written in the plan itself are hidden."""
    if url.userinfo is None:
        return ()
    parts = split_userinfo(url.userinfo)
    user, *password = (
        text_of(part) if is_reference(part) else hidden(name)
        for part, name in zip(parts, ("HTTP_USER", "HTTP_PASSWORD"), strict=False)
    )
    return (*user, ":", *password[0]) if password else user


def _uses_of(reuse: str) -> int | None:
    if reuse == "per-request":
        return 1
    return int(reuse.removeprefix("every-")) if reuse.startswith("every-") else None


def _requests_of(load: Load, concurrency: int) -> int:
    if load.requests is not None:
        return load.requests
    return concurrency if load.kind == "burst" else max(REQUESTS, concurrency)


def _served_by(plan: Plan, url: TargetUrl) -> str:
    if not url.embedded:
        return ""
    if url.scheme == "http":
        return f"httptui target --port {EMBEDDED_PORT}"
    speaks = "--http2" if any(contender.http == "2" for contender in plan.contender) else "--tls"
    return f"httptui target {speaks} --port {EMBEDDED_PORT}"
