"""A comparison of two sweeps in plain text, for a terminal of 80 columns or wider, and in Markdown."""

from __future__ import annotations

from httptui.compare.comparison import SweepComparison
from httptui.compare.sweep_tables import method_of, missing_of, other_tables, throughput_tables
from httptui.compare.sweep_thresholds import threshold_lines
from httptui.compare.texts import bullets, changed_lines, changed_table, paragraph
from httptui.compare.words import title_of
from httptui.report.markdown import escaped, folded
from httptui.report.text import Column, fitted, table_lines, wrapped
from httptui.sweeps.tables import Table
from httptui.sweeps.texts import pipes_of, table_text

WIDTH = 80
WIDEST_HEADING = 18


def to_text(comparison: SweepComparison, width: int = WIDTH) -> str:
    """What is shown in a sentence for each contender, the changes at each level, what else changed, thresholds and
    notes, each line at most `width` cells.
    """
    parts = [
        wrapped(title_of(comparison), width, "  "),
        paragraph([claim.sentence for claim in comparison.claims], width),
        *(_throughput(table, width) for table in throughput_tables(comparison)),
        *(table_text(table, width) for table in other_tables(comparison)),
        paragraph(missing_of(comparison), width),
        changed_lines(comparison, width),
        paragraph(threshold_lines(comparison), width),
        paragraph([f"Note: {note}" for note in comparison.notes], width),
        paragraph(method_of(comparison), width),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _throughput(table: Table, width: int) -> list[str]:
    """The table of one contender, in which the change against the control gives way where there is no room."""
    columns = [[row[at] for row in table.rows] for at in range(len(table.headings))]
    level, before, after, *changes = (
        Column(fitted(heading, WIDEST_HEADING), cells)
        for heading, cells in zip(table.headings, columns, strict=True)
    )
    told = [column._replace(align="left", keep=keep) for keep, column in enumerate(changes)]
    lines = table_lines([level, before, after, *told], width - 2)
    return [fitted(table.title, width), *(f"  {line}" for line in lines)]


def to_markdown(comparison: SweepComparison) -> str:
    """Thresholds first, then what is shown of each contender, changes of throughput, notes, and what else changed;
    the other figures' changes are folded.
    """
    others = "\n\n".join(map(pipes_of, other_tables(comparison)))
    parts = [
        "# httptui: two sweeps compared",
        escaped(title_of(comparison)),
        bullets(threshold_lines(comparison)),
        bullets([claim.sentence for claim in comparison.claims]),
        *map(pipes_of, throughput_tables(comparison)),
        folded("Changes of the other figures", others) if others else "",
        bullets([f"⚠ {note}" for note in (*missing_of(comparison), *comparison.notes)]),
        "\n\n".join(escaped(sentence) for sentence in method_of(comparison)),
        changed_table(comparison),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
