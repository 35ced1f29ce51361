"""The presets and recent plans: names at the left, contents at the right; gives back the chosen plan, or None."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from httptui.errors import PlanError
from httptui.plan.io import check_decoded
from httptui.plan.model import Plan
from httptui.presets import BrokenPreset, PresetInfo, broken_presets, list_presets
from httptui.presets.allowed import Wish, allow, wishes_of
from httptui.presets.loader import masked_fields
from httptui.presets.recent import RecentPlan, recent_plans
from httptui.safe_text import safe_text
from httptui.tui.forms.preset_text import (
    Entry,
    grouped,
    matching,
    one_line,
    preset_detail,
    title_of,
    when_text,
)
from httptui.tui.screens.dialogs import VARIABLES, ConsentScreen
from httptui.tui.screens.help import HelpScreen
from httptui.tui.theme import badge_of
from httptui.tui.toolkit.drawing import add_width_class, from_sizes
from httptui.tui.widgets.key_lines import BoundKeys
from httptui.tui.widgets.lists import Page, PointedList
from httptui.units import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


MUTED = "$text-muted"
BROKEN = "bold $text-error"
WITHOUT_SECRETS = "Its secrets were not saved: it opens in the form, where you enter them again."


def group_heading(title: str) -> Content:
    """Return the line above a group."""
    return Content.styled(f"── {title} ──", MUTED)


def list_option(entry: Entry) -> Content:
    """Return a name and a line about it."""
    name = Content.styled(title_of(entry), BROKEN if isinstance(entry, BrokenPreset) else "bold")
    if isinstance(entry, RecentPlan):
        name = Content.assemble(name, Content.styled(f"  {_when(entry)}", MUTED))
    return Content.assemble(name, "\n", Content.styled(one_line(entry), MUTED))


def details_title(entry: Entry | None) -> Content:
    """Return the title of the details."""
    if entry is None:
        return Content("")
    when = f" · run {_when(entry)}" if isinstance(entry, RecentPlan) else ""
    return Content(f"{title_of(entry)}{when}")


def details_of(entry: Entry | None) -> Content:
    """Return the details of an entry, without its secrets."""
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


class PresetList(PointedList):
    """The presets, by arrows and the keys of vi."""

    BINDING_GROUP_TITLE = "List of presets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "next", show=False, id="presets.cursor-down"),
        Binding("up,k", "cursor_up", "previous", show=False, id="presets.cursor-up"),
        Binding("home,g", "first", "first", show=False, id="presets.first"),
        Binding("end,G", "last", "last", show=False, id="presets.last"),
    ]


class PresetsScreen(Screen[Plan | None]):
    """Choose a preset or a recent plan.  `presets` are those there are, given where a test needs known ones;
    `for_form`: whatever is wrong with a plan, the caller's form will show it.
    """

    CSS_PATH = "lists.tcss"
    BINDING_GROUP_TITLE = "Presets"
    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=90)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "load", "load", priority=True, id="presets.load"),
        Binding("up", "point(-1)", "up", show=False, id="presets.up"),
        Binding("down", "point(1)", "down", show=False, id="presets.down"),
        Binding("pageup", "page(-1)", "description up", show=False, id="presets.description-up"),
        Binding("pagedown", "page(1)", "description down", show=False, id="presets.description-down"),
        Binding("f3", "recent", "recent", tooltip="Point at the plan that was run last", id="presets.recent"),
        Binding("escape,q", "back", "back", id="presets.back"),
        Binding("f1,question_mark", "help", "help", id="presets.help"),
    ]

    def __init__(self, presets: Sequence[Entry] | None = None, *, for_form: bool = False) -> None:
        super().__init__()
        self._presets = known_entries() if presets is None else tuple(presets)
        self._for_form = for_form
        self._rows: tuple[Entry | None, ...] = ()

    def compose(self) -> ComposeResult:
        """Filter and list, then the details."""
        add_width_class(self)
        yield Static(f"httptui  {self._counts()}", id="presets-title", markup=False)
        with Horizontal(id="presets-body"):
            with Vertical(id="presets-left") as left:
                left.border_title = "Presets"
                yield Input(placeholder="type to filter", id="presets-filter", compact=True)
                yield PresetList(id="presets-list", markup=False)
            with Page(id="presets-detail") as detail:
                detail.border_title = "What it does"
                yield Static("", id="presets-text", markup=False)
        with Horizontal(id="presets-bar"):
            yield Static("", id="presets-said", markup=False)
            yield Button("Load this preset", id="presets-load", compact=True)
        yield BoundKeys()

    def on_mount(self) -> None:
        """Point at the first."""
        self._list()
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._list(event.input.value)

    @on(OptionList.OptionHighlighted)
    def _point(self) -> None:
        self._show()

    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#presets-load")
    def action_load(self) -> None:
        """Give back the pointed preset's plan, or say why it cannot be loaded."""
        entry = self._pointed()
        if entry is None:
            self._say("No preset matches; clear the filter.")
        elif isinstance(entry, BrokenPreset):
            self._say(f"{safe_text(entry.name)} cannot be read: {safe_text(entry.problems[0], 400)}")
        elif isinstance(entry, PresetInfo) and (wishes := wishes_of(entry.path, entry.plan)):
            self._ask(entry, wishes)
        else:
            self._load(entry)

    def _ask(self, preset: PresetInfo, wishes: tuple[Wish, ...]) -> None:
        """Let the user say whether a preset may send variables of the environment."""
        names, hosts = (
            tuple(dict.fromkeys(part))
            for part in ([one.name for one in wishes], [one.host for one in wishes])
        )
        sends = f"The preset {preset.name} sends {listed(names)} of your environment to {listed(hosts)}."

        def answered(allowed: bool | None) -> None:
            if allowed:
                allow(wishes)
                self._load(preset)

        self.app.push_screen(ConsentScreen(hosts[0], sends, VARIABLES), answered)

    def _load(self, entry: PresetInfo | RecentPlan) -> None:
        if self._for_form:
            self.dismiss(entry.plan)
        elif any(masked_fields(entry.plan)):
            self._complete(entry.plan)
        else:
            try:
                self.dismiss(check_decoded(entry.plan))
            except PlanError as error:
                self._say(f"{title_of(entry)} cannot be run here: {safe_text(error.problems[0], 400)}")

    def _complete(self, plan: Plan) -> None:
        """Let the secrets be given anew that were not kept."""
        from httptui.tui.screens.plan import PlanScreen

        def completed(plan: Plan | None) -> None:
            if plan is not None:
                self.dismiss(plan)

        self.app.push_screen(PlanScreen(plan), completed)

    def action_back(self) -> None:
        """Leave without a plan."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())

    def action_point(self, by: int) -> None:
        """Point at a neighbour while one types in the filter, round at the ends."""
        at = self.query_one(PresetList).highlighted or 0
        chosen = [index for index, entry in enumerate(self._rows) if entry is not None]
        if chosen:
            here = chosen.index(at) if at in chosen else 0
            self.query_one(PresetList).highlighted = chosen[(here + by) % len(chosen)]

    def action_recent(self) -> None:
        """Point at the plan that was run last."""
        at = next((index for index, entry in enumerate(self._rows) if isinstance(entry, RecentPlan)), None)
        if at is None:
            self._say("No plan that was run is listed.")
        else:
            self.query_one(PresetList).highlighted = at

    def action_page(self, by: int) -> None:
        """Scroll the details."""
        self.query_one("#presets-detail", Page).turn(by)

    def _counts(self) -> str:
        recent = sum(isinstance(entry, RecentPlan) for entry in self._presets)
        presets = f"presets · {len(self._presets) - recent}"
        return f"{presets} · recent plans · {recent}" if recent else presets

    def _pointed(self) -> Entry | None:
        at = self.query_one(PresetList).highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def _list(self, words: str = "") -> None:
        """List what matches, each group below its heading where there are several."""
        groups = grouped(matching(self._presets, words))
        rows: list[Entry | None] = []
        options = self.query_one(PresetList)
        options.clear_options()
        for heading, entries in groups:
            if len(groups) > 1:
                rows.append(None)
                options.add_option(Option(group_heading(heading), disabled=True))
            rows += entries
            options.add_options([Option(list_option(entry)) for entry in entries])
        self._rows = tuple(rows)
        options.highlighted = next((at for at, entry in enumerate(rows) if entry is not None), None)
        self._show()

    def _show(self) -> None:
        self._say("")
        entry = self._pointed()
        self.query_one("#presets-text", Static).update(details_of(entry))
        detail = self.query_one("#presets-detail")
        detail.border_title = details_title(entry)
        detail.scroll_home(animate=False)

    def _say(self, message: str) -> None:
        self.query_one("#presets-said", Static).update(f"▲ {message}" if message else "")


def known_entries() -> tuple[Entry, ...]:
    """Every preset of this machine, those that cannot be read after the others, and the plans that were run last."""
    return (*list_presets(), *broken_presets(), *recent_plans())
