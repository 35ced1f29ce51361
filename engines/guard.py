"""Allowed destinations of a lane: only the addresses that the run has consent for.

The parent looks every host up once, checks its addresses, and passes them to the lane, which looks nothing up. A
checked name has its checked addresses; any other name has none. A later DNS answer or a redirect therefore cannot
lead a client elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urldefrag, urlsplit

from httptui.engines.hosts import LOOPBACK_NAME, Reach, is_address, normal_host, reach_of

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

    def allows(self, address: str) -> bool:
        """Return whether connections to an address are allowed."""
        try:
            self.addresses_of(address)
        except NoConsentError:
            return False
        return True

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
        f"nobody was asked about {host[:100]}, so nothing is sent there; if it is yours, name it with --i-own"
    )
