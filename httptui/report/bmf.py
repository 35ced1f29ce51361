"""A report in the Bencher Metric Format: {benchmark: {measure: {"value", "lower_value", "upper_value"}}}.

Source: https://bencher.dev/docs/reference/bencher-metric-format.  A benchmark is a contender's label; `throughput` is
Bencher's own measure (operations per second), the others have their unit in their name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from httptui.report.cells import id_of, label_of
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Labelled
from httptui.statistics import condense, estimate

Metric = dict[str, float]
Measures = Mapping[str, Metric]
THROUGHPUT, P50, P99, COST = "throughput", "latency-p50-ms", "latency-p99-ms", "cpu-us-per-request"


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
    rates = [rate for piece in contender.slices if (rate := piece.req_per_s) is not None]
    measures = {THROUGHPUT: _metric(contender.req_per_s, rates)}
    if contender.latency_ms is not None:
        measures[P50] = {"value": contender.latency_ms.p50}
        measures[P99] = {"value": contender.latency_ms.p99}
    if contender.cpu_us_per_request is not None:
        measures[COST] = _metric(contender.cpu_us_per_request, _costs(contender))
    return measures


def _costs(contender: ReportContender) -> list[float]:
    """CPU microseconds per success in each slice that had any."""
    return [cost for piece in contender.slices if (cost := piece.cpu_us_per_request) is not None]


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
