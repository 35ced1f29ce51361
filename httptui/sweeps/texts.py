"""A sweep's report in plain text, for a terminal of 80 columns or wider, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from httptui.report.cells import LONGEST, environment_of, name_of, plan_text, request_of
from httptui.report.markdown import code, escaped, fenced, folded, pipe_table
from httptui.report.text import GAP, Column, cells_of, fitted, table_lines, wrapped
from httptui.safe_text import safe_text
from httptui.sweeps.report import SweepReport
from httptui.sweeps.tables import Table, curves_in_blocks, level_text, named, path_of, tables_of
from httptui.units import plural

WIDTH = 80
COLUMNS_A_TABLE = 5


def to_text(report: SweepReport, width: int = WIDTH) -> str:
    """Contenders with their curves, a table for each figure, the verdict and warnings, each line at most `width`
    cells (80 or more).
    """
    heading = " · ".join(
        (name_of(report), request_of(report), axes_of(report), plural(report.blocks, "block"))
    )
    lines = [*wrapped(heading, width, "  "), "", *_contenders(report, width)]
    for table in tables_of(report):
        lines += ["", *table_text(table, width)]
    lines += ["", *wrapped(safe_text(report.verdict.sentence, LONGEST), width)]
    others = [one.sentence for one in report.analysis.crossovers[1:]]
    lines += _paragraph(others, width)
    if not report.complete:
        lines += ["", "This sweep was not complete."]
    return "\n".join([*lines, *_paragraph(list(remarks_of(report)), width)]) + "\n"


def axes_of(report: SweepReport) -> str:
    """The axes in words: "sweep of pool 1 … 32 and concurrency 8 … 64"."""
    told = [
        f"{path_of(axis)} {' … '.join(dict.fromkeys(map(level_text, (min(axis.levels), max(axis.levels)))))}"
        for axis in report.axes
        if axis.levels
    ]
    return f"sweep of {' and '.join(told)}"


def remarks_of(report: SweepReport) -> Iterator[str]:
    """What a reader must know besides, a line for each note."""
    return (f"{kind}: {sentence}" for kind, sentence in notes_of(report))


def notes_of(report: SweepReport) -> Iterator[tuple[str, str]]:
    """Contenders that were lost, warnings, and what went wrong: which of these, and what it was."""
    for one, (letter, _label) in zip(report.contenders, named(report), strict=True):
        if one.cause:
            yield f"{letter} did not finish everywhere", one.cause
    yield from (("Warning", warning) for warning in report.warnings)
    yield from (("Error", event.text) for event in report.events if event.level == "error")


def _contenders(report: SweepReport, width: int) -> list[str]:
    curves = curves_in_blocks(report)
    lines = []
    for one, (letter, label) in zip(report.contenders, named(report), strict=True):
        curve = curves.get(one.id, "")
        lines.append(f"{letter}  {curve}{'  ' if curve else ''}{label}")
    return [fitted(line, width) for line in lines]


def table_text(table: Table, width: int) -> list[str]:
    """The table under its title, in pieces of some columns, the first of which stands in all of them."""
    lines = [fitted(table.title, width)]
    columns = [Column(heading, [row[at] for row in table.rows]) for at, heading in enumerate(table.headings)]
    for piece in _pieces(columns, width - 2):
        lines += [f"  {line}" for line in table_lines([columns[0], *piece], width - 2)]
    return lines


def _pieces(columns: Sequence[Column], width: int) -> Iterator[list[Column]]:
    """Neighbouring columns, as many as there is room for beside the first, and five at most."""
    first, *widths = (max(map(cells_of, (column.heading, *column.cells))) + len(GAP) for column in columns)
    piece: list[Column] = []
    taken = first
    for column, needed in zip(columns[1:], widths, strict=True):
        if piece and (len(piece) == COLUMNS_A_TABLE or taken + needed - len(GAP) > width):
            yield piece
            piece, taken = [], first
        piece.append(column)
        taken += needed
    if piece:
        yield piece


def _paragraph(sentences: Sequence[str], width: int) -> list[str]:
    """An empty line and each sentence on lines of its own, or nothing."""
    lines = [""] if sentences else []
    for sentence in sentences:
        lines += wrapped(safe_text(sentence, LONGEST), width, "  ")
    return lines


METHOD = (
    "In every block each level is visited once, in an order drawn anew, and there each contender has a short turn "
    "alone, in a process started for it. Figures are Hodges–Lehmann centres over the blocks; ± is half of their "
    "exact signed-rank 95 % interval. Requests per second count successes only. The wait for the pool is by "
    "Little's law: requests in flight beyond the pool's connections, divided by throughput."
)


def to_markdown(report: SweepReport) -> str:
    """Verdict, warnings, contenders and tables; the rest folded, the environment last."""
    parts = [f"# httptui: {escaped(name_of(report))}", f"**{escaped(report.verdict.sentence)}**"]
    if not report.complete:
        parts.append("This sweep was not complete.")
    if remarks := list(remarks_of(report)):
        parts.append("\n".join(f"- ⚠ {escaped(remark)}" for remark in remarks))
    if others := report.analysis.crossovers[1:]:
        parts.append("\n".join(f"- {escaped(one.sentence)}" for one in others))
    parts.append(
        " · ".join((code(request_of(report)), escaped(axes_of(report)), plural(report.blocks, "block")))
    )
    parts += [_contenders_in_markdown(report), *(pipes_of(table) for table in tables_of(report))]
    rows = [tuple(escaped(cell) for cell in row) for row in environment_of(report)]
    parts += [
        folded("How to read it", METHOD),
        folded("Plan", fenced(*plan_text(report))),
        folded("Environment", pipe_table((("of", "---"), ("what", "---"), ("value", "---")), rows)),
    ]
    return "\n\n".join(parts) + "\n"


def _contenders_in_markdown(report: SweepReport) -> str:
    curves = curves_in_blocks(report)
    rows = [
        (escaped(letter), escaped(label, 200), curves.get(one.id, ""))
        for one, (letter, label) in zip(report.contenders, named(report), strict=True)
    ]
    return pipe_table((("", "---"), ("contender", "---"), ("req/s, log scale", "---")), rows)


def pipes_of(table: Table) -> str:
    """A table under its title."""
    headings = [(escaped(heading), "--:") for heading in table.headings]
    rows = [[escaped(cell) for cell in row] for row in table.rows]
    return f"**{escaped(table.title)}**\n\n{pipe_table(headings, rows)}"
