"""A comparison in plain text, for a terminal of 80 columns or wider, and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.compare.comparison import Comparison, TwoSides
from httptui.compare.words import (
    difference_cells,
    has_control,
    held_against,
    method_of,
    missing_lines,
    threshold_lines,
    title_of,
    told_figures,
    verdict_of,
)
from httptui.report.markdown import escaped, pipe_table
from httptui.report.text import Column, fitted, table_lines, wrapped

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


def to_markdown(comparison: Comparison) -> str:
    """Thresholds first, then what is shown, the changes of each contender, notes, and what else changed."""
    missing = [*missing_lines(comparison), *comparison.notes]
    parts = [
        "# httptui: two runs compared",
        escaped(title_of(comparison)),
        bullets(threshold_lines(comparison)),
        "\n\n".join(f"**{escaped(sentence)}**" for sentence in verdict_of(comparison)),
        _changes(comparison),
        bullets([f"⚠ {note}" for note in missing]),
        "\n\n".join(escaped(sentence) for sentence in method_of(comparison)),
        changed_table(comparison),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _changes(comparison: Comparison) -> str:
    against = has_control(comparison)
    headings = [
        ("contender", "---"),
        ("figure", "---"),
        ("before", "--:"),
        ("after", "--:"),
        ("change", "--:"),
    ]
    if against:
        headings.append((escaped(held_against(comparison)), "--:"))
    rows = [
        (escaped(contender.label, 200), *(escaped(cell) for cell in row[: 5 if against else 4]))
        for contender in comparison.contenders
        for row in told_figures(contender)
    ]
    return pipe_table(headings, rows) if rows else ""


def changed_table(comparison: TwoSides) -> str:
    """What is not the same around the contenders, under its heading; nothing where all is."""
    rows = [[escaped(cell) for cell in difference_cells(difference)] for difference in comparison.changed]
    if not rows:
        return ""
    headings = (("what", "---"), ("before", "---"), ("after", "---"))
    return f"## What changed\n\n{pipe_table(headings, rows)}"


def bullets(sentences: Sequence[str]) -> str:
    """Sentences as a list."""
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences)
