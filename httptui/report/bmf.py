"""A report in the Bencher Metric Format: {benchmark: {measure: {"value", "lower_value", "upper_value"}}}.

Source: https://bencher.dev/docs/reference/bencher-metric-format.  A benchmark is a contender's label; `throughput` is
Bencher's own measure (operations per second), the others have their unit in their name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from httptui.figures import FIGURES, Figure
from httptui.report.cells import id_of, label_of
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Labelled
from httptui.statistics import condense, estimate

Metric = dict[str, float]
Measures = Mapping[str, Metric]
MEASURES = {figure.bmf: figure for figure in FIGURES if figure.bmf}
"""Every figure that is a measure, by the measure's name."""


def to_bmf(report: Report) -> bytes:
    """Indented JSON.  Contenders that did not finish are left out, and so are measures that are not known."""
    names = names_of(report.contenders)
    return written(
        {
            names[contender.id]: _measures(contender)
            for contender in report.contenders
            if contender.state != "dnf"
        }
    )


def names_of(contenders: Sequence[Labelled]) -> dict[str, str]:
    """A name for each contender that stays the same from run to run: its label, and its letter where two share it."""
    labels = [label_of(contender) for contender in contenders]
    return {
        contender.id: label if label and labels.count(label) == 1 else f"{label} ({id_of(contender)})".strip()
        for contender, label in zip(contenders, labels, strict=True)
    }


def written(benchmarks: Mapping[str, Measures]) -> bytes:
    """The format, of each benchmark's measures."""
    return msgspec.json.format(msgspec.json.encode(benchmarks), indent=2) + b"\n"


def _measures(contender: ReportContender) -> dict[str, Metric]:
    return {
        name: _metric(value, _in_slices(figure, contender))
        for name, figure in MEASURES.items()
        if (value := figure.of(contender)) is not None
    }


def _in_slices(figure: Figure, contender: ReportContender) -> list[float]:
    """The figure in each slice that has it; none where no slice has."""
    if figure.of_slice is None:
        return []
    return [value for piece in contender.slices if (value := figure.of_slice(piece)) is not None]


def _metric(value: float, blocks: Sequence[float]) -> Metric:
    """The figure, with its 95 % interval over the blocks where they are enough for one, made to hold the figure."""
    if not blocks or min(blocks) <= 0:
        return {"value": value}
    _, low, high = estimate(condense([math.log(block) for block in blocks]))
    if low is None or high is None:
        return {"value": value}
    return {
        "value": value,
        "lower_value": min(math.exp(low), value),
        "upper_value": max(math.exp(high), value),
    }
