"""Requests of a script: one URL, several in turn, or URLs that contain the request's number."""

from __future__ import annotations

from dataclasses import dataclass

from httptui.codegen.texts import Text, expression, text_of
from httptui.plan.model import Contender, Plan
from httptui.plan.urls import NUMBER, TargetUrl, split_target
from httptui.target.process import ADDRESS, NAME

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


def expressions(texts: tuple[Text, ...]) -> tuple[str, ...]:
    """Return texts as Python expressions."""
    return tuple(map(expression, texts))


def _host(url: TargetUrl) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port
