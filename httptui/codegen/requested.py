"""What a script requests: one URL, several in turn, or URLs with the request's number in them."""

from __future__ import annotations

from dataclasses import dataclass

from httptui.codegen.texts import Text, expression, text_of
from httptui.plan.model import Contender, Plan
from httptui.plan.urls import NUMBER, TargetUrl, split_target
from httptui.target.process import ADDRESS, NAME

EMBEDDED_PORT = 8099
OF_ONE_HOST = frozenset({"http.client"})
"""Engines of whose client objects each goes to one host only."""


@dataclass(frozen=True, kw_only=True)
class Requested:
    """The URLs in the plan's order, and their paths as texts; `first` is the first URL, taken apart.

    `by_name` is whether the embedded target is reached by its name, `shuffled_by` the seed of the order in which they
    are sent, None where that is the plan's, and `left_out` how many URLs the client cannot go to.
    """

    split: tuple[TargetUrl, ...]
    by_name: bool
    shuffled_by: int | None
    left_out: int

    @property
    def first(self) -> TargetUrl:
        """The first one."""
        return self.split[0]

    @property
    def paths(self) -> tuple[Text, ...]:
        """Path and query of each."""
        return tuple(text_of(url.path) for url in self.split)

    @property
    def urls(self) -> tuple[Text, ...]:
        """Each whole, without userinfo."""
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
        """Whether any is of TLS."""
        return any(url.scheme == "https" for url in self.split)

    @property
    def escaped(self) -> bool:
        """Whether any has escapes, which are to stay as they are."""
        return any("%" in url.path for url in self.split)

    @property
    def numbered(self) -> bool:
        """Whether any has a place for the request's number."""
        return any(NUMBER in url.path for url in self.split)

    @property
    def differ(self) -> bool:
        """Whether requests differ in their URL."""
        return len(self.split) > 1 or self.numbered

    @property
    def hosts(self) -> int:
        """How many hosts, with their ports, they go to."""
        return len({_host(url) for url in self.split})

    @property
    def _embedded_host(self) -> str:
        return NAME if self.by_name else ADDRESS

    def _origin(self, url: TargetUrl) -> str:
        if url.embedded:
            return f"{url.scheme}://{self._embedded_host}:{EMBEDDED_PORT}"
        return url.without_userinfo.removesuffix(url.path)


def requested_by(plan: Plan, contender: Contender) -> Requested:
    """What a contender's script requests: all, or those of the first one's host; ValueError where a URL is none."""
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
    """Texts as Python expressions."""
    return tuple(map(expression, texts))


def _host(url: TargetUrl) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port
