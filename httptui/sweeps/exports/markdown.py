"""A sweep's report in Markdown, fit for the summary of a CI job: verdict and req/s first, all that is long folded."""

from __future__ import annotations

from httptui.reports.exports.environment import environment_of
from httptui.reports.exports.escape import code, escaped, fenced
from httptui.reports.exports.markdown import folded
from httptui.reports.exports.pipe_table import pipe_table
from httptui.reports.exports.results import name_of, plan_text, request_of
from httptui.sweeps.exports.chart import curves_in_blocks
from httptui.sweeps.exports.tables import Table, named, tables_of
from httptui.sweeps.exports.text import axes_of, remarks_of
from httptui.sweeps.report import SweepReport
from httptui.units import plural

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
    parts += [_contenders(report), *(pipes_of(table) for table in tables_of(report))]
    rows = [tuple(escaped(cell) for cell in row) for row in environment_of(report)]
    parts += [
        folded("How to read it", METHOD),
        folded("Plan", fenced(*plan_text(report))),
        folded("Environment", pipe_table((("of", "---"), ("what", "---"), ("value", "---")), rows)),
    ]
    return "\n\n".join(parts) + "\n"


def _contenders(report: SweepReport) -> str:
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
