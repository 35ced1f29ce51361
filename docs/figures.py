"""Writes the reference of figures, figures.md beside this file: `python -m docs.figures`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from httptui.figures import FIGURES, Figure

FILE = Path(__file__).with_name("figures.md")
HEAD = """# The figures

What is measured of a contender, and its name in each place: in an expectation (`--expect`), in CSV and in
Bencher's format. A threshold (`httptui report compare -t`) is about its change from one run, or one sweep, to
another, under the same name as in an expectation. The page is written by `python -m docs.figures` from the
declarations in `httptui/figures.py`.

A percentile that fewer than 30 requests were slower than, and a CPU time beside which more than a tenth of all was
the tool's own, is rough: `~`. One that lies among requests without an answer is a lower bound: `>`, or `∞` among
requests that were never sent. [How true the figures are](truth.md).
"""
HEADINGS = ("figure", "means", "unit", "better", "`--expect`", "threshold", "CSV", "Bencher")


def page() -> str:
    """The whole page."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *map(tuple, map(cells, FIGURES))]
    return "\n".join([HEAD, *(f"| {' | '.join(row)} |" for row in rows), ""])


def cells(figure: Figure) -> Iterator[str]:
    """A figure's row."""
    yield figure.heading if figure.column else figure.titled(is_open=False)
    yield meaning_of(figure)
    yield figure.unit.name
    yield figure.better
    yield _code(figure.name if figure.expected else "")
    yield "of runs and sweeps" if figure.compared and figure.swept else "of runs" if figure.compared else ""
    yield _code(figure.csv)
    yield _code(figure.bmf)


def meaning_of(figure: Figure) -> str:
    """What it is, as exactly as it is told anywhere."""
    if figure.times is not None:
        return f"{figure.help.partition(';')[0]}; {figure.meaning}"
    return figure.meaning or figure.help


def _code(name: str) -> str:
    return f"`{name}`" if name else ""


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
