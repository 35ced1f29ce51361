"""Pictures of the screen as SVG that ask for nothing when they are opened.

Reason: Textual writes into each picture where a viewer may fetch its fonts from.  Unneeded once `export_screenshot`
can leave them out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

_FONTS = re.compile(r"\s*@font-face\s*\{[^}]*\}")


def picture_of(app: App[Any], title: str = "httptui") -> str:
    """The screen of an app as it is."""
    return without_fonts(app.export_screenshot(title=title))


def without_fonts(svg: str) -> str:
    """A picture without the fonts that the toolkit would have a viewer fetch from elsewhere: it is drawn in the
    viewer's own.
    """
    return _FONTS.sub("", svg)
