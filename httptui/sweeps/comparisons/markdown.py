"""A comparison of two sweeps in Markdown, fit for the summary of a CI job or a comment."""

from __future__ import annotations

from httptui.reports.comparisons.markdown import bullets, changed_table
from httptui.reports.comparisons.words import title_of
from httptui.reports.exports.escape import escaped
from httptui.reports.exports.markdown import folded
from httptui.sweeps.comparisons.comparison import SweepComparison
from httptui.sweeps.comparisons.tables import method_of, missing_of, other_tables, throughput_tables
from httptui.sweeps.comparisons.thresholds import threshold_lines
from httptui.sweeps.exports.markdown import pipes_of


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
