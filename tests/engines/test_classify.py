"""The traps of the taxonomy, one by one, on exceptions made by hand."""

from __future__ import annotations

import asyncio
import errno
import http.client
import socket
import ssl

import httpx
import pytest
import requests
import urllib3
import urllib3.exceptions
from aiohttp import ClientOSError, ClientPayloadError, ServerDisconnectedError, ServerTimeoutError
from aiohttp.client_exceptions import ConnectionTimeoutError, SocketTimeoutError
from aiohttp.http_exceptions import ContentLengthError

from httptui.engines.errors import LONGEST_MESSAGE, classify, is_timeout, message_of


def caused(error: BaseException, cause: BaseException) -> BaseException:
    """An error raised from a cause."""
    error.__cause__ = cause
    return error


def in_context(error: BaseException, context: BaseException, *, suppressed: bool = False) -> BaseException:
    """An error raised while another was handled."""
    error.__context__ = context
    error.__suppress_context__ = suppressed
    return error


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
POOL = urllib3.HTTPConnectionPool("127.0.0.1")
NEW_CONNECTION = urllib3.exceptions.NewConnectionError(POOL.ConnectionCls("127.0.0.1"), "Failed")
GROUP = ExceptionGroup("all", [OSError(errno.ECONNREFUSED, "a"), OSError(errno.ECONNREFUSED, "b")])
JOINT = OSError(
    "Multiple exceptions: [Errno 111] Connect call failed ('::1', 1), [Errno 111] Connect call failed"
)
HANDSHAKE = TimeoutError("_ssl.c:989: The handshake operation timed out")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (REFUSED, "refused"),
        (JOINT, "refused"),
        (GROUP, "refused"),
        (caused(OSError("All connection attempts failed"), GROUP), "refused"),
        (caused(NEW_CONNECTION, REFUSED), "refused"),
        (NEW_CONNECTION, "refused"),
        (requests.ConnectionError(urllib3.exceptions.MaxRetryError(POOL, "/", NEW_CONNECTION)), "refused"),
        (caused(httpx.ConnectTimeout("refused"), caused(ClientOSError(), REFUSED)), "refused"),
        (caused(httpx.ConnectTimeout("x"), ServerDisconnectedError()), "disconnected"),
        (caused(httpx.ConnectTimeout("x"), TimeoutError()), "connect_timeout"),
        (caused(httpx.TimeoutException("x"), ConnectionTimeoutError("x")), "connect_timeout"),
        (caused(httpx.ReadTimeout("x"), SocketTimeoutError("x")), "read_timeout"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "refused"),
        (socket.gaierror(-2, "Name or service not known"), "dns"),
        (caused(httpx.ConnectError("x"), socket.gaierror(-2, "x")), "dns"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "tls"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "tls"),
        (requests.exceptions.SSLError("x"), "tls"),
        (caused(requests.exceptions.SSLError("x"), ssl.SSLEOFError(8, "EOF")), "disconnected"),
        (ConnectionTimeoutError("x"), "connect_timeout"),
        (requests.ConnectTimeout("x"), "connect_timeout"),
        (OSError(errno.ETIMEDOUT, "Connection timed out"), "connect_timeout"),
        (in_context(requests.ReadTimeout("x"), HANDSHAKE), "connect_timeout"),
        (requests.ReadTimeout("x"), "read_timeout"),
        (caused(requests.ReadTimeout("x"), ssl.SSLError(1, "x")), "read_timeout"),
        (SocketTimeoutError("x"), "read_timeout"),
        (httpx.PoolTimeout("x"), "pool_timeout"),
        (urllib3.exceptions.EmptyPoolError(POOL, "x"), "pool_timeout"),
        (TimeoutError(), "timeout"),
        (ServerTimeoutError("x"), "timeout"),
        (caused(TimeoutError(), ssl.SSLError(1, "x")), "timeout"),
        (caused(httpx.WriteTimeout("x"), ConnectionResetError()), "timeout"),
        (http.client.BadStatusLine("x"), "protocol"),
        (httpx.RemoteProtocolError("illegal status line"), "protocol"),
        (urllib3.exceptions.ProtocolError("Connection aborted.", http.client.BadStatusLine("x")), "protocol"),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "disconnected"),
        (http.client.RemoteDisconnected("x"), "disconnected"),
        (
            urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "x")),
            "disconnected",
        ),
        (requests.ConnectionError("x"), "disconnected"),
        (httpx.ReadError(""), "disconnected"),
        (BrokenPipeError(errno.EPIPE, "x"), "disconnected"),
        (http.client.IncompleteRead(b"", 3), "truncated"),
        (asyncio.IncompleteReadError(b"", 3), "truncated"),
        (
            httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
            "truncated",
        ),
        (
            caused(ClientPayloadError("x"), ContentLengthError("Not enough data to satisfy content length")),
            "truncated",
        ),
        (caused(httpx.ReadError("x"), ClientPayloadError("x")), "truncated"),
        (requests.TooManyRedirects("x"), "redirects"),
        (httpx.TooManyRedirects("x"), "redirects"),
        (
            urllib3.exceptions.MaxRetryError(
                POOL, "/", urllib3.exceptions.ResponseError("too many redirects")
            ),
            "redirects",
        ),
        (OSError(errno.EMFILE, "Too many open files"), "local"),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "local"),
        (ClientOSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), "local"),
        (httpx.UnsupportedProtocol("x"), "local"),
        (ValueError("x"), "other"),
        (in_context(ValueError("x"), REFUSED), "refused"),
        (in_context(ValueError("x"), REFUSED, suppressed=True), "other"),
    ],
)
def test_an_error_has_its_kind(error: BaseException, kind: str) -> None:
    assert classify(error) == kind


def test_a_chain_that_closes_on_itself_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert classify(first) == "other"


def test_an_error_whose_text_fails_is_told_by_its_class() -> None:
    class SilentError(ConnectionResetError):
        def __str__(self) -> str:
            raise RuntimeError

    assert classify(SilentError()) == "disconnected"
    assert message_of(SilentError()) == "SilentError"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("timeout", True),
        ("connect_timeout", True),
        ("read_timeout", True),
        ("pool_timeout", True),
        ("refused", False),
        ("other", False),
    ],
)
def test_four_kinds_are_timeouts(kind: str, expected: bool) -> None:
    assert is_timeout(kind) is expected


def test_a_message_is_the_first_there_is_on_one_line() -> None:
    assert message_of(caused(httpx.ReadError(""), OSError("the\n  peer\tleft"))) == "the peer left"


def test_a_message_falls_back_on_the_class() -> None:
    assert message_of(TimeoutError()) == "TimeoutError"


def test_a_message_is_not_that_of_a_cancellation_below() -> None:
    error = caused(httpx.ReadTimeout(""), caused(TimeoutError(), asyncio.CancelledError("scope 7f00")))
    assert message_of(error) == "ReadTimeout"


def test_a_message_is_capped() -> None:
    assert message_of(ValueError("x" * 10_000)) == "x" * LONGEST_MESSAGE
