"""A report or comparison of any kind as text, Markdown and HTML."""

from __future__ import annotations

from httptui.compare.comparison import Comparison, SweepComparison
from httptui.compare.document import comparison_document, sweep_comparison_document
from httptui.report.document import Document
from httptui.report.render_html import render_html
from httptui.report.render_markdown import render_markdown
from httptui.report.render_text import WIDTH, render_text
from httptui.results.report import Report
from httptui.sweeps.document import document_of
from httptui.sweeps.report import SweepReport

Result = Report | SweepReport | Comparison | SweepComparison


def document(of: Result) -> Document:
    if isinstance(of, Comparison):
        return comparison_document(of)
    return sweep_comparison_document(of) if isinstance(of, SweepComparison) else document_of(of)


def to_text(of: Result, width: int = WIDTH) -> str:
    return render_text(document(of), width)


def to_markdown(of: Result) -> str:
    return render_markdown(document(of))


def to_html(of: Result) -> str:
    return render_html(document(of))
