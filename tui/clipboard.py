"""What is copied of a report, and whether the terminal is likely to pass it on to the clipboard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from httptui.report.render_markdown import BREAK, render_markdown
from httptui.report.run_document import run_document
from httptui.report.store import report_stem
from httptui.results.report import Report
from httptui.tui.saving import save_text

RESULTS = f"{BREAK}## Results{BREAK}"
TERMS_WITHOUT_CLIPBOARD = ("linux", "vt100", "vt220", "dumb")


def copy_text(report: Report) -> str:
    """Verdict, what must be known first, and the results, as Markdown: the report's beginning."""
    before, heading, after = render_markdown(run_document(report)).partition(RESULTS)
    return f"{before}{heading}{after.partition(BREAK)[0]}\n"


def why_no_clipboard(environ: Mapping[str, str]) -> str:
    """Why what is sent by OSC 52 may not arrive, in a few words; empty where nothing is known against it."""
    if environ.get("TMUX"):
        return "tmux passes it on only with set-clipboard on"
    if environ.get("STY"):
        return "GNU screen may not pass it on"
    if environ.get("TERM_PROGRAM") == "Apple_Terminal" or environ.get("TERM", "") in TERMS_WITHOUT_CLIPBOARD:
        return "this terminal has no clipboard for programs"
    if environ.get("VTE_VERSION"):
        return "this terminal may keep programs from the clipboard"
    return ""


def save_copy(report: Report, text: str, out: Path | None) -> Path:
    """Write it into the reports folder, or `out`; OSError or HttptuiError where it cannot be."""
    return save_text(text, f"{report_stem(report)}-verdict", ".md", out)
