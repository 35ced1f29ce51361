"""Whether load may go to a host: freely to this machine, with a warning to a private network, to a public host only
where it was granted by name, and never to the metadata service of a cloud.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from httptui.errors import NothingFinishedError, PlanError, RefusedError
from httptui.plans.plan import Target
from httptui.plans.urls import TargetUrl, split_target
from httptui.safe_text import safe_text

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host and port to the addresses, as text; OSError where there is none."""


class Reach(IntEnum):
    """How far an address is away, the strictest last."""

    LOOPBACK = 0
    PRIVATE = 1
    PUBLIC = 2
    METADATA = 3


_METADATA = {
    ip_address(address)
    for address in (
        "169.254.169.254",  # AWS, Azure, Google Cloud, Oracle, OpenStack, DigitalOcean
        "169.254.170.2",  # AWS, container credentials
        "169.254.170.23",  # AWS, pod identity
        "fd00:ec2::254",  # AWS
        "fd00:ec2::23",  # AWS, pod identity
        "fd20:ce::254",  # Google Cloud
        "168.63.129.16",  # Azure, wire server
        "100.100.100.200",  # Alibaba Cloud
        "192.0.0.192",  # Oracle Cloud
    )
}
_PRIVATE = [
    ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "0.0.0.0/32",
        "fc00::/7",
        "fe80::/10",
        "::/128",
    )
]
_NAT64 = ip_network("64:ff9b::/96")


def reach_of(address: str) -> Reach:
    """How far an address is away; one wrapped in IPv6 counts as the IPv4 address inside; ValueError if it is none."""
    ip = _unwrapped(ip_address(address.partition("%")[0]))
    if ip in _METADATA:
        return Reach.METADATA
    if ip.is_loopback:
        return Reach.LOOPBACK
    return Reach.PRIVATE if any(ip in network for network in _PRIVATE) else Reach.PUBLIC


async def system(host: str, port: int) -> Sequence[str]:
    """The addresses of a host from the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_kind, sockaddr in found]


async def check_all_consent(
    target: Target, granted: frozenset[str], resolve: Resolver = system
) -> tuple[str, ...]:
    """Warnings for a target all of whose hosts may be put under load; each host is asked about once, see
    `check_consent`.
    """
    hosts: dict[tuple[str, int], tuple[str, str]] = {}
    for index, url in enumerate(target.all_urls):
        path = f"target.urls[{index}]" if target.urls else "target.url"
        parts = _split(url, path)
        hosts.setdefault((parts.host, parts.port), (url, path))
    warnings: list[str] = []
    for url, path in hosts.values():
        warnings += await check_consent(url, granted, resolve, path)
    return tuple(warnings)


async def is_near(target: Target, resolve: Resolver = system) -> bool:
    """Whether all of a target is on this machine or in a private network; what cannot be found is not."""
    for url in target.all_urls:
        parts = split_target(url)
        if parts.embedded:
            continue
        try:
            addresses = await _addresses(parts.host, parts.port, resolve)
        except NothingFinishedError:
            return False
        if max(map(reach_of, addresses)) > Reach.PRIVATE:
            return False
    return True


async def check_consent(
    url: str, granted: frozenset[str], resolve: Resolver = system, path: str = "target.url"
) -> tuple[str, ...]:
    """Warnings for a URL that may be put under load; RefusedError for one that may not; PlanError, by its path, where
    it is none.

    A name counts as the strictest of its addresses.  NothingFinishedError says that it has none.
    """
    target = _split(url, path)
    if target.embedded:
        return ()
    host = safe_text(target.host)
    addresses = await _addresses(target.host, target.port, resolve)
    reach, address = max((reach_of(address), address) for address in addresses)
    at = "" if address == target.host else f" ({address})"
    of = "" if path == "target.url" else f"{path}: "
    if reach is Reach.METADATA:
        raise RefusedError(
            f"{of}{host}{at} is a cloud's metadata service: load to it is always refused", target.host
        )
    if reach is Reach.PUBLIC:
        if _plain(target.host) not in {_plain(name) for name in granted}:
            raise RefusedError(
                f"{of}{host}{at} is a public host: load may go only to what is yours; if it is, add --i-own {host}",
                target.host,
            )
        return (f"load goes to the public host {host}{at}, as granted",)
    if reach is Reach.PRIVATE:
        return (f"{host}{at} is in a private network: other people's machines may feel this load",)
    return ()


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
    return host.lower().strip("[]").removesuffix(".")


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
