"""Engines that break every promise, each in one way; named in a plan by this file and a class."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import time
from enum import Enum
from pathlib import Path
from typing import Any

from httptui.engines.base import AsyncEngine, CallbackEngine, Cancellable, Reply, SyncEngine


def strange(name: str) -> str:
    """How a plan names one of these."""
    return f"{Path(__file__).resolve()}:{name}"


class Gone(BaseException):
    """What no library should raise, and `except Exception` does not catch."""


class ReturnsNone(SyncEngine):
    def send(self, request: Any) -> Reply:
        return None  # type: ignore[return-value]


class ReturnsPair(SyncEngine):
    def send(self, request: Any) -> Reply:
        return 200, b""  # type: ignore[return-value]


class ReturnsText(SyncEngine):
    def send(self, request: Any) -> Reply:
        return 200, "text", "1.1"  # type: ignore[return-value]


class Status(int, Enum):
    OK = 200


class OwnStatus(SyncEngine):
    """Its status is a number whose text is "Status.OK"."""

    def send(self, request: Any) -> Reply:
        return Status.OK, b"", "1.1"


class Exits(SyncEngine):
    def send(self, request: Any) -> Reply:
        sys.exit(0)


class RaisesGone(SyncEngine):
    def send(self, request: Any) -> Reply:
        raise Gone("of its own accord")


class AsyncReturnsNone(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        return None  # type: ignore[return-value]


class AsyncExits(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        sys.exit(0)


class AsyncInterrupts(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        raise KeyboardInterrupt


class AsyncCancels(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        raise asyncio.CancelledError


class CallsBackNone(CallbackEngine):
    def start(self, request: Any, done: Any) -> Cancellable:
        return asyncio.get_running_loop().call_soon(done, None)


class Surrogates(SyncEngine):
    def send(self, request: Any) -> Reply:
        raise ValueError("\udcff is no text")


class Unspeakable(SyncEngine):
    """What it raises cannot be looked at, and its connections cannot be counted."""

    @property
    def connections_opened(self) -> int | None:
        raise RuntimeError("nobody counts here")

    def send(self, request: Any) -> Reply:
        raise Secretive


class Secretive(Exception):
    @property
    def reason(self) -> str:
        raise RuntimeError("no reason")


class Hangs(SyncEngine):
    def send(self, request: Any) -> Reply:
        time.sleep(600)
        raise AssertionError


class AsyncHangs(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        await asyncio.sleep(600)
        raise AssertionError


class IgnoresCancelling(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        while True:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                continue


class CallbackHangs(CallbackEngine):
    def start(self, request: Any, done: Any) -> Cancellable:
        return asyncio.get_running_loop().call_later(600, done, None)


class BlocksLoop(AsyncEngine):
    async def send(self, request: Any) -> Reply:
        time.sleep(600)  # noqa: ASYNC251 - that is what is wrong with it
        raise AssertionError


class HangsInOpen(SyncEngine):
    def open(self) -> None:
        print("in open", file=sys.stderr, flush=True)
        time.sleep(600)

    def send(self, request: Any) -> Reply:
        raise AssertionError


class HoldsTheGil(HangsInOpen):
    def open(self) -> None:
        print("in open", file=sys.stderr, flush=True)
        ctypes.PyDLL(None).sleep(600)


class ExitsInOpen(SyncEngine):
    def open(self) -> None:
        sys.exit(0)

    def send(self, request: Any) -> Reply:
        raise AssertionError
