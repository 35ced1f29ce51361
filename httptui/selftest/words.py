"""A self-test's result in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.selftest.figures import Compared, Comparison
from httptui.units import listed

Figure = tuple[str, Comparison]


def same_sentence(runs: Sequence[Compared]) -> str:
    """What the runs of one client against itself showed."""
    told = "; then ".join(_of_equals(run) for run in runs)
    chance = "; one false difference in twenty runs is chance" if runs[0].parted else ""
    return f"One client against itself: {told}{chance}."


def effect_sentence(run: Compared, share: float) -> str:
    """What the run against the client with the fault showed."""
    extra = f"The client with {share * 100:g} % more CPU per request"
    cpu, rate = ("CPU per request", run.cpu_per_request), ("req/s", run.req_per_s)
    reversed_by = [name for name, figure in (cpu, rate) if figure.better == "second"]
    found_by = [name for name, figure in (cpu, rate) if figure.better == "first"]
    missed_by = [name for name, figure in (cpu, rate) if figure.better is None]
    words = [
        f"called the better one by {listed(reversed_by)}, which is false" if reversed_by else "",
        f"found by {listed(found_by)}" if found_by else "",
        f"not found by {listed(missed_by)}" if missed_by else "",
    ]
    return f"{extra}: {', '.join(word for word in words if word)} ({_figures(run)})."


def last_sentence(
    *, trusted: bool, reasons: Sequence[str], precision_rate: float | None, precision_cpu: float | None
) -> str:
    """Whether the machine can be trusted, and how finely it tells clients apart, or why not."""
    if not trusted:
        return f"This machine cannot be trusted today: {listed(reasons)}."
    return (
        f"This machine can be trusted today, to ± {_percent(precision_rate)} in req/s "
        f"and ± {_percent(precision_cpu)} in CPU per request."
    )


def _of_equals(run: Compared) -> str:
    false = [name for name, figure in _named(run) if figure.better is not None]
    what = (
        f"a difference by {listed(false)}, where there is none" if false else "no difference, as it should be"
    )
    return f"{what} ({_figures(run)})"


def _named(run: Compared) -> tuple[Figure, Figure]:
    return ("req/s", run.req_per_s), ("CPU per request", run.cpu_per_request)


def _figures(run: Compared) -> str:
    return ", ".join(f"{name} {_interval(figure)}" for name, figure in _named(run))


def _interval(figure: Comparison) -> str:
    point = _percent(figure.ratio)
    if figure.low is None or figure.high is None:
        return point
    return f"{point} [{figure.low * 100:.1f}–{figure.high * 100:.1f}]"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"
