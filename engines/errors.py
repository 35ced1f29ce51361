"""One small taxonomy for the errors of every client, told by class names so that no client is imported.

Kinds: refused, dns, tls, connect_timeout, read_timeout, pool_timeout, timeout, protocol, disconnected, truncated,
too_large, redirects, local, other.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from httptui.engines.error_words import (
    CURL_CODE,
    CURL_CODES,
    ERRNOS,
    FIRM,
    HANDSHAKE_TIMEOUTS,
    LOOSE,
    MESSAGES,
    RUST_ERRNO,
    WEAK,
)

TIMEOUTS = frozenset({"connect_timeout", "read_timeout", "pool_timeout", "timeout"})
LONGEST_CHAIN = 50
LONGEST_MESSAGE = 500


def classify(exc: BaseException) -> str:
    """The kind of an error: the outermost exception that tells it firmly decides, or else the outermost that hints.

    Below one that hints at a time-out, only a closer kind of time-out counts.
    """
    chain = list(_chain(exc))
    if any(words in _text(error) for error in chain for words in HANDSHAKE_TIMEOUTS):
        return "connect_timeout"
    hint = ""
    for error in chain:
        kind = _by_message(error) or _firmly(error)
        if kind and (hint != "timeout" or is_timeout(kind)):
            return kind
        hint = hint or _loosely(error)
    if not hint and any(WEAK.intersection(_names(error)) for error in chain):
        return "disconnected"
    return hint or "other"


def is_timeout(kind: str) -> bool:
    """Whether a kind counts as a time-out."""
    return kind in TIMEOUTS


def message_of(exc: BaseException) -> str:
    """The first message of the chain on one line, or the name of the class where there is none; not made safe."""
    # A cancellation below a time-out only says how the loop ended the wait.
    told = (error for error in _chain(exc) if type(error).__name__ != "CancelledError")
    texts = (" ".join(_text(error).split()) for error in told)
    return next((text for text in texts if text), type(exc).__name__)[:LONGEST_MESSAGE]


def _chain(exc: BaseException) -> Iterator[BaseException]:
    """The exception and all it was caused by, holds or groups, outermost first."""
    queue = deque([exc])
    seen: set[int] = set()
    while queue and len(seen) < LONGEST_CHAIN:
        error = queue.popleft()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        context = None if error.__suppress_context__ else error.__context__
        inner = [error.__cause__ or context, getattr(error, "reason", None), *error.args]
        if isinstance(error, BaseExceptionGroup):
            inner += error.exceptions
        queue.extend(item for item in inner if isinstance(item, BaseException))


def _firmly(error: BaseException) -> str | None:
    if _hides_its_cause(error):
        return None
    for name in _names(error):
        if name in FIRM:
            return FIRM[name]
        if name in LOOSE and name != "TimeoutError":
            break
    return _by_errno(error)


def _loosely(error: BaseException) -> str:
    if _hides_its_cause(error):
        return ""
    return next((LOOSE[name] for name in _names(error) if name in LOOSE), "")


def _names(error: BaseException) -> Iterator[str]:
    return (kind.__name__ for kind in type(error).__mro__)


def _hides_its_cause(error: BaseException) -> bool:
    """httpx-aiohttp turns nearly every aiohttp error into httpx's ConnectTimeout."""
    cause = error.__cause__
    return type(error).__name__ == "ConnectTimeout" and type(cause).__module__.startswith("aiohttp")


def _by_errno(error: BaseException) -> str | None:
    """By the number an OSError carries, or by those that asyncio lists in the message of a joint one."""
    names = set(_names(error))
    if "OSError" not in names or "SSLError" in names:
        return None
    number = getattr(error, "errno", None)
    if number is not None:
        return ERRNOS.get(number)
    told = (ERRNOS.get(int(digits)) for digits in re.findall(r"\[Errno (\d{1,5})\]", _text(error)))
    return next((kind for kind in told if kind), None)


def _by_message(error: BaseException) -> str | None:
    text = _text(error)
    told = next((kind for words, kind in MESSAGES if words in text), None)
    if told is None and (code := CURL_CODE.search(text)):
        return CURL_CODES.get(int(code[1]))
    if told is None and (number := RUST_ERRNO.search(text)):
        return ERRNOS.get(int(number[1] or number[2]))
    return told


def _text(error: BaseException) -> str:
    try:
        first, details = error.args if len(error.args) == 2 else (None, None)
        if type(error).__module__ == "pycurl":
            return f"curl: ({first}) {details}"
        if isinstance(details, dict) and isinstance(details.get("causes"), list):
            return ": ".join([str(first), *(str(cause["message"]) for cause in details["causes"])])
        return str(error)
    except Exception:  # noqa: BLE001 - a third-party class may fail in its own __str__
        return ""
