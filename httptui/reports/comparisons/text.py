"""A comparison in plain text, for a terminal of 80 columns or wider."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.reports.comparisons.comparison import Comparison, TwoSides
from httptui.reports.comparisons.verdict import verdict_of
from httptui.reports.comparisons.words import (
    difference_cells,
    has_control,
    held_against,
    method_of,
    missing_lines,
    threshold_lines,
    title_of,
    told_figures,
)
from httptui.reports.exports.table import Column, fitted, table_lines, wrapped

WIDTH = 80


def to_text(comparison: Comparison, width: int = WIDTH) -> str:
    """What is shown, all changes, what else changed, thresholds and notes, each line at most `width` cells."""
    parts = [
        wrapped(title_of(comparison), width, "  "),
        paragraph(verdict_of(comparison), width),
        _contenders(comparison, width),
        paragraph(missing_lines(comparison), width),
        changed_lines(comparison, width),
        paragraph(threshold_lines(comparison), width),
        paragraph([f"Note: {note}" for note in comparison.notes], width),
        paragraph(method_of(comparison), width),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _contenders(comparison: Comparison, width: int) -> list[str]:
    """One table for all, so that its columns stand below one another, with a line for each contender in between."""
    groups = [told_figures(contender) for contender in comparison.contenders]
    rows = [row for group in groups for row in group]
    if not rows:
        return []
    figures, before, after, change, against = zip(*rows, strict=True)
    columns = [
        Column("", [f"  {figure}" for figure in figures], "left"),
        Column("before", before),
        Column("after", after),
        Column("change", change, "left"),
    ]
    if has_control(comparison):
        columns.append(Column(fitted(held_against(comparison), 24), against, "left", keep=1))
    heading, *lines = table_lines(columns, width)
    told = [heading]
    for contender, group in zip(comparison.contenders, groups, strict=True):
        told += [fitted(contender.label, width), *lines[: len(group)]]
        lines = lines[len(group) :]
    return told


def changed_lines(comparison: TwoSides, width: int) -> list[str]:
    """What is not the same around the contenders, under its heading; nothing where all is."""
    rows = [difference_cells(difference) for difference in comparison.changed]
    return ["what changed", *(f"  {_line(row, width - 2)}" for row in rows)] if rows else []


def _line(row: Sequence[str], width: int) -> str:
    path, before, after = row
    return fitted(f"{path}: {before} → {after}", width)


def paragraph(sentences: Sequence[str], width: int) -> list[str]:
    """Sentences, each on lines of its own."""
    return [line for sentence in sentences for line in wrapped(sentence, width, "  ")]
