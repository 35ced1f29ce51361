"""What screens that only show something have in common: a way back, and the help."""

from __future__ import annotations

from textual.screen import Screen

from httptui.tui.screens.help import HelpScreen


class OnlyShown(Screen[None]):
    """A screen over another one, to which it gives nothing back."""

    def action_back(self) -> None:
        """Give the screen back to all panels, or go back to the screen below."""
        if self.maximized is not None:
            self.minimize()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())
