"""Hosts: their normal form, the reach of addresses, and the guard, which allows a lane only those with consent.

`2130706433`, `0x7f.1`, `127.0.0.1.` and `[::ffff:127.0.0.1]` are spellings of `127.0.0.1` that libraries read
differently; some would ask DNS for them. Consent and libraries therefore both get the normal form.

The parent looks every host up once, checks its addresses, and passes them to the lane, which looks nothing up. A
checked name has its checked addresses; any other name has none. A later DNS answer or a redirect therefore cannot
lead a client elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urldefrag, urlsplit

LOOPBACK_NAME = "localhost"

_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_NOT_AN_ADDRESS = "must have a valid host: one that ends in a number has to be an IPv4 address"


class Reach(IntEnum):
    """Network distance of an address, the most restricted last."""

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
        "169.254.169.252",  # Google Cloud, the server on each node of Kubernetes
        "168.63.129.16",  # Azure, wire server
        "100.100.100.200",  # Alibaba Cloud
        "192.0.0.192",  # Oracle Cloud
        "fd00:c1::a9fe:a9fe",  # Oracle Cloud
        "fd00:a9fe:a9fe::1",  # Akamai (Linode)
        "fe80::a9fe:a9fe",  # OpenStack
        "169.254.42.42",  # Scaleway
        "fd00:42::42",  # Scaleway
        "169.254.0.23",  # Tencent Cloud
        "100.96.0.96",  # Volcano Engine
        "100.80.80.80",  # UCloud
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
_LOCAL_NAT64 = ip_network("64:ff9b:1::/48")


def normal_host(host: str) -> str:
    """Normalise a host: lower case, no final dot, no brackets, addresses as `ipaddress` writes them.

    Any spelling of an IPv4 address becomes dotted decimal. ValueError for text that only looks like an address.
    """
    host = host.lower().strip("[]").removesuffix(".")
    if ":" in host:
        try:
            ip = IPv6Address(host)
        except ValueError:
            raise ValueError("must have a valid host, such as [::1]") from None
        return str(ip.ipv4_mapped or ip)
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return host
    return str(_ipv4(host))


def is_address(host: str) -> bool:
    """Return whether a host in normal form is an address and so needs no lookup."""
    return ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def reach_of(address: str) -> Reach:
    """Return the reach of an address; ValueError if it is none.

    An IPv4-mapped address (`::ffff:…`) counts as its IPv4 address. An address embedded in 6to4, NAT64 or Teredo is
    reached through a foreign relay, so it counts as public.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    if ip in _METADATA or any(inside in _METADATA for inside in _carried(ip)):
        return Reach.METADATA
    if ip.is_loopback:
        return Reach.LOOPBACK
    return Reach.PRIVATE if any(ip in network for network in _PRIVATE) else Reach.PUBLIC


def _carried(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that a translator or tunnel may extract from an IPv6 address."""
    if isinstance(ip, IPv4Address):
        return
    bits = int(ip)
    # The last 32 bits: NAT64 with a 96-bit prefix, IPv4-compatible addresses, ISATAP.
    yield IPv4Address(bits & 0xFFFFFFFF)
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if ip in _LOCAL_NAT64:
        # NAT64 with a 48-bit prefix puts it around eight zero bits (RFC 6052).
        yield IPv4Address((bits >> 64 & 0xFFFF) << 16 | bits >> 40 & 0xFFFF)


def _ipv4(host: str) -> IPv4Address:
    """Parse one to four numbers, decimal, octal or hexadecimal, of which the last fills the remaining bytes."""
    parts = host.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise ValueError(_NOT_AN_ADDRESS)
    try:
        *first, last = [_number(part) for part in parts]
    except ValueError:
        raise ValueError(_NOT_AN_ADDRESS) from None
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise ValueError(_NOT_AN_ADDRESS)
    return IPv4Address(sum(number << 8 * (3 - at) for at, number in enumerate(first)) + last)


def _number(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


USUAL_PORTS = {"http": 80, "https": 443}
LEFT_ALONE = "!#$%&'()*+,-./:;=?@[]_~"
"""Characters that a Location may contain as they are; the rest is percent-encoded, as browsers do."""

Origin = tuple[str, str, int]
"""Scheme, host in normal form, port."""


class NoConsentError(OSError):
    """A connection is refused because the run has no consent for its host."""


class Guard:
    """The allowed destinations: the hosts in `pins`, at the addresses there, and this machine.

    - `pins`: addresses by host, in the order in which they are tried.
    - `urls`: the plan's own; headers named in `secrets` go to their origins only.
    - `proxies`: URLs of the environment's proxies.

    `for_curl` has one line per named host and port, in the format of libcurl's RESOLVE; a redirect may add to it.
    """

    def __init__(
        self,
        pins: Mapping[str, Iterable[str]] | None = None,
        urls: Iterable[str] = (),
        secrets: Iterable[str] = (),
        proxies: Iterable[str] = (),
    ) -> None:
        given = {normal_host(host): tuple(addresses) for host, addresses in (pins or {}).items()}
        self.pins: dict[str, tuple[str, ...]] = {LOOPBACK_NAME: ("127.0.0.1", "::1")} | given
        self.secrets = frozenset(name.lower() for name in secrets)
        self._addresses = {normal_host(address) for addresses in self.pins.values() for address in addresses}
        self.origins = frozenset(map(origin_of, urls))
        self.for_curl: list[str] = []
        for _scheme, host, port in sorted({*self.origins, *map(origin_of, proxies)}):
            self._add_for_curl(host, port)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Hosts that are names, with their addresses."""
        return {host: addresses for host, addresses in self.pins.items() if not is_address(host)}

    def addresses_of(self, host: str) -> tuple[str, ...]:
        """Return the allowed addresses of a host; NoConsentError if there are none."""
        try:
            known = normal_host(host)
        except ValueError:
            raise NoConsentError(f"{host[:100]!a} is no host, so nothing is sent there") from None
        if known in self.pins:
            return self.pins[known]
        if is_address(known) and (known in self._addresses or reach_of(known) is Reach.LOOPBACK):
            return (known,)
        raise _refusal(known)

    def checked(self, url: str) -> str:
        """Return the URL with a normal host, without userinfo and fragment; NoConsentError if it is not allowed."""
        try:
            scheme, host, port = origin_of(url)
        except ValueError:
            raise NoConsentError("a redirect leads to no HTTP URL, and is not followed") from None
        self.addresses_of(host)
        self._add_for_curl(host, port)
        parts = urlsplit(urldefrag(url).url)
        written = f"[{host}]" if ":" in host else host
        place = written if port == USUAL_PORTS[scheme] else f"{written}:{port}"
        path = quote(parts.path or "/", LEFT_ALONE)
        return f"{scheme}://{place}{path}" + (f"?{quote(parts.query, LEFT_ALONE)}" if parts.query else "")

    def may_have_secrets(self, url: str) -> bool:
        """Return whether secret headers may go to a URL: only to the plan's own origins."""
        try:
            return origin_of(url) in self.origins
        except ValueError:
            return False

    def _add_for_curl(self, host: str, port: int) -> None:
        if host in self.pins and not is_address(host):
            line = f"{host}:{port}:{','.join(self.pins[host])}"
            if line not in self.for_curl:
                self.for_curl.append(line)


def origin_of(url: str) -> Origin:
    """Return the origin of an HTTP URL; ValueError for any other URL."""
    parts = urlsplit(url)
    scheme, port = parts.scheme.lower(), parts.port
    if scheme not in USUAL_PORTS or not parts.hostname:
        raise ValueError("no HTTP URL")
    return scheme, normal_host(parts.hostname), USUAL_PORTS[scheme] if port is None else port


def _refusal(host: str) -> NoConsentError:
    if is_address(host) and reach_of(host) is Reach.METADATA:
        return NoConsentError(f"{host} is a cloud's metadata service, to which no request is ever sent")
    return NoConsentError(
        f"there is no consent for {host[:100]}, so nothing is sent there; if it is yours, name it with --i-own"
    )
