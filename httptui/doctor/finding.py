"""What is concluded of an engine: one finding a check."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from msgspec import Struct, structs

from httptui.doctor.catalogue import NAMES
from httptui.plans.shortcomings import DOCUMENTED

Outcome = Literal["pass", "known", "FAIL", "–"]


class Finding(Struct, frozen=True):
    """One check's result: `passed` is None where the check does not apply; `said` tells what was seen.

    `remark`: why a check that passed did so as an exception.  `figure`: what was counted, where that is the point.
    """

    check: str
    passed: bool | None
    said: str
    remark: str = ""
    figure: int | None = None

    @property
    def outcome(self) -> Outcome:
        """The result in one word."""
        if self.passed is None:
            return "–"
        if not self.passed:
            return "FAIL"
        return "known" if self.remark else "pass"


class Examination(Struct, frozen=True, kw_only=True):
    """One engine's findings, in the order of the catalogue."""

    engine: str
    package: str
    version: str | None
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return all(finding.passed is not False for finding in self.findings)

    def finding(self, check: str) -> Finding:
        """The finding of one check; KeyError where there is no such check."""
        found = {finding.check: finding for finding in self.findings}
        return found[check]


def met(check: str, said: str, remark: str = "") -> Finding:
    """A check that passed."""
    return Finding(check, passed=True, said=said, remark=remark)


def missed(check: str, said: str) -> Finding:
    """A check that failed."""
    return Finding(check, passed=False, said=said)


def whole(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for every check of the catalogue, in its order; those not looked at do not apply."""
    by_name = {finding.check: finding for finding in found}
    return tuple(by_name.get(name, Finding(name, None, "not looked at")) for name in NAMES)


def excused(engine: str, finding: Finding, accepted: Collection[str] = ()) -> Finding:
    """A failed finding as passed, where it is a documented exception of that engine or accepted by the user."""
    if finding.passed is not False:
        return finding
    reason = DOCUMENTED.get((engine, finding.check), "")
    if not reason and finding.check in accepted:
        reason = "accepted by --accept"
    return structs.replace(finding, passed=True, remark=reason) if reason else finding
