"""Bytes of HTTP/1.1: requests parsed by httptools, with limits, and serialised answers."""

from __future__ import annotations

from collections.abc import Sequence

import httptools

from httptui.target.answers import BODILESS, MAX_ECHO_BODY, Answer, Request, line, phrase, refusal, route

MAX_HEAD = 65_536
"""Limit on request line and headers in bytes."""


class RequestReader:
    """Feeds the parser.

    `idle` is true between two requests; `broken` is the answer to bytes that are not HTTP; `expects` is true while a
    client waits for 100 Continue.
    """

    def __init__(self) -> None:
        self.idle = True
        self.expects = False
        self.broken: Answer | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._requests: list[tuple[Request, bool]] = []
        self._in_head = False
        self._head_bytes = 0
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._body_size = 0
        self._keeps_body = False
        self._keep_alive = True
        self._target = ""

    def feed(self, data: bytes) -> Sequence[tuple[Request, bool]]:
        """Return the requests completed by `data`, each with whether its connection stays open."""
        self._requests = []
        size = len(data)
        while data and self.broken is None:
            data = self._feed_parser(data)
        self._head_bytes = self._head_bytes + size if self._in_head else 0
        if self._head_bytes > MAX_HEAD:
            self._break(line(431, f"request line and headers of up to {MAX_HEAD} bytes are read"))
        return self._requests

    def _feed_parser(self, data: bytes) -> bytes:
        """Parse, and return the remaining bytes: a requested upgrade is declined, and parsing restarts after it."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._parser.get_method() == b"CONNECT":
                self._break(line(501, "CONNECT is not offered"))
                return b""
            self._parser = httptools.HttpRequestParser(self)
            return data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self._break(refusal("this is not an HTTP/1 request"))
        return b""

    def _break(self, answer: Answer) -> None:
        if not self._requests or self._requests[-1][1]:
            self.broken = answer

    def on_message_begin(self) -> None:
        self.idle = self.expects = False
        self._in_head = True
        self._url = b""
        self._headers = []
        self._body = []
        self._body_size = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._target = self._url.decode("latin-1")
        self._keeps_body = route(self._target).kind == "echo"
        self._keep_alive = self._parser.should_keep_alive()
        self.expects = any(
            name.lower() == "expect" and value.lower() == "100-continue" for name, value in self._headers
        )

    def on_body(self, body: bytes) -> None:
        self._body_size += len(body)
        if self._keeps_body and self._body_size <= MAX_ECHO_BODY:
            self._body.append(body)

    def on_message_complete(self) -> None:
        self.idle = True
        self.expects = False
        request = Request(
            self._parser.get_method().decode("ascii"),
            self._target,
            self._parser.get_http_version(),
            tuple(self._headers),
            b"".join(self._body),
            self._body_size,
        )
        self._requests.append((request, self._keep_alive))


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def head_bytes(answer: Answer, version: str, keep_alive: bool) -> bytes:
    """Serialise status line and headers. A close is announced; for HTTP/1.0, so is a connection that stays open."""
    lines = [f"HTTP/1.1 {answer.status} {phrase(answer.status)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status not in BODILESS:
        lines.append(f"Content-Length: {answer.length}")
    if not keep_alive:
        lines.append("Connection: close")
    elif version == "1.0":
        lines.append("Connection: keep-alive")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def answer_bytes(answer: Answer, method: str, version: str, keep_alive: bool) -> bytes:
    """Serialise the whole answer, except for streamed filler."""
    head = head_bytes(answer, version, keep_alive)
    return head if method == "HEAD" else head + answer.body
