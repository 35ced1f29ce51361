"""A job, which is the life of one client object, and what is told of it, as JSON has them.

A job is {"settings": fields of Settings, "requests": [{"method", "url", "headers", "body" in base64, "cancel_after"
in seconds or null}]}.  A reply is {"status", "version", "size", "sha256", "body" in base64 up to LONGEST_BODY bytes,
"error", "message"}.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from httptui.engines.base import Request, Settings
from httptui.engines.errors import classify, message_of

LONGEST_BODY = 65_536
NO_REPLY = "no reply"
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Errand:
    """One request, and after how many seconds it is to be cancelled, if it is."""

    request: Request
    cancel_after: float | None


def settings_of(job: dict[str, Any]) -> Settings:
    """How the job's client is to be configured."""
    return Settings(**job["settings"])


def errands_of(job: dict[str, Any]) -> tuple[Errand, ...]:
    """What the job's client is to send, one after another."""
    return tuple(_errand(item) for item in job["requests"])


def _errand(item: dict[str, Any]) -> Errand:
    headers = tuple((name, value) for name, value in item["headers"])
    request = Request(item["method"], item["url"], headers, base64.b64decode(item["body"]))
    return Errand(request, item["cancel_after"])


def told_reply(reply: Any) -> dict[str, Any]:
    """What came back from `send`; whatever is not a reply is told as an error of its own kind."""
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


def told_error(error: BaseException) -> dict[str, Any]:
    """What a request that raised is told as."""
    return {"error": classify(error), "message": f"{type(error).__name__}: {message_of(error)}"}


def told_cancelled() -> dict[str, Any]:
    """What a request that was cancelled, and took it, is told as."""
    return {"error": CANCELLED, "message": ""}


def told_failure(stage: str, error: BaseException) -> str:
    """Why there is no client: the stage, the class and the message."""
    return f"{stage}: {type(error).__name__}: {message_of(error)}"
