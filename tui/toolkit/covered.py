"""Screens that an opaque one covers, and that are not to be drawn.

Reason: Textual counts the screen right below the uppermost one as visible however opaque that is
(`App._background_screens`), and paints all that changes on it.  Unneeded once it looks at the background of the
uppermost screen, too.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def is_seen(screen: Screen[Any]) -> bool:
    """Whether a screen is the uppermost one, or shines through that."""
    top = screen.app.screen
    return top is screen or top.styles.background.a < 1
