"""Engines of a plan: the environment of each, and refusals and warnings for what it cannot do.

DOCUMENTED lists the known exceptions of built-in engines: (engine, check of `httptui doctor`) → reason. The doctor
checks that each entry still holds. A plan that needs a missing ability is refused, or only warned if just the target
can show that it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from httptui.engines.registry import BUILT_IN, EngineInfo, engine_info
from httptui.plan.model import Contender, Plan, PythonName, Requirement, concurrency_of, label_of
from httptui.plan.requests import shown
from httptui.plan.secrets import redacted_url
from httptui.plan.urls import split_target, valid_target


class Environment(NamedTuple):
    """Requirements as pip reads them, and a Python such as "3.13"; with neither, httptui's own environment."""

    requires: tuple[str, ...] = ()
    python: str = ""

    @property
    def is_own(self) -> bool:
        """True unless it is the environment of httptui."""
        return bool(self.requires or self.python)


def environment_with(contender: Contender, info: EngineInfo) -> Environment:
    """Join what the engine and the contender require; the contender's Python replaces the engine's."""
    requires = dict.fromkeys((*info.requires, *contender.requires))
    return Environment(tuple(requires), contender.python or info.python)


def environment_of(contender: Contender, look_up: Callable[[str], EngineInfo] = engine_info) -> Environment:
    """Do the same with the engine that the contender names; of one that cannot be read, only the contender counts."""
    try:
        info = look_up(contender.engine)
    except (LookupError, OSError, ValueError, RuntimeError):
        return Environment(contender.requires, contender.python)
    return environment_with(contender, info)


def environment_problems(info: EngineInfo, path: str) -> Iterator[str]:
    """Report requirements of an engine that a plan could not hold either: a package must not be an option of pip."""
    name = shown(info.name)
    for requirement in info.requires:
        if not _fits(requirement, Requirement):
            yield (
                f"{path}.engine: {name} requires {shown(requirement)}, which is not allowed; a package, with extras "
                "and versions if need be, such as httpx[http2]==0.27.2"
            )
    if not _fits(info.python, PythonName):
        yield f"{path}.engine: {name} has the python {shown(info.python)}; a version such as 3.13"


def _fits(text: str, kind: object) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True


DOCUMENTED: dict[tuple[str, str], str] = {
    ("aiosonic", "body on GET"): "aiosonic sends a GET without its body",
    ("aiosonic", "IPv6"): "aiosonic looks up IPv4 addresses only",
    ("aiosonic", "headers added"): "aiosonic sends Connection: keep-alive and has no switch for it",
    ("http.client", "pool size"): "http.client has no pool: each calling thread keeps one connection",
    ("httpx-aiohttp", "URL escapes"): "aiohttp decodes escapes that a query does not need, such as %2F",
    ("httpx-aiohttp", "header spelling"): "httpx-aiohttp hands names to aiohttp in small letters",
    (
        "httpx-aiohttp-as-published",
        "URL escapes",
    ): "aiohttp decodes escapes that a query does not need, such as %2F",
    (
        "httpx-aiohttp-as-published",
        "gzip",
    ): "the published transport has each gzip body unpacked twice, and so fails",
    ("httpx-sync", "shared"): "httpcore's pool may close a connection that it has just given to a thread",
    ("httpx-sync", "pool size"): "httpcore's pool may close a connection that it has just given to a thread",
    ("httpx2-aiohttp", "URL escapes"): "aiohttp decodes escapes that a query does not need, such as %2F",
    ("pycurl", "pool size"): "pycurl has no pool for threads: each calling thread keeps one connection",
    (
        "pyreqwest",
        "after a cancel",
    ): "pyreqwest gives a cancelled request up, and its connection ends by itself",
    (
        "pyreqwest",
        "CA as leaf",
    ): "pyreqwest trusts no server whose own certificate is that of an authority (CaUsedAsEndEntity)",
    (
        "pyreqwest",
        "header spelling",
    ): "reqwest keeps names in small letters, and pyreqwest sends them in title case",
    ("pyreqwest", "headers added"): "reqwest sends Accept: */* where the plan has no Accept",
    (
        "pyreqwest",
        "left open",
    ): "pyreqwest closes connections in a thread of its own, some time after the client",
    (
        "wreq",
        "other method",
    ): "wreq knows eight methods: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and TRACE",
    (
        "wreq",
        "after a cancel",
    ): "wreq gives a cancelled request up, but leaves its connection to end by itself",
    ("wreq", "left open"): "wreq closes connections in a thread of its own, some time after the client",
    ("wreq", "pool size"): "wreq bounds the connections that it keeps, not those that it opens",
}


def ability_problems(
    plan: Plan, info: EngineInfo, path: str, known: Mapping[tuple[str, str], str] = DOCUMENTED
) -> Iterator[str]:
    """Yield a problem, with its remedy, for each need of the plan that an engine does not meet."""
    name = shown(info.name)
    if info.methods and plan.target.method not in info.methods:
        allowed = ", ".join(info.methods)
        yield f"target.method: {path} cannot send {shown(plan.target.method)}, as {name} sends only {allowed}"
    for check, instead in _needs(plan):
        if reason := known.get((info.name, check)):
            yield f"{path}.engine: {name} cannot do this plan, as {reason}; {instead}, or another engine"


def authority_cautions(plan: Plan) -> Iterator[str]:
    """Yield warnings for a target whose certificate turns out to be the authority that the plan names."""
    for contender in plan.contender:
        if reason := DOCUMENTED.get((contender.engine, "CA as leaf")):
            yield (
                f"{label_of(contender)}: the target's certificate is its own authority, and {reason}; its requests "
                "fail until the target has a certificate that an authority has signed"
            )


def _needs(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the doctor's checks that this plan needs, each with a way to avoid the need."""
    target = plan.target
    if target.method == "GET" and (target.body or target.body_base64):
        yield "body on GET", "a POST, or no body"
    if any(":" in url.host for url in map(valid_target, target.all_urls) if url is not None):
        yield "IPv6", "an IPv4 address or a name"


def reading_problems(plan: Plan, contender: Contender, path: str, info: EngineInfo) -> Iterator[str]:
    """Yield the problems of a contender's way to read answers and look up names."""
    name = shown(contender.engine)
    if contender.read not in info.reads:
        allowed = ", ".join(f'"{read}"' for read in info.reads)
        yield f'{path}.read: {name} cannot do "{contender.read}"; {allowed}'
    if contender.read == "json" and (url := _without_json(plan)):
        where = shown(redacted_url(url))
        yield f'{path}.read: "json" needs JSON, which {where} is not; give target.url "embedded/json/1024"'
    if contender.dns_ttl is not UNSET and "dns_ttl" not in info.abilities:
        yield f"{path}.dns_ttl: {name} keeps no names, or has no such setting; leave it out"
    if plan.target.dns_ms and (why := _why_not_slowed(contender, info)):
        yield f"target.dns_ms: {path} cannot be slowed, as {name} {why}; 0"


def dns_problems(plan: Plan) -> Iterator[str]:
    """Yield a problem if `dns_ms` is set for a target without a name to slow down; only the embedded one has it."""
    targets = map(valid_target, plan.target.all_urls)
    if plan.target.dns_ms is not None and not all(url is None or url.embedded for url in targets):
        yield "target.dns_ms: only the embedded target is reached by a name of its own; leave it out"


def _why_not_slowed(contender: Contender, info: EngineInfo) -> str | None:
    if contender.inside is not UNSET:
        return "is inside an app, where lookups are its own"
    return "has a resolver of its own" if info.resolver != "python" else None


def _without_json(plan: Plan) -> str | None:
    from httptui.target.answers import JSON, route

    for url in plan.target.all_urls:
        target = valid_target(url)
        if target is None or not target.embedded:
            continue
        where = route(target.path)
        if where.kind in ("fixed", "cpu") and where.answer.headers[:1] != (JSON,):
            return url
    return None


def cautions(plan: Plan) -> tuple[str, ...]:
    """Return warnings, one sentence each, the target's first; an engine that cannot be read causes none."""
    engines = [
        (contender, info) for contender in plan.contender if (info := _readable(contender.engine)) is not None
    ]
    return (
        *_of_target(plan),
        *(text for contender, info in engines for text in _of_sharing(plan, contender, info)),
        *(text for contender, info in engines for text in _of_following(plan, contender, info)),
    )


def _readable(engine: str) -> EngineInfo | None:
    try:
        return engine_info(engine)
    except LookupError:
        return None


def _of_target(plan: Plan) -> Iterator[str]:
    if not plan.target.verify:
        yield "TLS certificates are not verified"
    if plan.policy.redirects and not split_target(plan.target.all_urls[0]).embedded:
        yield "redirects are followed to the plan's hosts, this machine and hosts granted with --i-own, no further"
    if plan.policy.trust_env:
        yield "load goes through the environment's proxies, where it names any: they look the target up themselves"


def _of_sharing(plan: Plan, contender: Contender, info: EngineInfo) -> Iterator[str]:
    if contender.reuse != "shared" or concurrency_of(plan, contender) <= contender.processes:
        return
    if info.mode == "sync" and contender.http in info.unsafe_shared:
        yield (
            f"{label_of(contender)}: {info.package or info.name} does not guard its HTTP/{contender.http} connection "
            'against threads that share it, so requests may fail; reuse = "per-worker" is safe'
        )


def _of_following(plan: Plan, contender: Contender, info: EngineInfo) -> Iterator[str]:
    """Warn of third-party engines that follow redirects: the lane confines where they connect, not what they send."""
    if plan.policy.redirects and "redirects" in info.abilities and not info.reference.startswith(BUILT_IN):
        yield f"{label_of(contender)}: takes headers with secrets along a redirect unless the engine keeps them back"
