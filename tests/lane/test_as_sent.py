"""How a client puts a request on the wire is seen before any load, and nothing that a client does there hurts it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from httptui.engines.base import Reply, Request, Settings, SyncEngine
from httptui.engines.lane.as_sent import MOST_REQUESTS, as_sent
from httptui.engines.protocol import Sent
from httptui.engines.registry import engine_info, load_engine

BRACKETS = "http://example.invalid/a//b/../c?x=%2c"


def sent(engine: str, *requests: Request, **settings: Any) -> list[Any]:
    return as_sent(load_engine(engine_info(engine).reference), Settings(**settings), requests)


@pytest.mark.parametrize(
    ("engine", "target"),
    [
        ("raw", "/a//b/../c?x=%2c"),
        ("http.client", "/a//b/../c?x=%2c"),
        ("httpx", "/a//c?x=%2c"),
        ("requests", "/a//c?x=%2C"),
    ],
)
def test_a_path_is_told_as_the_client_spells_it(engine: str, target: str) -> None:
    assert sent(engine, Request("GET", BRACKETS)) == [Sent(method="GET", target=target)]


@pytest.mark.parametrize(("engine", "method"), [("raw", "post"), ("httpx", "POST")])
def test_a_method_is_told_as_the_client_spells_it_with_the_size_of_its_body(engine: str, method: str) -> None:
    request = Request("post", "http://example.invalid", (("Accept-Encoding", "gzip"),), b"12345")
    expected = Sent(method=method, target="/", accept_encoding="gzip", body_bytes=5)
    assert sent(engine, request, headers=frozenset({"accept-encoding"})) == [expected]


def test_a_body_that_is_larger_than_a_packet_is_taken_whole() -> None:
    request = Request("POST", "http://example.invalid/", (), b"x" * 3_000_000)
    assert [one.body_bytes for one in sent("requests", request)] == [3_000_000]


def test_the_first_few_distinct_urls_are_told_with_the_number_of_the_first_request() -> None:
    requests = [Request("GET", f"http://example.invalid/{at % 9}?n={{n}}") for at in range(20)]
    told = [one.target for one in sent("raw", *requests)]
    assert told == [f"/{at}?n=0" for at in range(MOST_REQUESTS)]


def test_requests_of_http_2_are_not_known() -> None:
    assert sent("httpx", Request("GET", BRACKETS), http="2") == []


class Dumb(SyncEngine):
    """Sends nothing, or never comes back, or cannot even be made."""

    how = "silent"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        if self.how == "broken":
            raise RuntimeError("no")

    def send(self, request: Request) -> Reply:
        if self.how == "hanging":
            time.sleep(30)
        return 200, b"", "1.1"


@pytest.mark.parametrize(("how", "told"), [("silent", [None]), ("hanging", []), ("broken", [])])
def test_a_client_that_sends_nothing_or_hangs_or_breaks_leaves_it_unknown(
    monkeypatch: pytest.MonkeyPatch, how: str, told: list[None]
) -> None:
    monkeypatch.setattr(Dumb, "how", how)
    began = time.monotonic()
    assert as_sent(Dumb, Settings(), [Request("GET", BRACKETS)]) == told
    assert time.monotonic() - began < 6
