"""Answers as HTTP/1.1 bytes."""

from __future__ import annotations

from httptui.target.answers import BODILESS, Answer, phrase

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def head_bytes(answer: Answer, version: str, keep_alive: bool) -> bytes:
    """Status line and headers.  A close is announced; HTTP/1.0 is told of a connection that stays open."""
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
    """The whole answer, except for streamed filler."""
    head = head_bytes(answer, version, keep_alive)
    return head if method == "HEAD" else head + answer.body
