"""Behaviour of a service of `benchmarks.services` for each request, and the counts of its process."""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from http import HTTPStatus

from benchmarks.services import Counts, Order, Service
from httptui.target.pacing import DelayQueue

TEXT = b'{"id": 17, "name": "a row of the table", "price": 12.5}, '
HEAD_END = b"\r\n\r\n"


class Answer:
    """Bytes of one service's answers, built once: heads that keep or close the connection, and pieces of the body."""

    def __init__(self, service: Service) -> None:
        whole = service.body.encode() or (TEXT * (service.body_bytes // len(TEXT) + 1))[: service.body_bytes]
        body = gzip.compress(whole, 1) if service.gzip else whole
        self.status = service.status
        lines = [f"{name}: {value}" for name, value in service.headers.items()]
        if service.gzip:
            lines.append("Content-Encoding: gzip")
        if service.part:
            if service.part >= len(body):
                raise ValueError(f"a part of {service.part} of {len(body)} bytes: give body_bytes, too")
            self.status = 206
            lines.append(f"Content-Range: bytes 0-{service.part - 1}/{len(body)}")
            body = body[: service.part]
        self.heads = {keep: head(self.status, len(body), lines, keep=keep) for keep in (True, False)}
        step = max(1, -(-len(body) // service.pieces))
        self.pieces = [body[at : at + step] for at in range(0, len(body), step)]
        self.body = body


def head(status: int, length: int, lines: list[str], *, keep: bool) -> bytes:
    """Build an answer's head."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Status"
    told = [f"HTTP/1.1 {status} {phrase}", "Content-Type: application/json", *lines]
    if status >= 200 and status not in (204, 304):
        told.append(f"Content-Length: {length}")
    if not keep:
        told.append("Connection: close")
    return ("\r\n".join(told) + "\r\n\r\n").encode()


class Behaviour:
    """One service with its state: its queue, its rate, and its counts."""

    def __init__(self, service: Service, text: str, site: Site) -> None:
        self.service, self.text, self.site = service, text, site
        self.answer = Answer(service)
        self.where = [
            (other.encode().lower(), Behaviour(behaviour, other, site)) for other, behaviour in service.where
        ]
        self.free = service.workers
        self.queue: deque[Callable[[], None]] = deque()
        self.next_turn = 0.0
        self.plain = service == Service(
            status=service.status, headers=service.headers, body_bytes=service.body_bytes, body=service.body,
            gzip=service.gzip, part=service.part, pieces=1,
        )  # fmt: skip

    def of(self, request: bytes) -> Behaviour:
        """Return the behaviour that applies to a request, by its head."""
        if self.where:
            small = request.partition(HEAD_END)[0].lower()
            for text, behaviour in self.where:
                if text in small:
                    return behaviour
        return self

    def hold_seconds(self) -> float:
        """Draw the seconds for which one answer is held."""
        service, draw = self.service, self.site.random
        if service.slow_share and draw.random() < service.slow_share:
            return service.slow_ms / 1000
        jitter = draw.uniform(-service.jitter_ms, service.jitter_ms) if service.jitter_ms else 0.0
        return max(0.0, service.latency_ms + jitter) / 1000

    def over_rate(self, now: float) -> tuple[bool, float]:
        """Return whether the rate refuses a request, or how long it must wait."""
        service = self.service
        wait = max(0.0, self.next_turn - now)
        if service.rate_by == "429" and wait > 0:
            return True, 0.0
        self.next_turn = max(self.next_turn, now) + 1 / service.rate
        return False, wait

    def enter(self, work: Callable[[], None]) -> None:
        """Begin work with a free worker, now or as soon as one is free."""
        if not self.service.workers:
            work()
        elif self.free:
            self.free -= 1
            work()
        else:
            self.queue.append(work)

    def leave(self) -> None:
        """Release a worker."""
        if self.queue:
            self.queue.popleft()()
        elif self.service.workers:
            self.free += 1


class Site:
    """State of the process, shared by all its ports."""

    def __init__(self, order: Order, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.random = random.Random(order.seed)
        self.delays = DelayQueue(loop)
        self.requests = 0
        self.statuses: Counter[str] = Counter()
        self.by_text: Counter[str] = Counter()
        self.held: dict[str, float] = {}
        self.answered: Counter[str] = Counter()
        self.connections = self.open = self.most_open = 0
        self.began: float | None = None

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Do work after some seconds, or now."""
        if seconds > 0:
            self.delays.add(seconds, work)
        else:
            work()

    def counts(self) -> Counts:
        """Return the counts so far."""
        return Counts(
            requests=self.requests,
            statuses=dict(self.statuses),
            by_text=dict(self.by_text),
            held_ms={text: 1000 * self.held[text] / count for text, count in self.answered.items()},
            connections=self.connections,
            most_connections=self.most_open,
            cpu_seconds=time.process_time(),
        )
