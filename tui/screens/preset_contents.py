"""What the presets screen shows of each entry: its two lines in the list, and all of it beside."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from httptui.presets import BrokenPreset
from httptui.presets.recent import RecentPlan
from httptui.presets.replay import masked_fields
from httptui.safe_text import safe_text
from httptui.tui.forms.preset_text import Entry, one_line, preset_detail, title_of, when_text
from httptui.tui.theme import badge_of

MUTED = "$text-muted"
BROKEN = "bold $text-error"
WITHOUT_SECRETS = "Its secrets were not kept: it opens in the form, where they are given anew."


def heading(title: str) -> Content:
    """The line above a group."""
    return Content.styled(f"── {title} ──", MUTED)


def option(entry: Entry) -> Content:
    """A name and a line about it."""
    name = Content.styled(title_of(entry), BROKEN if isinstance(entry, BrokenPreset) else "bold")
    if isinstance(entry, RecentPlan):
        name = Content.assemble(name, Content.styled(f"  {_when(entry)}", MUTED))
    return Content.assemble(name, "\n", Content.styled(one_line(entry), MUTED))


def title(entry: Entry | None) -> Content:
    """What stands above the details."""
    if entry is None:
        return Content("")
    when = f" · run {_when(entry)}" if isinstance(entry, RecentPlan) else ""
    return Content(f"{title_of(entry)}{when}")


def detail(entry: Entry | None) -> Content:
    """All there is to know before it is loaded, without its secrets."""
    if entry is None:
        return Content("No preset matches.")
    if isinstance(entry, BrokenPreset):
        lines = [Content.styled("This preset cannot be read.", BROKEN), Content("")]
        lines += [Content(f"▲ {safe_text(problem, 400)}") for problem in entry.problems]
        return Content("\n").join(lines)
    shown = preset_detail(entry.plan)
    lines = [Content(line) for line in shown.description if any(shown.description)]
    if isinstance(entry, RecentPlan) and any(masked_fields(entry.plan)):
        lines.append(Content.styled(f"▲ {WITHOUT_SECRETS}", "$text-warning"))
    if lines:
        lines.append(Content(""))
    lines += [Content.assemble((f"{word:10}", MUTED), Content(text)) for word, text in shown.facts]
    lines.append(Content(""))
    lines += [
        Content.assemble((f" {letter} ", badge_of(letter)), "  ", Content(label))
        for letter, label in shown.contenders
    ]
    return Content("\n").join(lines)


def _when(entry: RecentPlan) -> str:
    return when_text(entry.at.astimezone(), datetime.now().astimezone())
