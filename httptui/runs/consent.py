"""Consent to put a host under load.

This machine is always allowed. A private network causes a warning, a public host needs a grant by name, and a cloud's
metadata service is always refused. Each host is looked up once; lanes connect only to the addresses checked here and
look nothing up themselves.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.request import getproxies

from httptui.engines.hosts import LOOPBACK_NAME, Reach, is_address, normal_host, reach_of
from httptui.engines.registry import engine_info
from httptui.errors import NothingFinishedError, PlanError, RefusedError
from httptui.grants import hosts_in
from httptui.plan.model import Plan, Target
from httptui.plan.urls import TargetUrl, split_target
from httptui.safe_text import safe_text

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Return the addresses, as text, of a host and port; OSError if there are none."""

PROXY, GRANTED = "the environment's proxy", "a granted host"
PROXY_SCHEMES = ("http", "https", "all")


class Consented(NamedTuple):
    """Allowed destinations of a run: the addresses of each checked host, and the warnings about them.

    `proxies` are the URLs of the environment's proxies, if the plan uses them.
    """

    warnings: tuple[str, ...] = ()
    pins: Mapping[str, tuple[str, ...]] = {}
    proxies: tuple[str, ...] = ()

    @property
    def near(self) -> bool:
        """True if all destinations are on this machine or in a private network."""
        addresses = [address for addresses in self.pins.values() for address in addresses]
        return max(map(reach_of, addresses), default=Reach.LOOPBACK) <= Reach.PRIVATE


async def system(host: str, port: int) -> Sequence[str]:
    """Look a host up with the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_kind, sockaddr in found))


async def check_plan(
    plan: Plan,
    granted: frozenset[str],
    resolve: Resolver = system,
    environment: Callable[[], Mapping[str, str]] = getproxies,
) -> Consented:
    """Check every destination of a plan.

    Raises RefusedError if a host may not be put under load, or if a contender's engine cannot be confined to the
    checked addresses. With redirects, the granted hosts are checked too, as a redirect may lead there; with
    `trust_env`, so are the environment's proxies.
    """
    asked = await check_all_consent(plan.target, granted, resolve)
    check_engines(plan, asked.pins)
    warnings, pins = list(asked.warnings), dict(asked.pins)
    proxies = _proxies(environment()) if plan.policy.trust_env else ()
    for url in proxies:
        parts = split_target(url)
        if parts.host not in pins:
            told, pins[parts.host] = await _ask(parts, granted, resolve, PROXY)
            warnings += told
    if plan.policy.redirects:
        for host in (LOOPBACK_NAME, *hosts_in(granted)):
            # A host that cannot be found or loaded is simply not a destination of redirects.
            with suppress(NothingFinishedError, RefusedError, PlanError):
                parts = _split(f"http://[{host}]/" if ":" in host else f"http://{host}/", GRANTED)
                if parts.host not in pins and not parts.embedded:
                    _, pins[parts.host] = await _ask(parts, granted, resolve, GRANTED)
    return Consented(tuple(warnings), pins, proxies)


async def check_all_consent(target: Target, granted: frozenset[str], resolve: Resolver = system) -> Consented:
    """Check the hosts of a target, each once; PlanError, with its path, for an invalid URL.

    A name counts as the most restricted of its addresses. Raises NothingFinishedError if it has none.
    """
    warnings: list[str] = []
    pins: dict[str, tuple[str, ...]] = {}
    for index, url in enumerate(target.all_urls):
        path = f"target.urls[{index}]" if target.urls else "target.url"
        parts = _split(url, path)
        if not parts.embedded and parts.host not in pins:
            told, pins[parts.host] = await _ask(parts, granted, resolve, path)
            warnings += told
    return Consented(tuple(warnings), pins)


def check_engines(plan: Plan, hosts: Iterable[str]) -> None:
    """Raise RefusedError for an engine that would look hosts up, or follow redirects, past all checks."""
    names = [host for host in hosts if not is_address(host) and host != LOOPBACK_NAME]
    for index, contender in enumerate(plan.contender):
        try:
            info = engine_info(contender.engine)
        except LookupError:
            continue
        if info.resolver != "own":
            continue
        who = f"contender[{index}]: {safe_text(contender.engine)}"
        if names:
            raise RefusedError(
                f"{who} looks names up by itself, so it cannot be held to the addresses of {safe_text(names[0])} "
                "that were checked; give an address in its place, or have the engine say how it looks names up "
                "(resolver)",
                askable=False,
            )
        if plan.policy.redirects and "redirects" in info.abilities:
            raise RefusedError(
                f"{who} follows redirects by itself, so its hops cannot be checked; policy.redirects = 0, or have "
                "the engine say how it looks names up (resolver)",
                askable=False,
            )


async def _ask(
    target: TargetUrl, granted: frozenset[str], resolve: Resolver, path: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the warnings about a host and its checked addresses."""
    host = safe_text(target.host)
    addresses = await _addresses(target.host, target.port, resolve)
    reach, address = max((reach_of(address), address) for address in addresses)
    at = "" if address == target.host else f" ({address})"
    of = "" if path == "target.url" else f"{path}: "
    if reach is Reach.METADATA:
        raise RefusedError(
            f"{of}{host}{at} is a cloud's metadata service: load to it is always refused", target.host
        )
    told: tuple[str, ...] = ()
    proxy = f"{PROXY}: " if path == PROXY else ""
    if reach is Reach.PUBLIC:
        if target.host not in {_plain(name) for name in hosts_in(granted)}:
            raise RefusedError(
                f"{of}{host}{at} is a public host: only load hosts that you own; if you own it, add --i-own {host}",
                target.host,
            )
        told = (f"{proxy}load goes to the public host {host}{at}, as granted",)
    elif reach is Reach.PRIVATE:
        told = (f"{proxy}{host}{at} is in a private network: other people's machines may feel this load",)
    return told, tuple(addresses)


def _proxies(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the environment's proxies as URLs; PlanError if one is invalid."""
    found = [environment[scheme] for scheme in PROXY_SCHEMES if environment.get(scheme)]
    proxies = []
    for text in dict.fromkeys(found):
        place = text.partition("://")[2] if "://" in text else text
        try:
            proxies.append(split_target(f"http://{place}").without_userinfo)
        except ValueError as problem:
            raise PlanError(f"{PROXY} {problem}") from None
    return tuple(proxies)


def _split(url: str, path: str) -> TargetUrl:
    try:
        return split_target(url)
    except ValueError as problem:
        raise PlanError(f"{path}: {problem}") from None


async def _addresses(host: str, port: int, resolve: Resolver) -> Sequence[str]:
    try:
        addresses = await resolve(host, port)
        for address in addresses:
            reach_of(address)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NothingFinishedError(f"cannot find the host {safe_text(host)}: {safe_text(reason)}") from None
    if not addresses:
        raise NothingFinishedError(f"cannot find the host {safe_text(host)}: it has no address")
    return addresses


def _plain(host: str) -> str:
    try:
        return normal_host(host)
    except ValueError:
        return host
