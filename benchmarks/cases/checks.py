"""A constructed case, and checks that compare a run's claims with its known truth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.odd_engines import engine
from benchmarks.services import Counts, Service

Grade = Literal["right", "unknown", "wrong"]
TOLERANCE = 0.005
"""Distance by which a ratio's interval may miss the truth, which is a mean measured by the server."""

ODD = "X-Client: odd"
"""Header that marks the requests of the odd client."""


class NoReportError(Exception):
    """A run without a report was asked for a part of it."""


@dataclass(frozen=True)
class Told:
    """Output of one run: exit code, report (None without one), text on stderr, and the counts of the service."""

    exit_code: int
    report: Mapping[str, Any] | None
    text: str
    counts: Counts | None

    @property
    def verdict(self) -> str:
        """Kind of its verdict, "" without a report."""
        return "" if self.report is None else str(self.report["verdict"]["kind"]).replace("-", " ")

    def contender(self, letter: str) -> Mapping[str, Any]:
        """Return one contender of the report; NoReportError without a report."""
        if self.report is None:
            raise NoReportError
        return next(one for one in self.report["contenders"] if one["id"] == letter)

    def everything(self) -> str:
        """Return all words that a reader could find, in the report and on stderr."""
        return self.text + json.dumps(self.report, ensure_ascii=False)


@dataclass(frozen=True)
class Finding:
    """Grade of one check, and the reason if it is not right."""

    grade: Grade
    why: str = ""


RIGHT = Finding("right")
Check = Callable[[Told], Finding]


@dataclass(frozen=True)
class Case:
    """A run of the command whose truth is known.

    `flags` follow `httptui run --url URL`; in them `{odd:NAME}` stands for a class of `benchmarks.odd_engines`.
    Without a service, the embedded target is requested; `path` is appended to the URL. With `burning`, other
    processes keep every core busy. After `stop_after` seconds the run gets Ctrl-C.
    """

    name: str
    flags: str
    checks: tuple[Check, ...]
    service: Service | None = None
    path: str = ""
    burning: bool = False
    stop_after: float | None = None

    def arguments(self) -> list[str]:
        """Split the flags into words; quoted words may contain spaces."""
        text = re.sub(r"\{odd:(\w+)\}", lambda found: engine(found[1]), self.flags)
        return [word.strip("'") for word in re.findall(r"'[^']*'|\S+", text)]


def graded(case: Case, told: Told) -> Finding:
    """Return the worst of a case's findings."""
    if told.report is None and told.exit_code not in (2, 4, 5):
        return Finding("wrong", f"no report, exit {told.exit_code}: {told.text[-200:]}")
    try:
        found = [check(told) for check in case.checks]
    except NoReportError:
        return Finding("unknown", f"no report, exit {told.exit_code}: {told.text[-200:]}")
    for grade in ("wrong", "unknown"):
        bad = [finding.why for finding in found if finding.grade == grade]
        if bad:
            return Finding(grade, "; ".join(bad))
    return RIGHT


def wins(letter: str, *, also: Sequence[str] = ()) -> Check:
    """Check that one contender, truly the best, wins; `also` are other true kinds of verdict."""

    def check(told: Told) -> Finding:
        if told.verdict in also:
            return RIGHT
        if told.verdict == "winner":
            first = told.report["ranking"][0]["id"] if told.report else ""
            return RIGHT if first == letter else Finding("wrong", f"{first} wins instead of {letter}")
        return _nothing_claimed(told, f"{letter} is better")

    return check


def equal(*, also: Sequence[str] = ("capped",)) -> Check:
    """Check that none wins, as all contenders are truly equal."""

    def check(told: Told) -> Finding:
        if told.verdict in ("tie", *also):
            return RIGHT
        if told.verdict == "winner":
            return Finding("wrong", f"equal, but: {_sentence(told)}")
        return _nothing_claimed(told, "equal")

    return check


def claims_nothing(*kinds: str) -> Check:
    """Check that nothing is claimed; one of these kinds is right, and "undecided" is unknown unless listed."""

    def check(told: Told) -> Finding:
        if told.verdict in (kinds or ("not comparable",)):
            return RIGHT
        return _nothing_claimed(told, " or ".join(kinds) or "not comparable")

    return check


def _nothing_claimed(told: Told, truth: str) -> Finding:
    claimed = told.verdict in ("winner", "tie", "capped", "")
    return Finding("wrong" if claimed else "unknown", f"{truth}, told: {told.verdict}: {_sentence(told)}")


def _sentence(told: Told) -> str:
    return str(told.report["verdict"]["sentence"])[:160] if told.report else told.text[-160:]


def ratio(best: str, other: str, truth: float | None = None) -> Check:
    """Check that, if there is a winner, the interval of `other`'s share of `best` covers the truth.

    The truth of a closed load is the ratio of the times for which the service held answers, `ODD` being the other's.
    The client's own time adds to both; it is the excess of `best`'s mean latency over its held time, so the truth
    lies between the ratio without it and the ratio with it.
    """

    def check(told: Told) -> Finding:
        if told.verdict != "winner" or told.report is None:
            return RIGHT
        truths = (truth,) if truth is not None else _of_times(told, best)
        place = next((place for place in told.report["ranking"] if place["id"] == other), None)
        if place is None or place["ratio_low"] is None:
            return Finding("unknown", "no interval")
        low, high = place["ratio_low"], place["ratio_high"]
        if low * (1 - TOLERANCE) <= max(truths) and min(truths) <= high * (1 + TOLERANCE):
            return RIGHT
        true = "–".join(f"{one:.3f}" for one in truths)
        return Finding("wrong", f"{other} is at {true} of {best}, told {low:.3f}–{high:.3f}")

    return check


def _of_times(told: Told, best: str) -> tuple[float, float]:
    """Return the ratio of two held times, without and with the client's own time."""
    assert told.counts is not None
    fast, slow = told.counts.held_ms[""], told.counts.held_ms[ODD]
    own = max(0.0, told.contender(best)["latency_ms"]["mean"] - fast)
    return fast / slow, (fast + own) / (slow + own)


def limited(letter: str, *kinds: str) -> Check:
    """Check the limiter of one contender; "unknown" is neither right nor wrong."""

    def check(told: Told) -> Finding:
        kind = told.contender(letter)["limiter"]["kind"]
        if kind in kinds:
            return RIGHT
        grade: Grade = "unknown" if kind == "unknown" else "wrong"
        return Finding(grade, f"{letter} is limited by {' or '.join(kinds)}, told: {kind}")

    return check


def never_limited(letter: str, *kinds: str) -> Check:
    """Check that a contender is not limited by what certainly does not limit it."""

    def check(told: Told) -> Finding:
        kind = told.contender(letter)["limiter"]["kind"]
        return Finding("wrong", f"{letter} is not limited by {kind}") if kind in kinds else RIGHT

    return check


def exits(*codes: int) -> Check:
    """Check the exit code."""

    def check(told: Told) -> Finding:
        if told.exit_code in codes:
            return RIGHT
        return Finding("wrong", f"exit {told.exit_code} instead of {' or '.join(map(str, codes))}")

    return check


def says(pattern: str, meaning: str) -> Check:
    """Check that a reader finds these words somewhere; otherwise the run hides something."""

    def check(told: Told) -> Finding:
        found = re.search(pattern, told.everything(), re.IGNORECASE | re.DOTALL)
        return RIGHT if found else Finding("wrong", f"says nothing of {meaning}")

    return check


def doubts(pattern: str, meaning: str) -> Check:
    """Check that a flag, a warning or the verdict has these words."""

    def check(told: Told) -> Finding:
        report = told.report or {}
        told_here = [flag["kind"] + " " + flag["sentence"] for flag in report.get("flags", ())]
        words = " ".join([*told_here, *report.get("warnings", ()), _sentence(told)])
        found = re.search(pattern, words, re.IGNORECASE)
        return RIGHT if found else Finding("wrong", f"no flag or warning of {meaning}")

    return check


def unranked(letter: str) -> Check:
    """Check that one contender is in no ranking."""

    def check(told: Told) -> Finding:
        report = told.report or {}
        for ranking in ("ranking", "cpu_ranking"):
            if any(place["id"] == letter for place in report.get(ranking, ())):
                return Finding("wrong", f"{letter} is in the {ranking.replace('_', ' ')}")
        return RIGHT

    return check


def not_cheapest(letter: str) -> Check:
    """Check that one contender, truly not the cheapest, is not ranked so."""

    def check(told: Told) -> Finding:
        places = (told.report or {}).get("cpu_ranking", ())
        first = places[0] if places else None
        settled = first is not None and first["rank_low"] == first["rank_high"]
        if first is not None and first["id"] == letter and settled:
            return Finding("wrong", f"{letter} is ranked cheapest")
        return RIGHT

    return check


def costs_the_same() -> Check:
    """Check that no contender is ranked cheaper, as all truly cost the same CPU."""

    def check(told: Told) -> Finding:
        places = (told.report or {}).get("cpu_ranking", ())
        if any((place["rank_low"], place["rank_high"]) != (1, len(places)) for place in places):
            return Finding("wrong", "told apart by CPU per request")
        return RIGHT

    return check


def figure(letter: str, name: str, low: float, high: float) -> Check:
    """Check that one figure of a contender lies in its true range; null is unknown."""

    def check(told: Told) -> Finding:
        value = told.contender(letter)[name]
        if value is None:
            return Finding("unknown", f"{name} of {letter} is not told")
        return RIGHT if low <= value <= high else Finding("wrong", f"{name} of {letter}: {value:.4g}")

    return check


def met(*, text: str = "") -> Check:
    """Check that all expectations, which truly hold, are met."""

    def check(told: Told) -> Finding:
        results = _results(told, text)
        if all(result["met"] for result in results):
            return RIGHT
        return Finding("unknown", "not told to be met")

    return check


def missed(*, text: str = "") -> Check:
    """Check that a false expectation does not pass, and that the exit code is 3."""

    def check(told: Told) -> Finding:
        results = _results(told, text)
        if not results or all(result["met"] for result in results):
            return Finding("wrong", f"passed: {'; '.join(result['sentence'] for result in results)}")
        return RIGHT if told.exit_code in (3, 4) else Finding("wrong", f"exit {told.exit_code}")

    return check


def left_open(*, text: str = "") -> Check:
    """Check that an expectation with too little data is neither met nor missed, with exit code 3."""

    def check(told: Told) -> Finding:
        results = _results(told, text)
        if not results or any(result["met"] or result.get("decided", True) for result in results):
            return Finding("wrong", f"decided: {'; '.join(result['sentence'] for result in results)}")
        return RIGHT if told.exit_code == 3 else Finding("wrong", f"exit {told.exit_code}")

    return check


def _results(told: Told, text: str) -> list[Mapping[str, Any]]:
    results = (told.report or {}).get("expectations", ())
    return [result for result in results if text in result["text"]]
