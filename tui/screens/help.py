"""Help: the keys of the screen it was opened from, then those of the others, and what the words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.screen import ModalScreen, Screen
from textual.theme import Theme
from textual.widgets import Static

from httptui.tui.forms.words import GLOSSARY
from httptui.tui.keymap import binding_classes
from httptui.tui.keys import Action, actions_now, actions_with_focus, rebound, words_of
from httptui.tui.panels.columns import COLUMNS
from httptui.tui.widgets.key_lines import BoundKeys
from httptui.tui.widgets.lists import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import App, ComposeResult


Group = tuple[str, list[tuple[str, str]]]
"""Title, and keys with what they do."""


class HelpScreen(ModalScreen[None]):
    """A page over whatever is shown; escape goes back."""

    CSS_PATH = "help.tcss"
    BINDING_GROUP_TITLE = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "back", id="help.back"),
    ]

    def compose(self) -> ComposeResult:
        """Keys by context, then columns and words, then the keys that every text field has."""
        accent = Style(color=Color.parse(self.app.theme_variables["accent"]).rich_color, bold=True)
        plain = Style(bold=True)
        here, usual = key_groups(self.app)
        with Page(id="help-page") as page:
            page.border_title = "Help"
            for title, rows, style in (
                *((title, rows, accent) for title, rows in here),
                *((title, rows, accent) for title, rows in groups_while_on(self.app)),
                ("Columns of the table", [(column.name, column.help) for column in COLUMNS], plain),
                ("Words", GLOSSARY, plain),
                *((f"Elsewhere · {title}", rows, accent) for title, rows in groups_elsewhere(self.app)),
                *((f"Usual keys · {title}", rows, accent) for title, rows in usual),
            ):
                yield Static(title, classes="help-title", markup=False)
                yield Static(_table(rows, style), classes="help-rows")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Let arrow keys scroll the page, and draw the keys anew in another theme's colour."""
        self.query_one("#help-page").focus()
        self.app.theme_changed_signal.subscribe(self, self._recolour)

    async def _recolour(self, theme: Theme) -> None:
        await self.recompose()
        self.query_one("#help-page").focus()

    def action_close(self) -> None:
        """Back to the screen below."""
        self.dismiss(None)


def key_groups(app: App[Any]) -> tuple[list[Group], list[Group]]:
    """The keys of every screen below the help, the uppermost first: those of our own screens and widgets, and those
    that come with the toolkit's.

    What is bound right now is taken as it is bound; widgets without the focus tell what they would bind.
    """
    below = [screen for screen in app.screen_stack if not isinstance(screen, HelpScreen)]
    actions = [
        action for screen in reversed(below) for action in (*actions_now(screen), *actions_with_focus(screen))
    ]
    ours, usual = (_groups(action for action in actions if action.own is own) for own in (True, False))
    return ours, usual


def groups_while_on(app: App[Any]) -> list[Group]:
    """The keys that a screen below the help has while a run is on, where they are not among its keys now."""
    groups: list[Group] = []
    for screen in reversed(app.screen_stack):
        rows = [
            (app.get_key_display(binding), words_of(binding))
            for binding in rebound(app, screen.BINDINGS)
            if binding.action in getattr(screen, "ONLY_WHILE_ON", ())
            and not screen.check_action(binding.action, ())
        ]
        if rows:
            groups.append((f"{screen.BINDING_GROUP_TITLE} · while a run is on", _joined(rows)))
    return groups


def groups_elsewhere(app: App[Any]) -> list[Group]:
    """The keys of the screens of ours that are not open."""
    open_now = {type(screen) for screen in app.screen_stack}
    return [
        (
            kind.BINDING_GROUP_TITLE or kind.__name__,
            _joined((app.get_key_display(one), words_of(one)) for one in rebound(app, kind.BINDINGS)),
        )
        for kind in binding_classes()
        if issubclass(kind, Screen) and kind not in open_now and not issubclass(HelpScreen, kind)
    ]


def _joined(bound: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return a row for each thing that keys do, with all keys that do it."""
    rows: dict[str, dict[str, None]] = {}
    for key, words in bound:
        rows.setdefault(words, {})[key] = None
    return [(" ".join(keys), words) for words, keys in rows.items() if words]


def _groups(actions: Iterable[Action]) -> list[Group]:
    """Return rows of keys and words by title."""
    found: dict[str, list[tuple[str, str]]] = {}
    for action in actions:
        found.setdefault(action.group, []).extend((key, action.help) for key in action.keys)
    return [(title, _joined(bound)) for title, bound in found.items()]


def _table(rows: Sequence[tuple[str, str]], style: Style) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="left", min_width=14, style=style)
    table.add_column(ratio=1)
    for term, meaning in rows:
        table.add_row(Text(term), Text(meaning))
    return table
