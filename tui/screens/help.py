"""Help: the keys of the screens below, read from their live bindings, and what the words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.forms.glossary import GLOSSARY
from tui.widgets.bound_keys import BoundKeys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import App, ComposeResult
    from textual.dom import DOMNode
    from textual.screen import Screen


Group = tuple[str, list[tuple[str, str]]]
"""Title, and keys with what they do."""


class HelpScreen(ModalScreen[None]):
    """A page over whatever is shown; escape goes back."""

    CSS_PATH = "help.tcss"
    BINDING_GROUP_TITLE = "Help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "back", key_display="esc"),
    ]

    def compose(self) -> ComposeResult:
        """Keys by context, then words, then the keys that every text field has."""
        accent = Style(color=Color.parse(self.app.theme_variables["accent"]).rich_color, bold=True)
        plain = Style(bold=True)
        ours, usual = key_groups(self.app)
        with VerticalScroll(id="help-page") as page:
            page.border_title = "Help"
            for title, rows, style in (
                *((title, rows, accent) for title, rows in ours),
                ("Words", GLOSSARY, plain),
                *((f"Usual keys · {title}", rows, accent) for title, rows in usual),
            ):
                yield Static(title, classes="help-title", markup=False)
                yield Static(_table(rows, style), classes="help-rows")
        yield BoundKeys()

    def on_mount(self) -> None:
        """Let arrow keys scroll the page."""
        self.query_one("#help-page").focus()

    def action_close(self) -> None:
        """Back to the screen below."""
        self.dismiss(None)


def key_groups(app: App[object]) -> tuple[list[Group], list[Group]]:
    """The keys of every screen below the help, the uppermost first: those of our own screens and widgets, and those
    that come with the toolkit's.

    What is bound right now is taken as it is bound; widgets without the focus tell what they would bind.
    """
    ours: dict[str, dict[str, str]] = {}
    usual: dict[str, dict[str, str]] = {}
    for screen in reversed([below for below in app.screen_stack if not isinstance(below, HelpScreen)]):
        for node, binding in (*_bound_now(screen), *_bound_with_focus(screen)):
            if binding.system or not binding.description:
                continue
            own = not type(node).__module__.startswith("textual.") and _declares(node, binding)
            title = (type(node).BINDING_GROUP_TITLE if own else "") or type(node).__name__
            group = (ours if own else usual).setdefault(title, {})
            words = binding.tooltip or binding.description
            key = app.get_key_display(binding)
            if key not in group.get(words, "").split():
                group[words] = f"{group.get(words, '')} {key}".strip()
    return _groups(ours), _groups(usual)


def _bound_now(screen: Screen[object]) -> Iterator[tuple[DOMNode, Binding]]:
    for active in screen.active_bindings.values():
        yield active.node, active.binding


def _bound_with_focus(screen: Screen[object]) -> Iterator[tuple[DOMNode, Binding]]:
    for kind, node in {type(node): node for node in screen.query("*")}.items():
        if not kind.__module__.startswith("textual."):
            yield from ((node, binding) for binding in Binding.make_bindings(kind.BINDINGS))


def _declares(node: DOMNode, binding: Binding) -> bool:
    """Whether a key is bound by our own class, and not by the toolkit's class below it."""
    kinds = [kind for kind in type(node).__mro__ if not kind.__module__.startswith("textual.")]
    own = [bound for kind in kinds for bound in Binding.make_bindings(vars(kind).get("BINDINGS", ()))]
    return any(bound.action == binding.action for bound in own)


def _groups(found: dict[str, dict[str, str]]) -> list[Group]:
    return [(title, [(keys, words) for words, keys in rows.items()]) for title, rows in found.items()]


def _table(rows: Sequence[tuple[str, str]], style: Style) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="left", min_width=14, style=style)
    table.add_column(ratio=1)
    for term, meaning in rows:
        table.add_row(Text(term), Text(meaning))
    return table
