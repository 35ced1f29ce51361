"""What the history shows of each saved report: its two lines in the list, and all of it beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual.content import Content

from httptui.report.saved import BrokenReport, Listed, SavedReport, SavedSweep
from httptui.safe_text import safe_text
from httptui.tui.forms.preset_text import when_text
from httptui.tui.panels.words import by_key
from httptui.tui.theme import badge_of
from httptui.units import format_rate, plural

MUTED = "$text-muted"
BROKEN = "bold $text-error"
KINDS = {
    "winner": "$text-success",
    "tie": "$text-warning",
    "undecided": "$text-warning",
    "capped": "$text-warning",
    "invalid": "$text-error",
    "not comparable": "$text-error",
    "sweep": "$accent",
}
MARKED, NOT_MARKED = "✓ ", "  "
NOT_COMPLETE = "not complete"


def matching(reports: Sequence[Listed], words: str) -> tuple[Listed, ...]:
    """The reports that hold every word somewhere in what is listed of them, in any case."""
    wanted = words.lower().split()
    return tuple(report for report in reports if all(word in _haystack(report) for word in wanted))


def when_of(report: Listed, now: datetime) -> str:
    """When its run began, in the time zone of `now`."""
    return when_text(report.at.astimezone(now.tzinfo), now)


def leader_of(report: SavedReport | SavedSweep) -> str:
    """The best contender with its requests per second: "A aiohttp · shared 15 511 req/s"."""
    first = report.contenders[0] if report.contenders else None
    if first is None or not first.req_per_s:
        return "no requests succeeded"
    return f"{first.id} {first.label} {format_rate(first.req_per_s)} req/s"


def kind_of(report: SavedReport | SavedSweep) -> str:
    """How a run ended, or that it is a sweep."""
    return "sweep" if isinstance(report, SavedSweep) else report.kind


def option(report: Listed, now: datetime, *, marked: bool) -> Content:
    """When, what and how it ended; then what was asked, of how many, and who leads."""
    mark = Content.styled(MARKED if marked else NOT_MARKED, "bold $accent")
    when = Content.styled(f"{when_of(report, now)}  ", MUTED)
    if isinstance(report, BrokenReport):
        name = Content.styled(safe_text(report.path.name), BROKEN)
        return Content.assemble(mark, when, name, "\n    ", Content.styled("cannot be read", MUTED))
    kind = kind_of(report)
    ended: list[tuple[str, str]] = [(kind, KINDS[kind])]
    ended += [] if report.complete else [(NOT_COMPLETE, "$text-warning")]
    words = Content(" · ").join([Content.styled(*part) for part in ended])
    count = plural(len(report.contenders), "contender")
    told = f"{report.axes} · " if isinstance(report, SavedSweep) else f"{leader_of(report)} · "
    below = f"{told}{count} · {report.target}"
    return Content.assemble(
        mark, when, Content.styled(report.name, "bold"), "  ", words, "\n    ", Content.styled(below, MUTED)
    )


def title(report: Listed | None, now: datetime) -> Content:
    """What stands above the details."""
    if report is None:
        return Content("")
    name = safe_text(report.path.name) if isinstance(report, BrokenReport) else report.name
    return Content(f"{name} · {when_of(report, now)}")


def detail(report: Listed | None, empty: str, keys: Mapping[str, str]) -> Content:
    """All that the list knows of a report, `empty` where there is none; with the run screen's `keys`."""
    if report is None:
        return Content(empty)
    file = _fact("file", safe_text(report.path.name))
    if isinstance(report, BrokenReport):
        return Content("\n").join(
            [
                Content.styled("This file cannot be read.", BROKEN),
                Content(""),
                Content(f"▲ {report.problem}"),
                file,
            ]
        )
    whole, upto = ("the whole sweep", "up to ") if isinstance(report, SavedSweep) else ("the whole run", "")
    ended = whole if report.complete else "cut short, or saved while it was on"
    lines = [Content(clause) for clause in by_key(report.sentence, keys).split("; ")]
    lines += [
        Content(""),
        *(_contender(one.id, one.label, one.req_per_s, one.state, upto) for one in report.contenders),
    ]
    lines += [
        Content(""),
        _fact("target", report.target),
        *([_fact("levels", report.axes)] if isinstance(report, SavedSweep) else []),
        _fact("lasted", f"{report.seconds:.1f} s, {ended}"),
    ]
    if isinstance(report, SavedReport) and report.flags:
        lines.append(_fact("flags", plural(report.flags, "flag")))
    return Content("\n").join([*lines, file])


def _contender(letter: str, label: str, req_per_s: float, state: str, upto: str) -> Content:
    figure = "dnf" if state == "dnf" else f"{upto}{format_rate(req_per_s)} req/s"
    return Content.assemble((f" {letter} ", badge_of(letter)), f"  {label}  ", Content.styled(figure, "bold"))


def _fact(name: str, value: str) -> Content:
    return Content.assemble((f"{name:8}", MUTED), Content(value))


def _haystack(report: Listed) -> str:
    texts = [report.path.name]
    if isinstance(report, BrokenReport):
        texts += ["cannot be read", report.problem]
    else:
        texts += [report.name, report.target, kind_of(report), report.sentence, f"{report.at:%Y-%m-%d}"]
        texts += [report.axes] if isinstance(report, SavedSweep) else []
        texts += [one.label for one in report.contenders]
        texts += [] if report.complete else [NOT_COMPLETE]
    return " ".join(texts).lower()
