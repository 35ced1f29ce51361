"""Whether load may go to a host: freely to this machine, with a warning to a private network, to a public host only
where it was granted by name, and never to the metadata service of a cloud.

Each host is looked up once.  The addresses that were checked are those that a run's lanes connect to: they look
nothing up themselves.
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
"""From host and port to the addresses, as text; OSError where there is none."""

PROXY, GRANTED = "the environment's proxy", "a granted host"
PROXY_SCHEMES = ("http", "https", "all")


class Consented(NamedTuple):
    """Where a run's packets may go: the addresses of each host that was asked about, and what is to be said of it.

    `proxies` are the URLs of the environment's, where the plan uses them.
    """

    warnings: tuple[str, ...] = ()
    pins: Mapping[str, tuple[str, ...]] = {}
    proxies: tuple[str, ...] = ()

    @property
    def near(self) -> bool:
        """Whether all of it is on this machine or in a private network."""
        addresses = [address for addresses in self.pins.values() for address in addresses]
        return max(map(reach_of, addresses), default=Reach.LOOPBACK) <= Reach.PRIVATE


async def system(host: str, port: int) -> Sequence[str]:
    """The addresses of a host from the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_kind, sockaddr in found))


async def check_plan(
    plan: Plan,
    granted: frozenset[str],
    resolve: Resolver = system,
    environment: Callable[[], Mapping[str, str]] = getproxies,
) -> Consented:
    """Where a plan's packets may go; RefusedError where one of its hosts may not be put under load, or where a
    contender's engine cannot be held to the addresses that were checked.

    With redirects, the hosts that were granted are asked about, too, as they may lead there; with `trust_env`, the
    environment's proxies are.
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
            # One that cannot be found, or may not be loaded, is none that a redirect may lead to.
            with suppress(NothingFinishedError, RefusedError, PlanError):
                parts = _split(f"http://[{host}]/" if ":" in host else f"http://{host}/", GRANTED)
                if parts.host not in pins and not parts.embedded:
                    _, pins[parts.host] = await _ask(parts, granted, resolve, GRANTED)
    return Consented(tuple(warnings), pins, proxies)


async def check_all_consent(target: Target, granted: frozenset[str], resolve: Resolver = system) -> Consented:
    """The same for a target alone; each host is asked about once.  PlanError, by its path, where a URL is none.

    A name counts as the strictest of its addresses.  NothingFinishedError says that it has none.
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
    """RefusedError by the name of an engine that would look up a host, or follow a redirect, past all checks."""
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
    """Warnings, and the addresses that were checked."""
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
                f"{of}{host}{at} is a public host: load may go only to what is yours; if it is, add --i-own {host}",
                target.host,
            )
        told = (f"{proxy}load goes to the public host {host}{at}, as granted",)
    elif reach is Reach.PRIVATE:
        told = (f"{proxy}{host}{at} is in a private network: other people's machines may feel this load",)
    return told, tuple(addresses)


def _proxies(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The proxies that an environment names, as URLs; PlanError where one is none."""
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
