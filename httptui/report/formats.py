"""The forms in which a report is one file.  A row of FORMATS yields the flag, whether reports are saved in that form,
and its line in docs/exports.md.

Commands read this before they do anything, so writers are imported when they write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from httptui.report.document import Document
    from httptui.results.report import Report

AnyReport = TypeVar("AnyReport")


@dataclass(frozen=True, kw_only=True)
class Format:
    """One form.  What is written as a document has it for sweeps and comparisons too; `of_run` is for runs only, and
    of anything is the JSON, which has neither.
    """

    ending: str
    flag: str
    """Help of the flag, in which {kind} is what is written: a report or a comparison."""
    docs: str
    of_document: Callable[[Document], str] | None = None
    of_run: Callable[[Report], bytes] | None = None
    is_saved: bool = False
    """True if the app and `--out` save it, and not only a flag of its own."""


def indented(value: object) -> bytes:
    """Encode a result as indented JSON with a line break at its end."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _html(document: Document) -> str:
    from httptui.report.render_html import render_html

    return render_html(document)


def _markdown(document: Document) -> str:
    from httptui.report.render_markdown import render_markdown

    return render_markdown(document)


def _csv(report: Report) -> bytes:
    from httptui.report.exports import to_csv

    return to_csv(report).encode()


def _bmf(report: Report) -> bytes:
    from httptui.report.exports import to_bmf

    return to_bmf(report)


FORMATS: Final[Mapping[str, Format]] = {
    "json": Format(
        ending=".json",
        flag="Write the {kind} as JSON; - is stdout.",
        docs="the whole report, of which every other form can be made",
        is_saved=True,
    ),
    "html": Format(
        ending=".html",
        flag="Write the {kind} as one HTML page; - is stdout.",
        docs="one page for people: verdict, rankings with intervals, tables, charts, what limits whom, the plan",
        of_document=_html,
        is_saved=True,
    ),
    "markdown": Format(
        ending=".md",
        flag="Write the {kind} as Markdown; - is stdout.",
        docs="a short form for the summary of a CI job, with long parts folded",
        of_document=_markdown,
        is_saved=True,
    ),
    "csv": Format(
        ending=".csv",
        flag="Write a row for each contender as CSV; - is stdout.",
        docs="a row for each contender, for spreadsheets",
        of_run=_csv,
    ),
    "bmf": Format(
        ending=".json",
        flag="Write the figures in Bencher's format; - is stdout.",
        docs="Bencher Metric Format, to follow the figures from commit to commit",
        of_run=_bmf,
    ),
}
SAVED: Final = {form.ending: name for name, form in FORMATS.items() if form.is_saved}


def forms_of(
    document_of: Callable[[Any], Document], own: Mapping[str, Callable[[Any], bytes]]
) -> dict[str, Callable[[Any], bytes]]:
    """Return the writer of each form that a kind of report has, by name: `own` has those of this kind alone."""
    forms: dict[str, Callable[[Any], bytes]] = {}
    for name, form in FORMATS.items():
        if name in own:
            forms[name] = own[name]
        elif form.of_document is not None:
            forms[name] = partial(_written, form.of_document, document_of)
        elif form.of_run is None:
            forms[name] = indented
    return forms


def _written(
    render: Callable[[Document], str], document_of: Callable[[Any], Document], report: object
) -> bytes:
    return render(document_of(report)).encode()


def _run_document(report: Report) -> Document:
    from httptui.report.run_document import run_document

    return run_document(report)


RUN_FORMS: Final = forms_of(
    _run_document, {name: form.of_run for name, form in FORMATS.items() if form.of_run is not None}
)


def saved_forms(
    report: AnyReport, forms: Mapping[str, Callable[[AnyReport], bytes]]
) -> dict[str, Callable[[], bytes]]:
    """Return the files that the reports folder gets of a run or a sweep: the writer of each, by its ending."""
    return {ending: partial(forms[name], report) for ending, name in SAVED.items()}
