from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.target.answers import MAX_ECHO_BODY, Request
from httptui.target.http1 import MAX_HEAD, RequestReader

GET = b"GET /a?b HTTP/1.1\r\nHost: x\r\nX-Odd-CASE: 1\r\nX-Odd-CASE: 2\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"PUT /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"


def test_a_request_is_read_as_it_came() -> None:
    reader = RequestReader()
    assert reader.feed(GET) == [
        (Request("GET", "/a?b", "1.1", (("Host", "x"), ("X-Odd-CASE", "1"), ("X-Odd-CASE", "2"))), True)
    ]
    assert reader.idle


@given(st.lists(st.sampled_from([GET, POST, CHUNKED, OLD]), min_size=1, max_size=6), st.data())
def test_requests_do_not_depend_on_how_the_bytes_are_cut(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    whole = RequestReader().feed(stream)
    reader = RequestReader()
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [found for piece in pieces for found in reader.feed(piece)] == list(whole)
    assert len(whole) == len(messages)
    assert reader.idle


@pytest.mark.parametrize(
    ("data", "keep_alive"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
        (OLD, True),
    ],
)
def test_who_stays_connected(data: bytes, keep_alive: bool) -> None:
    [(_, stays)] = RequestReader().feed(data)
    assert stays is keep_alive


def test_bodies_are_kept_for_echo_alone_and_up_to_a_limit() -> None:
    [(request, _)] = RequestReader().feed(POST.replace(b"/echo", b"/"))
    assert (request.body, request.body_size) == (b"", 5)
    size = MAX_ECHO_BODY + 1
    [(request, _)] = RequestReader().feed(
        b"POST /echo HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    )
    assert request.body_size == size
    assert len(request.body) <= MAX_ECHO_BODY


def test_an_upgrade_is_declined_and_reading_goes_on() -> None:
    reader = RequestReader()
    upgrade = b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert [request.target for request, _ in reader.feed(upgrade + GET)] == ["/", "/a?b"]
    assert reader.broken is None


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"banana\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"CONNECT x:1 HTTP/1.1\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * MAX_HEAD, 431),
    ],
)
def test_what_is_not_a_request_gets_an_answer(data: bytes, status: int) -> None:
    reader = RequestReader()
    reader.feed(data)
    assert reader.broken is not None
    assert reader.broken.status == status


@given(st.binary(max_size=200))
def test_no_bytes_ever_raise(data: bytes) -> None:
    reader = RequestReader()
    for request, _ in reader.feed(data):
        assert request.method
    assert reader.feed(b"") == []
