"""The core's sentences, told with this screen's keys in place of the command's flags."""

from __future__ import annotations

import re
from collections.abc import Mapping

FLAG_FOR_SETTLING = re.compile(r"\(--schedule interleaved[^)]*\)")


def by_key(text: str, keys: Mapping[str, str]) -> str:
    """The sentence with the key that settles an order, where it is among a screen's `keys`."""
    if "settle" not in keys:
        return text
    return FLAG_FOR_SETTLING.sub(lambda _: f"(key {keys['settle']})", text)


def up_and_down(keys: Mapping[str, str]) -> str:
    """The keys that choose another contender."""
    return f"{keys['point(-1)']} {keys['point(1)']}"
