"""The core's sentences, told with this screen's keys in place of the command's flags."""

from __future__ import annotations

import re

FLAG_FOR_SETTLING = re.compile(r"\(--schedule interleaved[^)]*\)")


def by_key(text: str) -> str:
    """The sentence with the key that settles an order."""
    return FLAG_FOR_SETTLING.sub("(key i)", text)
