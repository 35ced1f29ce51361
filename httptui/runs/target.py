"""Target of a run as found: the embedded one, started for it, or a foreign one, connected to once before any load."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import psutil
from msgspec import structs

from httptui.cores import pin
from httptui.errors import NothingFinishedError
from httptui.plan.model import Plan
from httptui.plan.urls import TargetUrl, split_target
from httptui.runs.consent import Consented
from httptui.safe_text import safe_text
from httptui.target.options import Pacing, TargetStats
from httptui.target.process import ADDRESS, NAME, EmbeddedTarget

CONNECT_SECONDS = 10.0
LOCAL_NAMES = ("localhost", socket.gethostname())


class TargetAccess:
    """URLs of the target for each contender, and the embedded target's counts.

    `own_authority`: a target's certificate is itself the authority that the plan names. `beside`: the target is
    foreign but on this machine, so its CPU time cannot be separated from that of other programs.
    """

    def __init__(
        self,
        urls: Sequence[TargetUrl],
        ca_file: str | None,
        embedded: EmbeddedTarget | None,
        host: str = ADDRESS,
        asked: Consented | None = None,
        *,
        own_authority: bool = False,
    ) -> None:
        self._urls = urls
        self._embedded = embedded
        self._host = host
        self.asked = asked or Consented()
        self.ca_file = ca_file
        self.own_authority = own_authority
        self.beside = embedded is None and any(_is_here(url.host) for url in urls)

    @classmethod
    async def open(cls, plan: Plan, asked: Consented) -> TargetAccess:
        """Start the embedded target with one listener per contender, or connect once to every foreign one.

        Connections go to the addresses in `asked`; the first that answers is tried first from then on. Raises
        TargetError if the embedded target does not start, and NothingFinishedError if a foreign one cannot be
        reached.
        """
        urls = [split_target(url) for url in plan.target.all_urls]
        if not urls[0].embedded:
            pins, own_authority = dict(asked.pins), False
            if not plan.policy.trust_env:
                hosts = {(url.scheme, url.host, url.port): url for url in urls}
                for url in hosts.values():
                    first = await _connect_once(url, plan, pins[url.host])
                    rest = (other for other in pins[url.host] if other != first.address)
                    pins[url.host] = (first.address, *rest)
                    own_authority |= first.own_authority
            asked = asked._replace(pins=pins)
            return cls(urls, plan.target.ca_file, None, asked=asked, own_authority=own_authority)
        http2 = any(contender.http == "2" for contender in plan.contender)
        embedded = await EmbeddedTarget.start(
            tls=urls[0].scheme == "https", http2=http2, listeners=len(plan.contender)
        )
        if plan.schedule.pin:
            pin(embedded.pid, 0)
        host = ADDRESS if plan.target.dns_ms is None else NAME
        asked = asked._replace(pins={**asked.pins, NAME: (ADDRESS,)})
        return cls(urls, plan.target.ca_file or embedded.ca_file, embedded, host, asked)

    def urls(self, contender: int) -> list[str]:
        """Return the URLs for the contender at an index; the embedded target has a port for each."""
        if self._embedded is None:
            return [url.without_userinfo for url in self._urls]
        base = self._embedded.base_url(contender, host=self._host)
        return [base + url.path for url in self._urls]

    async def stats(self) -> TargetStats | None:
        """Return the embedded target's counts, or None."""
        return None if self._embedded is None else await self._embedded.stats()

    async def set_pacing(self, pacing: Pacing) -> None:
        """Change how the embedded target answers from now on."""
        if self._embedded is not None:
            await self._embedded.set(**structs.asdict(pacing))

    def kill(self) -> None:
        """End the embedded target's process at once, if there is one."""
        if self._embedded is not None:
            self._embedded.kill()

    async def close(self) -> None:
        """Stop the embedded target, if there is one."""
        if self._embedded is not None:
            await self._embedded.stop()


def _is_here(host: str) -> bool:
    """Return whether a host is this machine."""
    own = {address.address for addresses in psutil.net_if_addrs().values() for address in addresses}
    return host in own or host in LOCAL_NAMES


class FirstConnection(NamedTuple):
    """Address at which a host was first reached, and whether its certificate is among the plan's authorities."""

    address: str
    own_authority: bool


def tls_context(url: TargetUrl, plan: Plan, ca_file: str | None) -> ssl.SSLContext | None:
    """Return the TLS settings of a connection to a URL, or None for plain HTTP."""
    if url.scheme != "https":
        return None
    context = ssl.create_default_context(cafile=ca_file)
    if not plan.target.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _connect_once(url: TargetUrl, plan: Plan, addresses: Sequence[str]) -> FirstConnection:
    """Open and close one connection, so that a wrong host or certificate is reported in one line before any load."""
    context = tls_context(url, plan, plan.target.ca_file)
    host = safe_text(f"{url.host}:{url.port}")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            address, writer = await _first_to_connect(url, addresses, context)
    except TimeoutError:
        raise NothingFinishedError(f"cannot reach {host}: no answer within {CONNECT_SECONDS:g} s") from None
    except ssl.SSLCertVerificationError as error:
        reason = safe_text(error.verify_message)
        raise NothingFinishedError(
            f"cannot trust {host}: {reason}; name its CA with target.ca_file, or switch verification off"
        ) from None
    except ssl.SSLError as error:
        # SSL error numbers are not errno: the frequent 1 would read "Operation not permitted".
        reason = safe_text((getattr(error, "reason", None) or str(error)).replace("_", " ").lower())
        field = "target.urls" if plan.target.urls else "target.url"
        raise NothingFinishedError(
            f"cannot reach {host} over TLS: {reason}; if it speaks plain HTTP, {field} has to begin with http://"
        ) from None
    except OSError as error:
        reason = safe_text(os.strerror(error.errno) if error.errno else str(error))
        raise NothingFinishedError(f"cannot reach {host}: {reason}") from None
    own_authority = plan.target.ca_file is not None and _is_own_authority(writer, context)
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CONNECT_SECONDS):
            await writer.wait_closed()
    return FirstConnection(address, own_authority)


async def _first_to_connect(
    url: TargetUrl, addresses: Sequence[str], context: ssl.SSLContext | None
) -> tuple[str, asyncio.StreamWriter]:
    named = url.host if context else None
    problem = OSError(f"{url.host} has no address")
    for address in addresses:
        try:
            _, writer = await asyncio.open_connection(address, url.port, ssl=context, server_hostname=named)
        except ssl.SSLError:
            raise
        except OSError as error:
            problem = error
        else:
            return address, writer
    raise problem


def _is_own_authority(writer: asyncio.StreamWriter, context: ssl.SSLContext | None) -> bool:
    connection: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    if connection is None or context is None:
        return False
    return connection.getpeercert(binary_form=True) in context.get_ca_certs(binary_form=True)


def stats_for_report(stats: TargetStats, bystanders: Sequence[int]) -> dict[str, Any]:
    """Return the embedded target's counts for a report; `bystanders` are the foreign connections of each listener."""
    return {
        "embedded": True,
        "connections": stats.connections - sum(bystanders),
        "requests": stats.requests,
        "bytes_in": stats.bytes_in,
        "bytes_out": stats.bytes_out,
        "cpu_seconds": stats.cpu_seconds,
        **({"foreign_requests": stats.foreign_requests} if stats.foreign_requests else {}),
        "contenders": [
            {"connections": listener.connections - others, "requests": listener.requests}
            for listener, others in zip(stats.listeners, bystanders, strict=True)
        ],
    }
