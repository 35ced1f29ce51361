"""What a script is to do: one contender's share of a plan, all secrets taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import UNSET

from httptui.lanes.setup import pool_of
from httptui.plans.plan import Contender, Load, Plan, concurrency_of, describe_load, label_of
from httptui.plans.processes import share_of
from httptui.plans.request_parts import DEFAULT_HEADERS
from httptui.plans.secrets import Redactor, is_reference, is_secret_name, split_userinfo
from httptui.plans.url_lists import describe_urls
from httptui.plans.urls import NUMBER, TargetUrl, split_target
from httptui.safe_text import safe_text
from httptui.snippets.texts import Text, Variable, expression, hidden, text_of, variables
from httptui.target.process import ADDRESS, NAME
from httptui.units import plural

EMBEDDED_PORT = 8099
CA_FILE = "CA_FILE"
"""The variable that has the path of the embedded target's own authority."""
REQUESTS = 1_000
"""Requests of a script whose plan is bound by time."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How one client is used; `url`, `path`, the headers' values, `credentials`, `ca_file` and `timeout`, in seconds,
    are Python expressions, empty where the plan has none.

    `pool` is the number of connections that each client object may keep, and `dns_ttl` for how many seconds it keeps
    a name, None where the library's own knobs are left alone.  `uses` is how many requests a client object serves,
    None where it is kept.  `read` is what is done with an answer, `by_name` whether the embedded target is reached by
    its name.  `variables` are the names of all that is read from the environment, `left_out` sentences about what the
    run does and the script does not.
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
    by_name: bool
    concurrency: int
    requests: int
    timeout: str
    redirects: int
    retries: int
    cookies: bool
    trust_env: bool
    method: str
    target: TargetUrl
    escaped: bool
    url: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: Text
    verify: bool
    ca_file: str
    variables: tuple[str, ...]
    credentials: str
    served_by: str
    left_out: tuple[str, ...]

    @property
    def tls(self) -> bool:
        """Whether the target speaks TLS."""
        return self.target.scheme == "https"

    @property
    def host(self) -> str:
        """The host to connect to."""
        return _embedded_host(by_name=self.by_name) if self.target.embedded else self.target.host

    @property
    def port(self) -> int:
        """The port to connect to."""
        return EMBEDDED_PORT if self.target.embedded else self.target.port

    @property
    def own_trust(self) -> bool:
        """Whether the plan says itself what to trust."""
        return self.tls and (bool(self.ca_file) or not self.verify)

    def has_header(self, name: str) -> bool:
        """Whether the plan gives a header."""
        return name.lower() in {given.lower() for given, _ in self.headers}


def usage_of(plan: Plan, index: int) -> Usage:
    """The usage by the contender at an index; ValueError where the plan's URL is none."""
    contender = plan.contender[index]
    redactor = Redactor.for_plan(plan, {})
    url = split_target(plan.target.all_urls[0].replace(NUMBER, "0"))
    by_name = plan.target.dns_ms is not None
    origin = _origin(url, by_name=by_name)
    path = text_of(url.path)
    headers = {name: _header(name, value, redactor) for name, value in plan.target.headers.items()}
    given = {name.lower() for name in headers}
    credentials = _credentials(url)
    body = text_of(plan.target.body)
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
        by_name=by_name,
        concurrency=share_of(concurrency_of(plan, contender), contender.processes),
        requests=share_of(_requests_of(plan.load, concurrency_of(plan, contender)), contender.processes),
        timeout=repr(plan.policy.timeout).removesuffix(".0"),
        redirects=plan.policy.redirects,
        retries=plan.policy.retries,
        cookies=plan.policy.cookies,
        trust_env=plan.policy.trust_env,
        method=plan.target.method,
        target=url,
        escaped="%" in url.path,
        url=expression((origin, *path)),
        path=expression(path),
        headers=tuple(written),
        body=body if plan.target.body else (),
        verify=plan.target.verify,
        ca_file=expression(ca_file) if ca_file else "",
        variables=variables((path, *headers.values(), credentials, body, ca_file)),
        credentials=expression(credentials) if credentials else "",
        served_by=_served_by(plan, url),
        left_out=tuple(_left_out(plan, contender)),
    )


def _left_out(plan: Plan, contender: Contender) -> Iterator[str]:
    """What the run does beyond one request again and again, and the script does not."""
    target, policy = plan.target, plan.policy
    if len(target.all_urls) > 1:
        yield f"The run sends {describe_urls(target)} in turn; here only one of them is sent."
    if contender.processes > 1:
        yield f"In the run {contender.processes} processes share the load; here one of them has its share."
    if any(NUMBER in url for url in target.all_urls):
        yield f"The run numbers its requests in the URL; here each has number 0 for {NUMBER}."
    if policy.retries:
        times = f"up to {plural(policy.retries, 'time')} more"
        yield f"The run sends what failed {times}, by tenacity; here the library does what it can by itself."
    if policy.per_host_rate:
        yield f"The run sends each host at most {policy.per_host_rate:g} requests a second; here there is no limit."


def _header(name: str, value: str, redactor: Redactor) -> Text:
    if is_secret_name(name) and not is_reference(value):
        return hidden(name)
    return text_of(value) if is_reference(value) else (redactor.redact(value),)


def _embedded_host(*, by_name: bool) -> str:
    return NAME if by_name else ADDRESS


def _origin(url: TargetUrl, *, by_name: bool) -> str:
    if url.embedded:
        return f"{url.scheme}://{_embedded_host(by_name=by_name)}:{EMBEDDED_PORT}"
    return url.without_userinfo.removesuffix(url.path)


def _credentials(url: TargetUrl) -> Text:
    """User and password of the URL: what is written there, and not in the environment, is hidden."""
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
