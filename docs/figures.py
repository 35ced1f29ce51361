"""Writes the reference of figures, figures.md beside this file: `python -m docs.figures`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from httptui.figures import FIGURES, Figure

FILE = Path(__file__).with_name("figures.md")
HEAD = """# The figures

Every figure of a contender, with its name in expectations (`--expect`), in CSV and in Bencher's format. A threshold
(`httptui report compare -t`) limits the change of a figure between two runs or two sweeps, and uses the name of the
expectation. `python -m docs.figures` writes this page from the declarations in `httptui/figures.py`.

`~` marks an uncertain figure: a percentile with fewer than 30 slower requests, or a CPU time of which more than a
tenth was the tool's own. `>` marks a lower bound: a figure among requests without an answer; among requests that
were never sent it is `∞`. See also the [accuracy of the tool](truth.md).
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
