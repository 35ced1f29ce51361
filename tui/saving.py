"""Saved files and copied text: a report as JSON, Markdown and HTML, the screen as SVG, a script, a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from httptui.errors import HttptuiError
from httptui.report.formats import RUN_FORMS, saved_forms
from httptui.report.render_markdown import BREAK, render_markdown
from httptui.report.run_document import run_document
from httptui.report.store import report_stem, reports_folder, save_together
from httptui.results.report import Report
from httptui.safe_text import safe_text
from httptui.sweeps.document import SWEEP_FORMATS
from httptui.sweeps.report import SweepReport


def save_report(report: Report | SweepReport, out: Path | None, svg: str | None = None) -> tuple[Path, ...]:
    """Write the files of a report, and the picture if there is one, into the reports folder (or `out`) and return
    their paths; OSError or HttptuiError where one cannot be written, which costs the others nothing.
    """
    forms = (
        saved_forms(report, SWEEP_FORMATS)
        if isinstance(report, SweepReport)
        else saved_forms(report, RUN_FORMS)
    )
    picture = {} if svg is None else {".svg": svg.encode}
    return _together(reports_folder(out), report_stem(report), {**forms, **picture})


def save_text(text: str, stem: str, ending: str, out: Path | None) -> Path:
    """Write one text into the reports folder, or `out`; return its path, or raise as above."""
    (path,) = _together(reports_folder(out), stem, {ending: text.encode})
    return path


def _together(folder: Path, stem: str, forms: Mapping[str, Callable[[], bytes]]) -> tuple[Path, ...]:
    saved = save_together(folder, stem, forms)
    if saved.problems:
        kept = f"; saved {', '.join(map(str, saved.paths))}" if saved.paths else ""
        raise HttptuiError(safe_text(f"{'; '.join(saved.problems)}{kept}", 1_000))
    return saved.paths


RESULTS = f"{BREAK}## Results{BREAK}"
TERMS_WITHOUT_CLIPBOARD = ("linux", "vt100", "vt220", "dumb")


def copy_text(report: Report) -> str:
    """Return the beginning of a report as Markdown: verdict, caveats and results."""
    before, heading, after = render_markdown(run_document(report)).partition(RESULTS)
    return f"{before}{heading}{after.partition(BREAK)[0]}\n"


def why_no_clipboard(environ: Mapping[str, str]) -> str:
    """Return why the clipboard may not receive text sent by OSC 52; empty where nothing is known against it."""
    if environ.get("TMUX"):
        return "tmux passes it on only with set-clipboard on"
    if environ.get("STY"):
        return "GNU screen may not pass it on"
    if environ.get("TERM_PROGRAM") == "Apple_Terminal" or environ.get("TERM", "") in TERMS_WITHOUT_CLIPBOARD:
        return "this terminal has no clipboard for programs"
    if environ.get("VTE_VERSION"):
        return "this terminal may keep programs from the clipboard"
    return ""
