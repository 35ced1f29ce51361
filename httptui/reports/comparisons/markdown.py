"""A comparison in Markdown, fit for the summary of a CI job or a comment."""

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
from httptui.reports.exports.escape import escaped
from httptui.reports.exports.pipe_table import pipe_table


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
