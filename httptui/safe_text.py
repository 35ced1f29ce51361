"""Sanitising of every text that a server, a file or a library may have written, before it is shown or kept."""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: control characters that terminals obey.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # Invisible fillers and marks.
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"  # Zero-width, bidi, separators.
    "\ud800-\udfff"  # Lone surrogates, which no encoder accepts.
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # Invisible musical controls, tags and selectors.
    "]"
)


def in_place(text: str) -> str:
    """Replace the same characters without cutting the text, so that the others keep their place; tabs stay."""
    return text if _UNSAFE.search(text) is None else _UNSAFE.sub(_but_tabs, text)


def _but_tabs(match: re.Match[str]) -> str:
    return "\t" if match[0] == "\t" else REPLACEMENT


def safe_text(text: str, limit: int = 200) -> str:
    """Return the text on one line, with every control, bidi, zero-width and surrogate character replaced by U+FFFD.

    It has at most `limit` characters, including an ellipsis if it was cut. It may still contain brackets, so it must
    never be parsed as markup.
    """
    cleaned = _UNSAFE.sub(REPLACEMENT, text[: limit + 1])
    return cleaned if len(cleaned) <= limit else cleaned[: max(limit - 1, 0)] + "…"[:limit]
