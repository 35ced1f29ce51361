"""The core's sentences, told with this screen's keys in place of the command's flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from httptui.results.snapshot import ContenderView

FLAG_FOR_SETTLING = re.compile(r"\(--schedule interleaved[^)]*\)")


def by_key(text: str, keys: Mapping[str, str]) -> str:
    """The sentence with the key that settles an order, where it is among a screen's `keys`."""
    if "settle" not in keys:
        return text
    return FLAG_FOR_SETTLING.sub(lambda _: f"(key {keys['settle']})", text)


def has_failed(contender: ContenderView) -> bool:
    """Whether any of its requests failed."""
    return bool(contender.requests.error + contender.requests.timeout)


def until_any(contenders: Iterable[ContenderView], usual: str, *, over: bool) -> str:
    """What stands in an empty chart of latencies: that no request succeeded, where any failed."""
    if not any(map(has_failed, contenders)):
        return usual
    return "no request succeeded" if over else "no request has succeeded yet"


def up_and_down(keys: Mapping[str, str]) -> str:
    """The keys that choose another contender."""
    return f"{keys['point(-1)']} {keys['point(1)']}"
