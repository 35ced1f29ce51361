"""The result of a self-test, judged from the reports of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from httptui.reports.report import Report
from httptui.selftest.figures import Compared, Comparison, compared
from httptui.selftest.plans import SHARE
from httptui.selftest.words import effect_sentence, last_sentence, same_sentence

SCHEMA: Final = "httptui.selftest/1"


class SelfTest(Struct, frozen=True, kw_only=True):
    """`same` are the runs of one client against itself, `effect` that against the client with `share` more CPU time
    per request.  A precision says how far apart equals could be by the widest of `same`: 0.03 is 3 %, None unknown.
    """

    schema: Literal["httptui.selftest/1"] = SCHEMA
    trusted: bool
    sentences: tuple[str, ...]
    precision_req_per_s: float | None
    precision_cpu_per_request: float | None
    share: float
    same: tuple[Compared, ...]
    effect: Compared
    environment: dict[str, Any]


def judge(same: Sequence[Report], effect: Report) -> SelfTest:
    """Judge by one run or more of one client against itself, and one against the client with the fault.

    A difference between equals counts where every run of them shows one, because one alone is chance in one run of
    twenty.  Not to find the fault by req/s is no fault of the machine's: they are several times less steady.
    NothingFinishedError where a run has no figures.
    """
    twins, faulty = tuple(map(compared, same)), compared(effect)
    rate = _widest([twin.req_per_s for twin in twins])
    cpu = _widest([twin.cpu_per_request for twin in twins])
    reasons = tuple(_reasons(twins, faulty, known=None not in (rate, cpu)))
    last = last_sentence(trusted=not reasons, reasons=reasons, precision_rate=rate, precision_cpu=cpu)
    return SelfTest(
        trusted=not reasons,
        sentences=(same_sentence(twins), effect_sentence(faulty, SHARE), last),
        precision_req_per_s=rate,
        precision_cpu_per_request=cpu,
        share=SHARE,
        same=twins,
        effect=faulty,
        environment=effect.environment,
    )


def _widest(figures: Sequence[Comparison]) -> float | None:
    reaches = [figure.reach for figure in figures]
    known = [reach for reach in reaches if reach is not None]
    return max(known) if len(known) == len(reaches) else None


def _reasons(twins: Sequence[Compared], faulty: Compared, *, known: bool) -> Iterator[str]:
    if all(twin.parted for twin in twins):
        yield "it tells equals apart"
    if not known:
        yield "the time was too short for an interval"
    if "second" in (faulty.req_per_s.better, faulty.cpu_per_request.better):
        yield "it takes the worse of two for the better"
    elif faulty.cpu_per_request.better is None:
        yield f"it is too unsteady to show {SHARE * 100:g} % more CPU per request"
