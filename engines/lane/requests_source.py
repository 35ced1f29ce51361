"""What a lane sends, by number: one request again and again, several in turn, or one with its number in its URL."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from httptui.engines.base import Request

NUMBER = "{n}"
"""What stands in a URL for the request's number."""


class Requests:
    """The requests of a lane, the same by number in every lane of a run.

    Number n is the n-th of the list, which begins again at its end.  Each is prepared once, but for those that have
    their number in them.
    """

    def __init__(self, prepare: Callable[[Request], Any], requests: Sequence[Request]) -> None:
        self._makers = [_maker(prepare, request) for request in requests]
        self._hosts = [urlsplit(request.url).netloc for request in requests]
        self.alike = len(requests) == 1 and NUMBER not in requests[0].url

    def at(self, number: int) -> Any:
        """The request of a number, prepared."""
        return self._makers[number % len(self._makers)](number)

    def host_of(self, number: int) -> str:
        """The host, with its port, that the request of a number goes to."""
        return self._hosts[number % len(self._hosts)]


class Numbers:
    """0, 1, 2 …, each once, or one part's share where several processes count; those given back come first."""

    def __init__(self, part: int = 0, parts: int = 1) -> None:
        self._fresh = count(part, parts)
        self._back: list[int] = []

    def take(self) -> int:
        """The next number."""
        return heapq.heappop(self._back) if self._back else next(self._fresh)

    def give_back(self, number: int) -> None:
        """A number whose request was not sent after all."""
        heapq.heappush(self._back, number)


def _maker(prepare: Callable[[Request], Any], request: Request) -> Callable[[int], Any]:
    if NUMBER in request.url:
        return partial(_numbered, prepare, request)
    prepared = prepare(request)
    return lambda _number: prepared


def _numbered(prepare: Callable[[Request], Any], request: Request, number: int) -> Any:
    return prepare(replace(request, url=request.url.replace(NUMBER, str(number))))
