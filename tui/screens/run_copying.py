"""Taking the verdict along: into the clipboard, and into a file where the terminal may not pass it on."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from httptui.errors import HttptuiError
from httptui.tui.screens.run_control import RunControl


class RunCopying(RunControl):
    """What `y` does; `out` is where a file would go."""

    _out: Path | None = None

    async def action_copy(self) -> None:
        """Copy verdict and ranking as Markdown."""
        from httptui.tui.clipboard import copy_text, save_copy, why_no_clipboard

        report = self.report_so_far()
        if report is None:
            self._tell("Nothing to copy yet; a run comes first.")
            return
        text, to_file = copy_text(report), self._settings.clipboard == "file"
        doubt = "" if to_file else why_no_clipboard(os.environ)
        if not to_file:
            self.app.copy_to_clipboard(text)
        if not to_file and not doubt:
            self._tell("Verdict and ranking, as Markdown.", "Copied")
            return
        try:
            path = await asyncio.to_thread(save_copy, report, text, self._out)
        except (OSError, HttptuiError) as error:
            self._tell(str(error), "Not copied", error=True)
            return
        told = f"{doubt}; a copy is in\n{path}" if doubt else str(path)
        self._tell(told, "Copied" if doubt else "Written", long=True)
