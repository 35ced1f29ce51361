"""A constructed case, and checks that hold what a run said against the truth that is known of it."""

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
"""By so much a ratio's interval may miss the truth: the truth is a mean that the server measured."""

ODD = "X-Client: odd"
"""What marks the requests of the odd client."""


class NoReportError(Exception):
    """A run without a report was asked for a part of it."""


@dataclass(frozen=True)
class Told:
    """What one run said: exit code, report (None without one), the text on stderr, and what the service saw."""

    exit_code: int
    report: Mapping[str, Any] | None
    text: str
    counts: Counts | None

    @property
    def verdict(self) -> str:
        """The kind of its verdict, "" without a report."""
        return "" if self.report is None else str(self.report["verdict"]["kind"]).replace("-", " ")

    def contender(self, letter: str) -> Mapping[str, Any]:
        """One contender of the report; NoReportError where the run left none."""
        if self.report is None:
            raise NoReportError
        return next(one for one in self.report["contenders"] if one["id"] == letter)

    def everything(self) -> str:
        """All words that a reader could find: the report's and those on stderr."""
        return self.text + json.dumps(self.report, ensure_ascii=False)


@dataclass(frozen=True)
class Finding:
    """One check's grade, and why where it is not right."""

    grade: Grade
    why: str = ""


RIGHT = Finding("right")
Check = Callable[[Told], Finding]


@dataclass(frozen=True)
class Case:
    """A run of the command whose truth is known.

    `flags` are those after `httptui run --url URL`; in them `{odd:NAME}` stands for a class of
    `benchmarks.odd_engines`.  Without a service the embedded target is requested; `path` is appended to the URL.
    With `burning`, other processes keep every core busy.  After `stop_after` seconds the run gets Ctrl-C.
    """

    name: str
    flags: str
    checks: tuple[Check, ...]
    service: Service | None = None
    path: str = ""
    burning: bool = False
    stop_after: float | None = None

    def arguments(self) -> list[str]:
        """The flags, one a word; quoted words may have spaces."""
        text = re.sub(r"\{odd:(\w+)\}", lambda found: engine(found[1]), self.flags)
        return [word.strip("'") for word in re.findall(r"'[^']*'|\S+", text)]


def graded(case: Case, told: Told) -> Finding:
    """The worst of a case's checks."""
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
    """One contender is the best in truth; `also` are kinds of verdict that are as true."""

    def check(told: Told) -> Finding:
        if told.verdict in also:
            return RIGHT
        if told.verdict == "winner":
            first = told.report["ranking"][0]["id"] if told.report else ""
            return RIGHT if first == letter else Finding("wrong", f"{first} wins instead of {letter}")
        return _nothing_claimed(told, f"{letter} is better")

    return check


def equal(*, also: Sequence[str] = ("capped",)) -> Check:
    """All contenders are equal in truth: none may win."""

    def check(told: Told) -> Finding:
        if told.verdict in ("tie", *also):
            return RIGHT
        if told.verdict == "winner":
            return Finding("wrong", f"equal, but: {_sentence(told)}")
        return _nothing_claimed(told, "equal")

    return check


def claims_nothing(*kinds: str) -> Check:
    """Nothing may be claimed; right is that one of these kinds says so, and "undecided" is unknown unless named."""

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
    """If a winner is told, the interval of `other`'s share of `best` holds the truth.

    The truth of a closed load is that of the times that the service held: `ODD` is then the other's.  The client's
    own time comes on top of both; it is what the mean latency of `best` has beyond the time held, so the truth lies
    between the ratio without it and the ratio with it.
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
    """The ratio of two held times, without and with the client's own time beside each."""
    assert told.counts is not None
    fast, slow = told.counts.held_ms[""], told.counts.held_ms[ODD]
    own = max(0.0, told.contender(best)["latency_ms"]["mean"] - fast)
    return fast / slow, (fast + own) / (slow + own)


def limited(letter: str, *kinds: str) -> Check:
    """What limits one contender; "unknown" is neither right nor wrong."""

    def check(told: Told) -> Finding:
        kind = told.contender(letter)["limiter"]["kind"]
        if kind in kinds:
            return RIGHT
        grade: Grade = "unknown" if kind == "unknown" else "wrong"
        return Finding(grade, f"{letter} is limited by {' or '.join(kinds)}, told: {kind}")

    return check


def never_limited(letter: str, *kinds: str) -> Check:
    """What certainly does not limit a contender."""

    def check(told: Told) -> Finding:
        kind = told.contender(letter)["limiter"]["kind"]
        return Finding("wrong", f"{letter} is not limited by {kind}") if kind in kinds else RIGHT

    return check


def exits(*codes: int) -> Check:
    """The exit code."""

    def check(told: Told) -> Finding:
        if told.exit_code in codes:
            return RIGHT
        return Finding("wrong", f"exit {told.exit_code} instead of {' or '.join(map(str, codes))}")

    return check


def says(pattern: str, meaning: str) -> Check:
    """A reader finds these words somewhere; without them the run hides something."""

    def check(told: Told) -> Finding:
        found = re.search(pattern, told.everything(), re.IGNORECASE | re.DOTALL)
        return RIGHT if found else Finding("wrong", f"says nothing of {meaning}")

    return check


def doubts(pattern: str, meaning: str) -> Check:
    """A flag, a warning or the verdict has these words."""

    def check(told: Told) -> Finding:
        report = told.report or {}
        told_here = [flag["kind"] + " " + flag["sentence"] for flag in report.get("flags", ())]
        words = " ".join([*told_here, *report.get("warnings", ()), _sentence(told)])
        found = re.search(pattern, words, re.IGNORECASE)
        return RIGHT if found else Finding("wrong", f"no flag or warning of {meaning}")

    return check


def unranked(letter: str) -> Check:
    """One contender is in no ranking."""

    def check(told: Told) -> Finding:
        report = told.report or {}
        for ranking in ("ranking", "cpu_ranking"):
            if any(place["id"] == letter for place in report.get(ranking, ())):
                return Finding("wrong", f"{letter} is in the {ranking.replace('_', ' ')}")
        return RIGHT

    return check


def not_cheapest(letter: str) -> Check:
    """One contender does not cost the least CPU per success, in truth."""

    def check(told: Told) -> Finding:
        places = (told.report or {}).get("cpu_ranking", ())
        first = places[0] if places else None
        settled = first is not None and first["rank_low"] == first["rank_high"]
        if first is not None and first["id"] == letter and settled:
            return Finding("wrong", f"{letter} is ranked cheapest")
        return RIGHT

    return check


def costs_the_same() -> Check:
    """No contender costs more CPU than another, in truth."""

    def check(told: Told) -> Finding:
        places = (told.report or {}).get("cpu_ranking", ())
        if any((place["rank_low"], place["rank_high"]) != (1, len(places)) for place in places):
            return Finding("wrong", "told apart by CPU per request")
        return RIGHT

    return check


def figure(letter: str, name: str, low: float, high: float) -> Check:
    """One figure of a contender lies in its true range; null is unknown."""

    def check(told: Told) -> Finding:
        value = told.contender(letter)[name]
        if value is None:
            return Finding("unknown", f"{name} of {letter} is not told")
        return RIGHT if low <= value <= high else Finding("wrong", f"{name} of {letter}: {value:.4g}")

    return check


def met(*, text: str = "") -> Check:
    """All expectations hold in truth."""

    def check(told: Told) -> Finding:
        results = _results(told, text)
        if all(result["met"] for result in results):
            return RIGHT
        return Finding("unknown", "not told to be met")

    return check


def missed(*, text: str = "") -> Check:
    """An expectation does not hold: it may not pass, and the exit code is 3."""

    def check(told: Told) -> Finding:
        results = _results(told, text)
        if not results or all(result["met"] for result in results):
            return Finding("wrong", f"passed: {'; '.join(result['sentence'] for result in results)}")
        return RIGHT if told.exit_code in (3, 4) else Finding("wrong", f"exit {told.exit_code}")

    return check


def left_open(*, text: str = "") -> Check:
    """Too little is known to say whether an expectation holds: neither met nor missed, and exit code 3."""

    def check(told: Told) -> Finding:
        results = _results(told, text)
        if not results or any(result["met"] or result.get("decided", True) for result in results):
            return Finding("wrong", f"decided: {'; '.join(result['sentence'] for result in results)}")
        return RIGHT if told.exit_code == 3 else Finding("wrong", f"exit {told.exit_code}")

    return check


def _results(told: Told, text: str) -> list[Mapping[str, Any]]:
    results = (told.report or {}).get("expectations", ())
    return [result for result in results if text in result["text"]]
