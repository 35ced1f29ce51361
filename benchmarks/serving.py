"""Process that serves what `benchmarks.services` describes, started and controlled by that module."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import sys
import time
from functools import partial
from typing import cast

import msgspec

from benchmarks.behaviour import HEAD_END, Behaviour, Site, head
from benchmarks.services import Listening, Order, Service
from httptui.target.listening import raise_file_limit, run_in_fast_loop

BACKLOG = 1_024
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding: *chunked")


class Port:
    """One listener, which accepts no more connections than its service allows."""

    def __init__(self, service: Service, site: Site, context: ssl.SSLContext | None) -> None:
        self.service, self.site = service, site
        self.behaviour = Behaviour(service, "", site)
        self.context = context if service.tls else None
        self.open = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.listener.settimeout(0)
        self.number = self.listener.getsockname()[1]
        self.tasks: set[asyncio.Task[object]] = set()
        self.accepting = False
        self.watch()
        if service.pause_ms:
            site.loop.call_later(service.pause_every_ms / 1000, self.pause)

    def pause(self) -> None:
        """Stop the whole process for a while."""
        self.site.loop.call_later(self.service.pause_every_ms / 1000, self.pause)
        time.sleep(self.service.pause_ms / 1000)

    def watch(self) -> None:
        """Accept from now on, as long as there is room."""
        room = not self.service.connections or self.open < self.service.connections
        if not self.accepting and (room or self.service.beyond == "close"):
            self.site.loop.add_reader(self.listener.fileno(), self.accept)
            self.accepting = True

    def accept(self) -> None:
        """Accept one connection, leave it in the backlog, or close it."""
        limit = self.service.connections
        full = bool(limit) and self.open >= limit
        if full and self.service.beyond == "wait":
            self.site.loop.remove_reader(self.listener.fileno())
            self.accepting = False
            return
        try:
            taken, _ = self.listener.accept()
        except OSError:
            return
        if full:
            taken.close()
            return
        taken.settimeout(0)
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open += 1
        self.site.open += 1
        self.site.connections += 1
        self.site.most_open = max(self.site.most_open, self.site.open)
        connecting = self.site.loop.connect_accepted_socket(
            lambda: Connection(self, self.site), taken, ssl=self.context
        )
        task = cast("asyncio.Task[object]", self.site.loop.create_task(connecting))
        self.tasks.add(task)
        task.add_done_callback(self.connected)

    def connected(self, task: asyncio.Task[object]) -> None:
        """Forget a handshake; a failed one leaves room."""
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.left()

    def left(self) -> None:
        """Count one connection less."""
        self.open -= 1
        self.site.open -= 1
        self.watch()


class Connection(asyncio.Protocol):
    """One connection, which answers its requests in order, one at a time."""

    def __init__(self, port: Port, site: Site) -> None:
        self.port, self.site = port, site
        self.transport: asyncio.Transport | None = None
        self.received = b""
        self.busy = False
        self.answers = 0
        self.idle_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self.unrest()
        self.port.left()

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.busy:
            self.next()

    def next(self) -> None:
        """Begin the next request that is complete."""
        while not self.busy and self.transport is not None and (request := self.take()):
            self.unrest()
            self.begin(request)

    def take(self) -> bytes:
        """Remove and return the next complete request from the received bytes; empty if there is none yet."""
        received = self.received
        end = received.find(HEAD_END)
        if end < 0:
            return b""
        end += len(HEAD_END)
        if length := LENGTH.search(received, 0, end):
            end += int(length[1])
        elif CHUNKED.search(received, 0, end):
            last = received.find(b"0\r\n\r\n", end)
            if last < 0:
                return b""
            end = last + 5
        if len(received) < end:
            return b""
        self.received = received[end:]
        return received[:end]

    def begin(self, request: bytes) -> None:
        """Answer a request at once, or begin everything that precedes its answer."""
        site = self.site
        site.requests += 1
        behaviour = self.port.behaviour.of(request)
        site.by_text[behaviour.text] += 1
        if behaviour.plain and not request.startswith(b"HEAD"):
            site.statuses[str(behaviour.answer.status)] += 1
            self.answers += 1
            self.write(behaviour.answer.heads[True] + behaviour.answer.body)
            return
        self.busy = True
        now = time.perf_counter()
        if site.began is None:
            site.began = now
            if self.port.service.die_after_s:
                site.loop.call_later(self.port.service.die_after_s, os._exit, 0)
        if behaviour.service.die_after and site.requests >= behaviour.service.die_after:
            os._exit(0)
        if not self.fails(behaviour, now - site.began):
            self.work(behaviour, request, now)

    def fails(self, behaviour: Behaviour, age: float) -> bool:
        """Fail one request in the way of its service, if it is its turn."""
        service, draw = behaviour.service, self.site.random.random()
        mute_end = service.mute_after_s + (service.mute_for_s or float("inf"))
        mute = service.mute_after_s and service.mute_after_s <= age < mute_end
        if mute or draw < service.hang:
            return True
        if draw < service.hang + service.drop:
            self.drop()
            return True
        failing = service.fail_after_s and age >= service.fail_after_s
        if failing or draw < service.hang + service.drop + service.fail:
            self.refuse(service.fail_status, [], b'{"detail": "made to fail"}')
            return True
        if service.rate and service.rate_by == "429" and behaviour.over_rate(time.perf_counter())[0]:
            self.refuse(429, ["Retry-After: 1"], b'{"detail": "too many requests"}')
            return True
        return False

    def work(self, behaviour: Behaviour, request: bytes, began: float) -> None:
        """Do everything that a request waits for."""
        service = behaviour.service
        for status in service.interim:
            self.write(head(status, 0, [], keep=True))
        delay = 0.0
        if service.rate and service.rate_by == "delay":
            delay = behaviour.over_rate(began)[1]
        if service.cpu_ms:
            burn(service.cpu_ms / 1000)
        bodiless = request.startswith(b"HEAD ")
        held = partial(
            self.site.later,
            delay + behaviour.hold_seconds(),
            partial(self.answer, behaviour, bodiless, began),
        )
        behaviour.enter(held)

    def answer(self, behaviour: Behaviour, bodiless: bool, began: float) -> None:
        """Send the head, and then the body."""
        behaviour.leave()
        service, answer = behaviour.service, behaviour.answer
        keep = not service.keep_alive or self.answers + 1 < service.keep_alive
        top = answer.heads[keep or service.silent_close]
        if bodiless or (len(answer.pieces) < 2 and not service.body_after_ms):
            self.write(top if bodiless else top + answer.body)
            self.done(behaviour, keep, began)
            return
        self.write(top)
        self.site.later(service.body_after_ms / 1000, partial(self.piece, behaviour, keep, began, 0))

    def piece(self, behaviour: Behaviour, keep: bool, began: float, number: int) -> None:
        """Send one piece of the body, and schedule the next."""
        pieces = behaviour.answer.pieces
        if pieces:
            self.write(pieces[number])
        if number + 1 >= len(pieces):
            self.done(behaviour, keep, began)
        else:
            later = partial(self.piece, behaviour, keep, began, number + 1)
            self.site.later(behaviour.service.piece_ms / 1000, later)

    def done(self, behaviour: Behaviour, keep: bool, began: float) -> None:
        """Count an answer, and take the next request or close."""
        site = self.site
        site.statuses[str(behaviour.answer.status)] += 1
        site.answered[behaviour.text] += 1
        held = time.perf_counter() - began
        site.held[behaviour.text] = site.held.get(behaviour.text, 0.0) + held
        self.answers += 1
        if not keep and self.transport is not None:
            self.transport.close()
            return
        self.free()

    def refuse(self, status: int, lines: list[str], body: bytes) -> None:
        """Answer a failure at once."""
        self.site.statuses[str(status)] += 1
        self.answers += 1
        self.write(head(status, len(body), lines, keep=True) + body)
        self.free()

    def free(self) -> None:
        """Become ready for the next request."""
        self.busy = False
        self.rest()
        if self.received:
            self.site.loop.call_soon(self.next)

    def drop(self) -> None:
        """Close without an answer."""
        if self.transport is not None:
            self.transport.abort()

    def rest(self) -> None:
        """Close later, unless a request comes."""
        if seconds := self.port.service.idle_close_ms / 1000:
            self.idle_timer = self.site.loop.call_later(seconds, self.drop_idle)

    def unrest(self) -> None:
        """Cancel the idle timer, because a request came."""
        if self.idle_timer is not None:
            self.idle_timer.cancel()

    def drop_idle(self) -> None:
        """Close an idle connection."""
        if self.transport is not None and not self.busy:
            self.transport.close()

    def write(self, data: bytes) -> None:
        """Send if the client is still there."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)


def burn(seconds: float) -> None:
    """Burn CPU time of this thread."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


async def serve_parent() -> int:
    """Serve until the parent is gone, or the lifetime is over."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    order = msgspec.json.decode(await reader.readline(), type=Order)
    context = None
    if order.leaf is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(order.leaf, order.key)
    site = Site(order, loop)
    ports = [Port(service, site, context) for service in order.services]
    loop.call_later(order.lifetime, os._exit, 0)
    tell(msgspec.json.encode(Listening(tuple(port.number for port in ports))))
    while await reader.readline():
        tell(msgspec.json.encode(site.counts()))
    return 0


def tell(line: bytes) -> None:
    """Write a line to the parent."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    raise_file_limit()
    run_in_fast_loop(serve_parent())
    os._exit(0)
