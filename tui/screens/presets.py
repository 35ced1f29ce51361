"""The presets: names at the left, what the pointed one does at the right; gives back its plan, or None."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from httptui.errors import PlanError
from httptui.plans.file import checked_plan
from httptui.plans.plan import Plan
from httptui.safe_text import safe_text
from presets import BrokenPreset, PresetInfo, broken_presets, list_presets
from tui.forms.preset_text import matching, one_line, preset_detail
from tui.screens.help import HelpScreen
from tui.theme import badge_of
from tui.widgets.bound_keys import BoundKeys
from tui.widgets.page import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult


MUTED = "$text-muted"


class PresetList(OptionList):
    """A list in which the first click points, and a second one, or enter, chooses."""

    BINDING_GROUP_TITLE = "List of presets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "next", show=False, id="presets.cursor-down"),
        Binding("up,k", "cursor_up", "previous", show=False, id="presets.cursor-up"),
        Binding("home,g", "first", "first", show=False, id="presets.first"),
        Binding("end,G", "last", "last", show=False, id="presets.last"),
    ]

    def on_click(self, event: events.Click) -> None:
        """Only point where something else was pointed at before."""
        clicked: int | None = event.style.meta.get("option")
        if clicked is not None and clicked != self.highlighted:
            self.highlighted = clicked
            event.prevent_default()


class PresetsScreen(Screen[Plan | None]):
    """Choose a preset.  `presets` are the readable and the broken ones, given where a test needs known ones."""

    CSS_PATH = "presets.tcss"
    BINDING_GROUP_TITLE = "Presets"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "load", "load", priority=True, id="presets.load"),
        Binding("up", "point(-1)", "up", show=False, id="presets.up"),
        Binding("down", "point(1)", "down", show=False, id="presets.down"),
        Binding("pageup", "page(-1)", "description up", show=False, id="presets.description-up"),
        Binding("pagedown", "page(1)", "description down", show=False, id="presets.description-down"),
        Binding("escape,q", "back", "back", id="presets.back"),
        Binding("f1,question_mark", "help", "help", id="presets.help"),
    ]

    def __init__(self, presets: Sequence[PresetInfo | BrokenPreset] | None = None) -> None:
        super().__init__()
        self._presets = known_presets() if presets is None else tuple(presets)
        self._found = self._presets

    def compose(self) -> ComposeResult:
        """Filter and list, then the details."""
        yield Static(f"httptui  presets · {len(self._presets)}", id="presets-title", markup=False)
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
        self._found = matching(self._presets, event.input.value)
        self._list()

    @on(OptionList.OptionHighlighted)
    def _point(self) -> None:
        self._show()

    @on(OptionList.OptionSelected)
    @on(Button.Pressed, "#presets-load")
    def action_load(self) -> None:
        """Give back the pointed preset's plan, or say why it cannot be loaded."""
        preset = self._pointed()
        if preset is None:
            self._say("No preset matches; clear the filter.")
        elif isinstance(preset, BrokenPreset):
            self._say(f"{safe_text(preset.name)} cannot be read: {safe_text(preset.problems[0], 400)}")
        else:
            try:
                self.dismiss(checked_plan(preset.plan))
            except PlanError as error:
                self._say(f"{safe_text(preset.name)} cannot be run here: {safe_text(error.problems[0], 400)}")

    def action_back(self) -> None:
        """Leave without a plan."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Keys and words."""
        self.app.push_screen(HelpScreen())

    def action_point(self, by: int) -> None:
        """Point at a neighbour while one types in the filter."""
        options = self.query_one(PresetList)
        if self._found:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._found)

    def action_page(self, by: int) -> None:
        """Scroll the details."""
        detail = self.query_one("#presets-detail", Page)
        detail.scroll_relative(y=by * max(detail.size.height - 2, 1), animate=False)

    def _pointed(self) -> PresetInfo | BrokenPreset | None:
        at = self.query_one(PresetList).highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    def _list(self) -> None:
        options = self.query_one(PresetList)
        options.clear_options()
        options.add_options([Option(_option(preset)) for preset in self._found])
        options.highlighted = 0 if self._found else None
        self._show()

    def _show(self) -> None:
        self._say("")
        preset = self._pointed()
        self.query_one("#presets-text", Static).update(_detail(preset))
        detail = self.query_one("#presets-detail")
        detail.border_title = Content(safe_text(preset.name)) if preset else Content("")
        detail.scroll_home(animate=False)

    def _say(self, message: str) -> None:
        self.query_one("#presets-said", Static).update(f"▲ {message}" if message else "")


def known_presets() -> tuple[PresetInfo | BrokenPreset, ...]:
    """Every preset of this machine, those that cannot be read at the end."""
    return (*list_presets(), *broken_presets())


def _option(preset: PresetInfo | BrokenPreset) -> Content:
    broken = isinstance(preset, BrokenPreset)
    name = Content.styled(safe_text(preset.name), "bold $text-error" if broken else "bold")
    return Content.assemble(name, "\n", Content.styled(one_line(preset), MUTED))


def _detail(preset: PresetInfo | BrokenPreset | None) -> Content:
    if preset is None:
        return Content("No preset matches.")
    if isinstance(preset, BrokenPreset):
        lines = [Content.styled("This preset cannot be read.", "bold $text-error"), Content("")]
        lines += [Content(f"▲ {safe_text(problem, 400)}") for problem in preset.problems]
        return Content("\n").join(lines)
    detail = preset_detail(preset.plan)
    lines = [Content(line) for line in detail.description] + [Content("")]
    lines += [Content.assemble((f"{word:10}", MUTED), Content(text)) for word, text in detail.facts]
    lines.append(Content(""))
    lines += [
        Content.assemble((f" {letter} ", badge_of(letter)), "  ", Content(label))
        for letter, label in detail.contenders
    ]
    return Content("\n").join(lines)
