"""Judges what was sent and what was received; pure."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from urllib.parse import unquote

import msgspec

from httptui.doctor.finding import Finding, met, missed
from httptui.doctor.observation import Echo, Observation, Reply
from httptui.doctor.witness import CHUNKS
from httptui.safe_text import safe_text
from httptui.target.answers import FILLER, GZIP, KIB

Headers = Sequence[tuple[str, str]]

LARGE = 8 * 2**20
OF_ITS_OWN = frozenset({"host"})
"""Headers, in small letters, that a client has to add."""

NOT_DECODED = "bodies are not decoded: the bytes counted are those of the wire"


def told(reply: Reply) -> str:
    """A reply in a few words."""
    if reply.error:
        return safe_text(f"{reply.error} ({reply.message})" if reply.message else reply.error)
    return f"status {reply.status} with {reply.size} bytes"


def echo_of(reply: Reply) -> Echo | None:
    """What the target says that it received, or None where the reply does not say."""
    try:
        return msgspec.json.decode(reply.body, type=Echo) if reply.status == 200 else None
    except msgspec.MsgspecError:
        return None


def judge_first(seen: Observation) -> Finding:
    """Whether the simplest request of all works."""
    reply = seen.reply()
    right = (reply.status, reply.body, seen.failure) == (200, KIB, None)
    return Finding("first request", right, safe_text(seen.failure or f"{told(reply)} for {len(KIB)}"))


def judge_head(reply: Reply, method: str, target: str, headers: Headers) -> tuple[Finding, ...]:
    """How a request's head arrived, beside how the plan has it."""
    echo = echo_of(reply)
    if echo is None:
        names = ("request line", "URL escapes", "headers added", "headers kept", "header spelling")
        return tuple(missed(name, f"/echo gave {told(reply)}") for name in names)
    line, wanted = f"{echo.method} {echo.target}", f"{method} {target}"
    return (
        Finding("request line", unquote(line) == unquote(wanted), safe_text(f"{line} for {wanted}")),
        Finding("URL escapes", echo.target == target, safe_text(f"{echo.target} for {target}")),
        _added(headers, echo.headers),
        _kept(headers, echo.headers),
        _spelling(headers, echo.headers),
    )


def judge_body(reply: Reply, method: str, body: bytes, check: str = "body sent") -> Finding:
    """Whether a body arrived as it was."""
    echo = echo_of(reply)
    if echo is None:
        return missed(check, f"/echo gave {told(reply)}")
    arrived = base64.b64decode(echo.body) if echo.body_encoding == "base64" else echo.body.encode()
    if echo.method != method:
        return missed(check, safe_text(f"the method arrived as {echo.method!a}"))
    said = f"{len(arrived)} of {len(body)} bytes arrived, {_same(arrived, body)}"
    return Finding(check, arrived == body, said)


def judge_method(reply: Reply, heads: Sequence[bytes], method: str) -> Finding:
    """Whether a method that few know arrived as it is."""
    came = [head.partition(b" ")[0].decode("latin-1") for head in heads]
    said = f"{told(reply)}; {', '.join(came) or 'nothing'} arrived for {method}"
    return Finding("other method", (reply.status, came) == (200, [method]), safe_text(said))


def judge_large(reply: Reply) -> Finding:
    """Whether LARGE bytes were read whole."""
    expected = (FILLER * (LARGE // len(FILLER) + 1))[:LARGE]
    right = reply.status == 200 and reply.sha256 == hashlib.sha256(expected).hexdigest()
    return Finding("large body", right, f"{told(reply)} for {LARGE}")


def judge_chunked(reply: Reply) -> Finding:
    """Whether chunks were put together."""
    expected = b"".join(CHUNKS)
    right = (reply.status, reply.body) == (200, expected)
    return Finding("chunked body", right, f"{told(reply)} for {len(expected)}")


def judge_head_request(seen: Observation, connections: int) -> Finding:
    """Whether HEAD, then GET, went over one connection, the first without a body."""
    head, following = seen.reply(0), seen.reply(1)
    right = (head.status, head.size, following.status, following.size) == (200, 0, 200, len(KIB))
    said = f"HEAD gave {told(head)}, the next GET {told(following)}, over {plural(connections, 'connection')}"
    return Finding("HEAD", right and connections == 1, said)


def judge_gzip(reply: Reply) -> Finding:
    """Whether a gzip body came decoded, or at least untouched."""
    if reply.status == 200 and reply.body == KIB:
        return met("gzip", "decoded")
    if reply.status == 200 and reply.body == GZIP.body:
        return met("gzip", "not decoded", NOT_DECODED)
    return missed("gzip", f"{told(reply)}, neither the decoded body nor the raw one")


def judge_statuses(seen: Observation, statuses: Sequence[int]) -> Finding:
    """Whether each status came back as itself."""
    came = [seen.reply(index) for index in range(len(statuses))]
    said = "; ".join(f"{status} gave {told(reply)}" for status, reply in zip(statuses, came, strict=True))
    return Finding("error statuses", [reply.status for reply in came] == list(statuses), said)


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _added(planned: Headers, arrived: Headers) -> Finding:
    more = Counter(name.lower() for name, _ in arrived) - Counter(name.lower() for name, _ in planned)
    found = [
        f"{name}: {value}"
        for name, value in arrived
        if name.lower() in more and name.lower() not in OF_ITS_OWN
    ]
    return Finding("headers added", not found, safe_text(", ".join(found)) or "none but Host")


def _kept(planned: Headers, arrived: Headers) -> Finding:
    there = [(name.lower(), value) for name, value in arrived]
    problems = []
    for name, value in planned:
        values = [other for lower, other in there if lower == name.lower()]
        if not values:
            problems.append(f"{name} is missing")
        elif value not in values:
            problems.append(f"{name}: {value!a} arrived as {', '.join(map(ascii, values))}")
    return Finding("headers kept", not problems, safe_text("; ".join(problems)) or f"all {len(planned)}")


def _spelling(planned: Headers, arrived: Headers) -> Finding:
    names = [name for name, _ in planned]
    lower = {name.lower() for name in names}
    came = [name for name, _ in arrived if name.lower() in lower]
    if came == names:
        return met("header spelling", "as in the plan")
    if [name.lower() for name in came] == [name.lower() for name in names]:
        changed = [f"{old} as {new}" for old, new in zip(names, came, strict=True) if old != new]
        return missed("header spelling", safe_text(", ".join(changed)))
    return missed("header spelling", safe_text(f"the order is {', '.join(came) or 'gone'}"))


def _same(arrived: bytes, sent: bytes) -> str:
    return "unchanged" if arrived == sent else "changed"
