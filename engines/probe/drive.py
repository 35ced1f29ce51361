"""The probe, `python -m httptui.engines.probe.drive`, spawned by its parent and ending with it.

The first message names the engine and is answered with {"failed": null or the reason}; each further message is a job:
the life of one client object, opened, used for a series of requests, and closed.

A job in JSON is {"settings": fields of Settings, "requests": [{"method", "url", "headers", "body" in base64,
"cancel_after" in seconds or null}]}. A reply is {"status", "version", "size", "sha256", "body" in base64 up to
LONGEST_BODY bytes, "error", "message"}.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import json
import os
import stat
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httptui.engines.base import AsyncEngine, Engine, Request, Settings, SyncEngine
from httptui.engines.errors import classify, message_of
from httptui.engines.lane.parent import Parent, Pipe, die_with_parent
from httptui.engines.registry import load_engine

LONGEST_BODY = 65_536
NO_REPLY = "no reply"
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Errand:
    """One request, and the seconds after which it is cancelled, or None."""

    request: Request
    cancel_after: float | None


def settings_of(job: dict[str, Any]) -> Settings:
    """Return the configuration of the job's client."""
    return Settings(**job["settings"])


def errands_of(job: dict[str, Any]) -> list[Errand]:
    """Return the job's requests, in order."""
    return [
        Errand(
            Request(
                item["method"],
                item["url"],
                tuple((name, value) for name, value in item["headers"]),
                base64.b64decode(item["body"]),
            ),
            item["cancel_after"],
        )
        for item in job["requests"]
    ]


def reply_fields(reply: Any) -> dict[str, Any]:
    """Describe the value that `send` returned; anything but a reply is an error of its own kind."""
    match reply:
        case (int(status), bytes(body), str(version)):
            return {
                "status": status,
                "version": version,
                "size": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
                "body": base64.b64encode(body[:LONGEST_BODY]).decode(),
            }
    shape = [type(part).__name__ for part in reply] if isinstance(reply, tuple) else type(reply).__name__
    return {"error": NO_REPLY, "message": f"send gave {shape}, not (status, body, version)"}


def error_fields(error: BaseException) -> dict[str, Any]:
    """Describe a request that raised."""
    return {"error": classify(error), "message": f"{type(error).__name__}: {message_of(error)}"}


def failure_text(stage: str, error: BaseException) -> str:
    """Describe why there is no client: stage, class and message."""
    return f"{stage}: {type(error).__name__}: {message_of(error)}"


DESCRIPTORS = Path("/dev/fd")


def open_sockets() -> int | None:
    """Count the open sockets of this process, including native libraries'; None if descriptors are not listed."""
    if not DESCRIPTORS.is_dir():
        return None
    return sum(_is_socket(int(name)) for name in os.listdir(DESCRIPTORS) if name.isdigit())


def _is_socket(descriptor: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError:
        return False


SETTLE_SECONDS = 0.5
STEP_SECONDS = 0.01


class Probe:
    """Carries out jobs with one engine class.

    The last client object is kept until the next job, so that only `close` can have ended its connections.
    """

    def __init__(self, kind: type[Engine]) -> None:
        self._kind = kind
        self._last: Engine | None = None

    def carry_out(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return replies, connections_opened, sockets_left, and the failure if open or close failed."""
        self._last = None
        found: dict[str, Any] = {
            "replies": [],
            "failure": None,
            "connections_opened": None,
            "sockets_left": None,
        }
        try:
            engine = self._last = self._kind(settings_of(job))
        except Exception as error:  # noqa: BLE001 - an engine may raise anything
            return found | {"failure": failure_text("make", error)}
        if isinstance(engine, AsyncEngine):
            asyncio.run(_live_async(engine, errands_of(job), found))
        elif isinstance(engine, SyncEngine):
            _live_sync(engine, errands_of(job), found)
        return found


async def _live_async(engine: AsyncEngine, errands: list[Errand], found: dict[str, Any]) -> None:
    before = open_sockets()
    stage = "open"
    try:
        await engine.open()
        for errand in errands:
            found["replies"].append(await _one_async(engine, errand))
        found["connections_opened"] = engine.connections_opened
        stage = "close"
        await engine.close()
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        found["failure"] = failure_text(stage, error)
    for _ in _until_settled(before):
        await asyncio.sleep(STEP_SECONDS)
    found["sockets_left"] = _left(before)


async def _one_async(engine: AsyncEngine, errand: Errand) -> dict[str, Any]:
    try:
        sending = asyncio.ensure_future(engine.send(engine.prepare(errand.request)))
        if errand.cancel_after is not None:
            asyncio.get_running_loop().call_later(errand.cancel_after, sending.cancel)
        await asyncio.wait({sending})
        if sending.cancelled():
            return {"error": CANCELLED, "message": ""}
        return reply_fields(sending.result())
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        return error_fields(error)


def _live_sync(engine: SyncEngine, errands: list[Errand], found: dict[str, Any]) -> None:
    before = open_sockets()
    stage = "open"
    try:
        engine.open()
        for errand in errands:
            found["replies"].append(_one_sync(engine, errand))
        found["connections_opened"] = engine.connections_opened
        stage = "close"
        engine.close()
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        found["failure"] = failure_text(stage, error)
    for _ in _until_settled(before):
        time.sleep(STEP_SECONDS)
    found["sockets_left"] = _left(before)


def _one_sync(engine: SyncEngine, errand: Errand) -> dict[str, Any]:
    try:
        return reply_fields(engine.send(engine.prepare(errand.request)))
    except Exception as error:  # noqa: BLE001 - an engine may raise anything
        return error_fields(error)


def _left(before: int | None) -> int | None:
    now = open_sockets()
    return None if before is None or now is None else max(now - before, 0)


def _until_settled(before: int | None) -> Iterator[None]:
    """Yield waiting steps until no more sockets are open than before, or time is up."""
    # A failed request's traceback may hold its socket in a reference cycle, which no client object can close.
    gc.collect()
    deadline = time.monotonic() + SETTLE_SECONDS
    while _left(before) and time.monotonic() < deadline:
        yield


def main() -> None:
    """Load the engine, and carry out jobs until the parent is gone."""
    warnings.simplefilter("ignore")
    die_with_parent()
    pipe = Pipe.over_stdio()
    parent = Parent(pipe, json.loads)
    setup = parent.next()
    try:
        probe = Probe(load_engine(setup["engine"]))
    except BaseException as error:  # noqa: BLE001 - whatever a client raises is reported to the parent
        pipe.write({"failed": failure_text("import", error)})
        os._exit(0)
    pipe.write({"failed": None})
    while True:
        pipe.write(probe.carry_out(parent.next()))


if __name__ == "__main__":
    main()
