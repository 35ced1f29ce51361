"""How far a panel scrolls so that the rows of what is chosen are seen."""

from __future__ import annotations

from typing import Any

from httptui.tui.panels.panel import PanelOf


def reveal_rows(panel: PanelOf[Any], first: int, last: int) -> None:
    """Scroll no further than it takes to see the rows from `first` to `last`, counted below the fixed ones; where
    there is no room for all of them, to the first.
    """
    room = panel.scrollable_content_region.height - panel.fixed_rows
    at = round(panel.scroll_offset.y)
    if first < at or last - first >= room:
        panel.scroll_to(y=first, animate=False)
    elif last >= at + room:
        panel.scroll_to(y=last - room + 1, animate=False)
