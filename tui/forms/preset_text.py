"""A preset in words: its line in the list, and its details before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.plan.model import Policy, Schedule, describe_load, describe_policy, label_of, letter_of
from httptui.plan.secrets import Redactor, redacted_plan
from httptui.plan.sweep import describe_sweep
from httptui.plan.urls import describe_target
from httptui.presets import BrokenPreset, PresetInfo, user_presets_folder
from httptui.presets.recent import RecentPlan
from httptui.safe_text import safe_text
from httptui.tui.forms.estimate import estimate
from httptui.units import plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from httptui.plan.model import Plan


Entry = PresetInfo | BrokenPreset | RecentPlan
OWN, READY, RECENT = "Your own", "Ready to run", "Recent"


@dataclass(frozen=True, slots=True)
class PresetDetail:
    """The details of a preset; contenders as letter and label."""

    description: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    contenders: tuple[tuple[str, str], ...]


def grouped(entries: Sequence[Entry]) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """Group presets under headings: the user's own, those of httptui, plans that were run."""
    groups: dict[str, list[Entry]] = {OWN: [], READY: [], RECENT: []}
    for entry in entries:
        groups[_group_of(entry)].append(entry)
    return tuple((title, tuple(found)) for title, found in groups.items() if found)


def title_of(entry: Entry) -> str:
    """The name of a preset, or of the plan that was run."""
    if isinstance(entry, RecentPlan):
        return safe_text(entry.plan.name or "untitled")
    return safe_text(entry.name)


def when_text(at: datetime, now: datetime) -> str:
    """A moment of the past as one says it, both in one time zone: today 14:03, yesterday 14:03, 2 Jan 14:03."""
    days = (now.date() - at.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"{at.day} {at:%b}{'' if days < 300 else f' {at.year}'}")
    return f"{day} {at:%H:%M}"


def one_line(preset: Entry) -> str:
    """The first sentence of a preset's description, or that it cannot be read; of a recent plan, what it sends."""
    if isinstance(preset, BrokenPreset):
        return "cannot be read"
    if isinstance(preset, RecentPlan):
        plan = preset.plan
        load, contenders = _load(plan), plural(len(plan.contender), "contender")
        return safe_text(f"{describe_target(plan.target)} · {load} · {contenders}", 400)
    text = safe_text(preset.description.strip().split("\n")[0], 2_000)
    ends = [at + 1 for at in (text.find(". "), text.find("? ")) if at >= 0]
    return text[: min(ends)] if ends else text or "no description"


def matching(presets: Sequence[Entry], words: str) -> tuple[Entry, ...]:
    """The presets that hold every word somewhere in name, description or contenders, in any case."""
    wanted = words.lower().split()
    return tuple(preset for preset in presets if all(word in _haystack(preset) for word in wanted))


def preset_detail(plan: Plan) -> PresetDetail:
    """The plan in words, without its secrets."""
    shown = redacted_plan(plan)
    facts = [("target", safe_text(Redactor.for_plan(plan, {}).redact(describe_target(plan.target)), 300))]
    headers = shown["target"]["headers"]
    facts += [("header", safe_text(f"{name}: {value}", 300)) for name, value in headers.items()]
    if plan.policy != Policy() or not plan.target.verify:
        facts.append(("policy", safe_text(describe_policy(plan), 300)))
    facts += [("load", _load(plan)), ("schedule", _schedule(plan)), ("in all", estimate(plan))]
    facts += [("expects", safe_text(text)) for text in shown["expect"]]
    contenders = [(letter_of(index), safe_text(label_of(one))) for index, one in enumerate(plan.contender)]
    description = tuple(safe_text(line, 2_000) for line in plan.description.strip().split("\n"))
    return PresetDetail(description, tuple(facts), tuple(contenders))


def _load(plan: Plan) -> str:
    """The load, or all of a sweep's levels in its place."""
    return describe_sweep(plan) if plan.sweep else describe_load(plan.load)


def _schedule(plan: Plan) -> str:
    schedule, usual = plan.schedule, Schedule()
    parts: list[str] = [schedule.kind]
    if schedule.until == "decided":
        parts.append("until decided")
    for count, noun in ((schedule.rounds, "round"), (schedule.epochs, "epoch"), (schedule.blocks, "block")):
        if count is not None and count > 1:
            parts.append(plural(count, noun))
    if schedule.rest:
        parts.append(f"{schedule.rest:g} s of rest")
    if schedule.kind == "interleaved" and schedule.cooldown != usual.cooldown:
        parts.append(f"{schedule.cooldown:g} s of cool-down")
    if plan.compare == "as-is":
        parts.append("compared as is")
    if schedule.pin:
        parts.append("a core each")
    if not schedule.probe:
        parts.append("no probe")
    return " · ".join([*parts, f"warm-up {safe_text(str(schedule.warmup))}", f"seed {schedule.seed}"])


def _group_of(entry: Entry) -> str:
    if isinstance(entry, RecentPlan):
        return RECENT
    return OWN if entry.path.parent == user_presets_folder() else READY


def _haystack(preset: Entry) -> str:
    texts = [title_of(preset), one_line(preset)]
    if not isinstance(preset, BrokenPreset):
        texts += [preset.plan.description, *(label_of(one) for one in preset.plan.contender)]
    return " ".join(texts).lower()
