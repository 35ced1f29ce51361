"""A preset in words: its one line for the list, and all there is to know before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from httptui.plans.plan import Schedule, describe_load, label_of, letter_of
from httptui.plans.secrets import redacted_plan
from httptui.safe_text import safe_text
from httptui.units import plural
from presets import BrokenPreset, PresetInfo
from tui.forms.estimate import estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httptui.plans.plan import Plan


@dataclass(frozen=True, slots=True)
class PresetDetail:
    """What the right side shows; contenders as letter and label."""

    description: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    contenders: tuple[tuple[str, str], ...]


def one_line(preset: PresetInfo | BrokenPreset) -> str:
    """The first sentence of a preset's description, or that it cannot be read."""
    if isinstance(preset, BrokenPreset):
        return "cannot be read"
    text = safe_text(preset.description.strip().split("\n")[0], 2_000)
    ends = [at + 1 for at in (text.find(". "), text.find("? ")) if at >= 0]
    return text[: min(ends)] if ends else text or "no description"


def matching(
    presets: Sequence[PresetInfo | BrokenPreset], words: str
) -> tuple[PresetInfo | BrokenPreset, ...]:
    """The presets that hold every word somewhere in name, description or contenders, in any case."""
    wanted = words.lower().split()
    return tuple(preset for preset in presets if all(word in _haystack(preset) for word in wanted))


def preset_detail(plan: Plan) -> PresetDetail:
    """The plan in words, without its secrets."""
    shown = redacted_plan(plan)
    target = shown["target"]
    facts = [("target", safe_text(f"{target['method']} {target['url']}", 300))]
    facts += [("header", safe_text(f"{name}: {value}", 300)) for name, value in target["headers"].items()]
    if not plan.target.verify:
        facts.append(("TLS", "certificates are not verified"))
    facts += [("load", describe_load(plan.load)), ("schedule", _schedule(plan)), ("in all", estimate(plan))]
    contenders = [(letter_of(index), safe_text(label_of(one))) for index, one in enumerate(plan.contender)]
    description = tuple(safe_text(line, 2_000) for line in plan.description.strip().split("\n"))
    return PresetDetail(description, tuple(facts), tuple(contenders))


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
    if schedule.pin:
        parts.append("a core each")
    return " · ".join([*parts, f"warm-up {safe_text(str(schedule.warmup))}", f"seed {schedule.seed}"])


def _haystack(preset: PresetInfo | BrokenPreset) -> str:
    texts = [preset.name]
    if isinstance(preset, PresetInfo):
        texts += [preset.description, *(label_of(one) for one in preset.plan.contender)]
    return " ".join(texts).lower()
