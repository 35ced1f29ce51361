"""Writes docs/results.md from the saved reports in docs/results: `python -m docs.results [--run [PRESET …]]`.

`--run` first runs the experiments of those presets, or all, at full size, and saves their reports.  What the articles
said is in docs/experiments.toml; every figure of ours comes out of a report.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import psutil

from docs.sentences import COMPUTED
from httptui.plan.expectations import expectation_of
from httptui.plan.io import decode_plan
from httptui.plan.model import Plan
from httptui.report.cells import CAPTION as UPSTREAM_CAPTION
from httptui.report.cells import HEADINGS as UPSTREAM_HEADINGS
from httptui.report.cells import (
    connections_of,
    failures_of,
    in_order,
    label_of,
    load_of,
    lookups_of,
    round_seconds,
    upstream_rows,
)
from httptui.report.render_markdown import escaped, pipe_table
from httptui.results.expected import judged
from httptui.results.judge.ranking import rank_text
from httptui.results.report import Report, ReportContender
from httptui.results.scaling_laws import predicted_text
from httptui.sweeps.judging import analysed, verdict_of
from httptui.sweeps.report import SweepReport, SweepVerdict, read_either
from httptui.units import UNKNOWN, format_count, format_ms, format_rate, format_ratio, format_times, format_us

FOLDER: Final = Path(__file__).parent
EXPERIMENTS: Final = FOLDER / "experiments.toml"
REPORTS: Final = FOLDER / "results"
PAGE: Final = FOLDER / "results.md"
ARTICLE: Final = "article"
HEAD: Final = """# Three published comparisons, repeated

Each part is one preset at full size, run with `httptui run NAME`, with the article's words and figures beside ours.
Ratios are relative to the leader, with 95 % intervals over paired blocks; a rank such as 2–3 is open. Requests per
second cover whole turns; the ratios exclude the starts of turns ([statistics](statistics.md)).

`python -m docs.results` writes this page from the reports in `docs/results/`; with `--run` it runs all presets again.
The articles ran on other machines, against other servers: compare the order and the ratios. Every sentence about the
figures is computed from the report or checked against it, and says so if the report contradicts it.
"""
BUSY_PER_CORE: Final = 0.5
"""A load average before the run, for each core, above which its figures are not those of a quiet machine."""
QUIET_PER_CORE: Final = 0.2
LONGEST_WAIT: Final = 240.0
"""So quiet, a load average for each core, or after so many seconds, the next preset is run."""


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something an article says, and the clause of an expectation that would hold if it were so here."""

    says: str
    expect: str


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One preset and what its article said: `published` are its figures by the labels of our contenders, `wrong` is
    what was wrong with its method.  `computed` names sentences that are made of the report's figures (`COMPUTED`).
    """

    preset: str
    title: str
    article: str
    published: dict[str, str] = {}
    claims: tuple[Claim, ...] = ()
    wrong: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()


def experiments() -> tuple[Experiment, ...]:
    """Every experiment, in the page's order."""
    found = tomllib.loads(EXPERIMENTS.read_text(encoding="utf-8"))["experiment"]
    return msgspec.convert(found, tuple[Experiment, ...])


def report_of(experiment: Experiment) -> Report | SweepReport | None:
    """Its saved report, or None where there is none; what a sweep shows is judged as it would be today."""
    path = REPORTS / f"{experiment.preset}.json"
    report = read_either(path) if path.exists() else None
    if not isinstance(report, SweepReport):
        return report
    plan = msgspec.convert(report.plan, Plan)
    analysis = analysed(plan, report.points)
    verdict = SweepVerdict(verdict_of(plan, report.points, analysis))
    return msgspec.structs.replace(report, analysis=analysis, verdict=verdict)


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for experiment in experiments():
        parts += section(experiment, report_of(experiment))
    return "\n".join(parts)


def section(experiment: Experiment, report: Report | SweepReport | None) -> Iterator[str]:
    """One experiment: the article, our verdict and table, its claims held against them, and what was wrong."""
    yield f"## {experiment.title}\n\n`httptui run {experiment.preset}`. {experiment.article}\n"
    if report is None:
        yield "Not run yet.\n"
    elif isinstance(report, SweepReport):
        yield f"**{escaped(report.verdict.sentence)}**\n"
        yield sweep_table(report) + "\n"
        if report.analysis.crossovers:
            yield crossover_table(report)
    else:
        yield f"**{escaped(report.verdict.sentence)}**\n\n{escaped(load_of(report))}.\n"
        yield run_table(experiment, report) + "\n"
        if upstream := upstream_rows(report):
            yield upstream_table(upstream) + f"\n\n{UPSTREAM_CAPTION}\n"
        yield from claims_of(experiment, report)
    notes = [
        *experiment.wrong,
        *(COMPUTED[name](report) for name in experiment.computed if report is not None),
    ]
    if notes:
        yield ("\nNotes:\n" if not experiment.wrong else "\nErrors of the article:\n")
        yield from (f"- {line}" for line in notes)
    yield ""
    if report is not None:
        yield from surroundings_of(report)
        yield ""


def surroundings_of(report: Report | SweepReport) -> Iterator[str]:
    """When, where and with what it was run, and what its reader must know before believing it."""
    told = report.environment
    processor, system, python = told["cpu"], told["system"], told["python"]
    before, after = processor["load_average"][0], told.get("load_average_after")
    loads = (
        f"load average before {before:.2f}, after {after[0]:.2f}"
        if after
        else f"load average before {before:.2f}"
    )
    versions: dict[str, set[str]] = {}
    for one in report.contenders:
        for name, version in one.versions.items():
            if name != "python":
                versions.setdefault(name, set()).add(version)
    packages = ", ".join(f"{name} {' and '.join(sorted(found))}" for name, found in sorted(versions.items()))
    yield (
        f"Run on {report.started[:10]} at {report.started[11:16]} UTC, {report.seconds:.0f} s; "
        f"{processor['usable']} cores ({processor['model']}), {system['os']} {system['release']}, "
        f"{python['implementation']} {python['version']}, httptui {told['httptui']}; {loads}."
        + (f" Clients: {escaped(packages)}." if packages else "")
    )
    if before > BUSY_PER_CORE * (processor["usable"] or 1):
        yield (
            f"\n**The machine was busy before this run: load average {before:.2f} on {processor['usable']} cores. "
            "Its figures are not those of a quiet machine.**"
        )
    doubts = [flag.sentence for flag in report.flags] if isinstance(report, Report) else []
    doubts += report.warnings
    if doubts:
        yield "\nFlags: " + " · ".join(map(escaped, doubts)) + "."


def run_table(experiment: Experiment, report: Report) -> str:
    """The contenders, best first, with the article's figures where it has some, and seconds where requests bound the
    rounds.
    """
    contenders = in_order(report)
    places = {place.id: rank_text(place) for place in report.ranking}
    ratios = {
        place.id: format_ratio(place.ratio, place.ratio_low, place.ratio_high) for place in report.ranking
    }
    columns: list[tuple[str, Sequence[str]]] = [
        ("rank", [places.get(one.id, UNKNOWN) for one in contenders]),
        ("contender", [escaped(label_of(one)) for one in contenders]),
    ]
    if experiment.published:
        columns.append((ARTICLE, [experiment.published.get(one.label, UNKNOWN) for one in contenders]))
    if any(round_seconds(report, one) for one in contenders):
        columns.append(("seconds, mean", [mean_seconds(report, one) for one in contenders]))
    columns += [
        ("req/s", [format_rate(one.req_per_s) for one in contenders]),
        ("of the leader", [ratios.get(one.id, UNKNOWN) for one in contenders]),
        ("p50", [UNKNOWN if one.latency_ms is None else format_ms(one.latency_ms.p50) for one in contenders]),
        ("CPU/req", [format_us(one.cpu_us_per_request) for one in contenders]),
        ("conns/req", [connections_of(one) for one in contenders]),
        *(
            [("lookups/req", list(map(lookups_of, contenders)))]
            if any(one.dns_lookups for one in contenders)
            else []
        ),
        ("HTTP", [one.http_version or UNKNOWN for one in contenders]),
        ("failed", [format_count(failures_of(one)) for one in contenders]),
        ("limited by", [one.limiter.kind for one in contenders]),
    ]
    return table_of(columns)


def mean_seconds(report: Report, contender: ReportContender) -> str:
    """Mean seconds of its rounds."""
    rounds = round_seconds(report, contender)
    return f"{sum(rounds) / len(rounds):.3f}" if rounds else UNKNOWN


def sweep_table(report: SweepReport) -> str:
    """A row for each level, or pair of levels, and each contender's req/s and CPU per request in it."""
    names = {one.id: escaped(one.label) for one in report.contenders}
    by_level: dict[tuple[float, ...], dict[str, str]] = {}
    for point in report.points:
        rate, cost = point.req_per_s, point.cpu_us_per_request
        told = (
            UNKNOWN
            if rate is None
            else f"{format_rate(rate.value)} · {format_us(cost.value if cost else None)}"
        )
        by_level.setdefault(tuple(point.levels), {})[point.contender] = told
    levels = list(by_level)
    columns: list[tuple[str, Sequence[str]]] = [
        (axis.path, [f"{level[number]:g}" for level in levels]) for number, axis in enumerate(report.axes)
    ]
    columns += [
        (f"{name}: req/s · CPU/req", [by_level[level].get(key, UNKNOWN) for level in levels])
        for key, name in names.items()
    ]
    return table_of(columns)


def crossover_table(report: SweepReport) -> str:
    """Where latency drowns the difference of each pair: measured, as the model predicts, and one over the other."""
    names = {one.id: escaped(one.label) for one in report.contenders}
    pairs = report.analysis.crossovers
    found = [pair.found for pair in pairs]
    return table_of(
        [
            ("contender", [f"{names[pair.faster]} and {names[pair.slower]}" for pair in pairs]),
            ("differ by less than", [f"{one.delta * 100:g} %" for one in found]),
            ("above", [format_ms(one.measured_ms, one.low_ms, one.high_ms) for one in found]),
            ("predicted", [predicted_text(one) for one in found]),
            (
                "above/predicted",
                [
                    f"{one.measured_ms / one.predicted_ms:.2f}"
                    if one.measured_ms and one.predicted_ms
                    else UNKNOWN
                    for one in found
                ],
            ),
            (
                "CPU still differs",
                [format_times(pair.cpu_ratio) if pair.cpu_ratio else UNKNOWN for pair in pairs],
            ),
        ]
    )


def upstream_table(rows: Sequence[tuple[ReportContender, tuple[str, ...]]]) -> str:
    """What clients inside an app did upstream."""
    cells = zip(*(cells for _, cells in rows), strict=True)
    names = [escaped(label_of(contender)) for contender, _ in rows]
    return table_of([("contender", names), *zip(UPSTREAM_HEADINGS, cells, strict=True)])


def table_of(columns: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Columns as a table of Markdown; what is words stands left."""
    headings = [(name, "---" if name in {"contender", "limited by"} else "--:") for name, _ in columns]
    return pipe_table(headings, list(zip(*(cells for _, cells in columns), strict=True)))


def claims_of(experiment: Experiment, report: Report) -> Iterator[str]:
    """Each claim of the article, and whether it holds in the report."""
    plan = decode_plan(report.plan)
    for claim in experiment.claims:
        results = judged(report, (expectation_of(claim.expect, plan),))
        held = "holds here" if all(result.met for result in results) else "does not hold here"
        yield f"- “{claim.says}” {held} ({escaped('; '.join(result.sentence for result in results))})."


def run_all(presets: Sequence[str]) -> None:
    """Run the presets as a user would, each once the machine is quiet, and save their reports."""
    REPORTS.mkdir(exist_ok=True)
    for preset in presets:
        wait_for_quiet()
        file = str(REPORTS / f"{preset}.json")
        subprocess.run([sys.executable, "-m", "httptui", "run", preset, "--json", file], check=True)


def wait_for_quiet() -> None:
    """Let the load of the run before die away; the report tells what is left of it."""
    quiet, end = QUIET_PER_CORE * (os.cpu_count() or 1), time.monotonic() + LONGEST_WAIT
    while psutil.getloadavg()[0] > quiet and time.monotonic() < end:
        time.sleep(1)


def main() -> None:
    """Run what is asked for, and write the page."""
    known = [experiment.preset for experiment in experiments()]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", nargs="*", metavar="PRESET", choices=known, default=None)
    given = parser.parse_args()
    if given.run is not None:
        run_all(given.run or known)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
