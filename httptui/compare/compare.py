"""Compares the reports of two runs: a pure function of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from httptui.compare.comparison import Change, Comparison, ContenderChange, Difference, Side
from httptui.compare.ratios import changes_of_all, figures_of, margins_between
from httptui.plan.expectations import Named, who_is
from httptui.report.cells import epochs_of, failures_of, name_of
from httptui.report.saved import moment_of
from httptui.results.judge.blocks import Margins, largest_body, margins_of
from httptui.results.report import Recorded, Report, ReportContender
from httptui.results.snapshot import Labelled
from httptui.safe_text import safe_text
from httptui.units import format_count, listed

One = TypeVar("One", bound=Labelled)


@dataclass(frozen=True, slots=True)
class Matching(Generic[One]):
    """Contenders that both reports have, in the order of the later one, and those that only one has."""

    pairs: tuple[tuple[One, One], ...]
    only_before: tuple[One, ...]
    only_after: tuple[One, ...]

    def place_of(self, name: str) -> int:
        """Return the index of the pair with this later letter, label or engine; ValueError if there is none."""
        letters = [after.id for _, after in self.pairs]
        return letters.index(
            who_is(name, [Named(after.id, after.label, after.engine) for _, after in self.pairs]).id
        )


def match(before: Report, after: Report) -> Matching[ReportContender]:
    """Match the contenders of two runs."""

    def made_of(contender: ReportContender) -> object:
        return contender.engine, contender.reuse, contender.inside

    return matched(before.contenders, after.contenders, made_of)


def matched(before: Sequence[One], after: Sequence[One], made_of: Callable[[One], object]) -> Matching[One]:
    """Match by label, equal labels in their order; then by what they are made of (engine, reuse, the kind of app that
    they are inside of), where just one of each is left.
    """
    earlier, later = list(before), list(after)
    pairs = []
    for contender in after:
        if same := [one for one in earlier if one.label == contender.label]:
            pairs.append((same[0], contender))
            earlier.remove(same[0])
            later.remove(contender)
    for contender in tuple(later):
        like, rivals = (
            [one for one in others if made_of(one) == made_of(contender)] for others in (earlier, later)
        )
        if len(like) == len(rivals) == 1:
            pairs.append((like[0], contender))
            earlier.remove(like[0])
            later.remove(contender)
    pairs.sort(key=lambda pair: [one.id for one in after].index(pair[1].id))
    return Matching(tuple(pairs), tuple(earlier), tuple(later))


SAME_WORK = ("plan.target.", "plan.policy.", "plan.load.", "plan.schedule.")
SAME_MACHINE = ("environment.system.", "environment.cpu.", "environment.memory_bytes")
_UNTOLD = (
    "plan.contender",
    "plan.description",
    "plan.sweep",
    "environment.target.",
    "environment.watching.",
    "environment.cpu.load_average",
    "environment.load_average_after",
)
"""Contenders and levels are compared by themselves, not by place; counts and loads differ from run to run."""

Own = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""A contender's label, and what it is set to before and after."""


def differences_of(before: Recorded, after: Recorded, own: Sequence[Own]) -> tuple[Difference, ...]:
    """Every value that differs, by path: of the plan, of the environment, and of contenders that both have.

    A version that changed for the whole environment is not told again for each contender.
    """
    found = [*_between(*(_leaves_told(report.plan, "plan") for report in (before, after)))]
    found += _between(*(_leaves_told(report.environment, "environment") for report in (before, after)))
    known = {(_name(one.path), one.before, one.after) for one in found}
    for label, *sides in own:
        path = f"contender[{safe_text(label)}]"
        changed = _between(*(dict(_leaves(values, path)) for values in sides))
        found += [one for one in changed if (_name(one.path), one.before, one.after) not in known]
    return tuple(found)


def doubts_of(changed: Sequence[Difference], kind: str) -> Iterator[str]:
    """Warn of differences that make the changes doubtful; `kind` is "run" or "sweep"."""
    paths = [one.path for one in changed]
    if any(path.startswith(SAME_WORK) and path != "plan.schedule.seed" for path in paths):
        yield f"the two {kind}s did not do the same, see what changed in the plan"
    if any(path.startswith(SAME_MACHINE) for path in paths):
        yield (
            f"the two {kind}s were not on the same machine, so only what is held against a control tells anything"
        )


def _between(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield Difference(path=path, before=before.get(path), after=after.get(path))


def _leaves_told(values: Mapping[str, Any], name: str) -> dict[str, str]:
    return {path: text for path, text in _leaves(values, name) if not path.startswith(_UNTOLD)}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every value inside tables and lists by its path, as text; None is no value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{safe_text(str(key), 60)}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")
    elif value is not None:
        yield path, safe_text(str(value))


def _name(path: str) -> str:
    """Return the short name of a value of a contender."""
    return "python" if path == "environment.python.version" else path.rpartition(".")[2]


def compare(before: Report, after: Report, control: str | None = None) -> Comparison:
    """Compare two runs.

    Every contender is also held against a control, whose change cancels what the machine did: all the others that
    both reports have, or the one named by `control` (letter in the later report, label or engine).  ValueError where
    that is none of them.
    """
    found = match(before, after)
    chosen = None if control is None else found.place_of(control)
    own = [(later.label, _settings(earlier), _settings(later)) for earlier, later in found.pairs]
    changed = differences_of(before, after, own)
    figures = [(figures_of(earlier), figures_of(later)) for earlier, later in found.pairs]
    changes = changes_of_all(figures, chosen, margins_between(_margins(before), _margins(after)))
    return Comparison(
        before=side_of(before, before.verdict.sentence, complete=before.complete),
        after=side_of(after, after.verdict.sentence, complete=after.complete),
        contenders=changes_by_contender(found, changes),
        only_before=tuple(safe_text(contender.label) for contender in found.only_before),
        only_after=tuple(safe_text(contender.label) for contender in found.only_after),
        control=None if chosen is None else safe_text(found.pairs[chosen][1].label),
        changed=changed,
        notes=tuple(_notes(before, after, found.pairs, changed)),
    )


def changes_by_contender(
    found: Matching[One], changes: Sequence[dict[str, Change]]
) -> tuple[ContenderChange, ...]:
    """The figures of each pair, in the same order, as those of its later contender."""
    return tuple(
        ContenderChange(
            label=safe_text(later.label),
            engine=later.engine,
            reuse=later.reuse,
            before_id=earlier.id,
            after_id=later.id,
            figures=figures,
        )
        for (earlier, later), figures in zip(found.pairs, changes, strict=True)
    )


def side_of(report: Recorded, verdict: str, *, complete: bool) -> Side:
    """One of the two reports, every text of it safe to show."""
    return Side(
        name=name_of(report),
        started=safe_text(report.started),
        complete=complete,
        verdict=safe_text(verdict, 1_000),
    )


def _settings(contender: ReportContender) -> dict[str, Any]:
    return {
        "label": contender.label,
        "loop": contender.loop,
        "http_requested": contender.http_requested,
        "http_version": contender.http_version,
        "pool": contender.pool,
        "concurrency": contender.concurrency,
        "processes": contender.processes,
        "versions": contender.versions,
    }


def _margins(report: Report) -> Margins:
    schedule = report.plan.get("schedule")
    kind = schedule.get("kind") if isinstance(schedule, dict) else None
    return margins_of(str(kind or "concurrent"), max(epochs_of(report), 1), largest_body(report.contenders))


def _notes(
    before: Report,
    after: Report,
    pairs: Sequence[tuple[ReportContender, ReportContender]],
    changed: Sequence[Difference],
) -> Iterator[str]:
    """Return the warnings that come before the changes."""
    moments = moment_of(before.started), moment_of(after.started)
    if before == after:
        yield "the two reports are one and the same"
    elif moments[0] is not None and moments[1] is not None and moments[0] > moments[1]:
        yield "the run that is called the earlier one began after the other"
    for name, report in (("earlier", before), ("later", after)):
        if not report.complete:
            yield f"the {name} run was not complete"
        if report.flags:
            yield f"the {name} run is flagged: {listed([safe_text(flag.kind) for flag in report.flags])}"
    yield from doubts_of(changed, "run")
    for earlier, later in pairs:
        failed, fails = failures_of(earlier), failures_of(later)
        label = safe_text(later.label)
        if fails > failed:
            yield f"{label} failed {format_count(fails)} requests, {format_count(failed)} before"
        for name, contender in (("earlier", earlier), ("later", later)):
            if contender.state == "dnf":
                yield f"{label} did not finish in the {name} run"
