"""One contender's latencies over time, on its own page."""

from __future__ import annotations

from httptui.tui.panels.heatmap import HeatmapPanel
from httptui.tui.panels.view import View


class OwnHeatmapPanel(HeatmapPanel):
    """The picture, without the words that tell whose it is and how to come to another one."""

    def title(self, view: View) -> str:
        return f"{'Response time' if view.is_open else 'Latency'} over time"

    def note(self, view: View) -> str:
        """Nothing."""
        return ""
