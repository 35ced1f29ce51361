"""The layout of the plan form: the panel of each field, and the fields that are side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal, Vertical
from textual.layouts.grid import GridLayout

from httptui.plan.model import CHOICES
from httptui.plan.typed import OF_A_PLAN, alternatives, chosen, has_effect
from httptui.tui.widgets.controls import Choice, Field, LoadShape, control_for, field_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.app import ComposeResult
    from textual.layout import Layout
    from textual.widget import Widget

    from httptui.tui.forms.state import FormState

Rows = tuple[tuple[str, ...], ...]
"""Rows of paths, those in one row side by side."""
TITLES = {
    "target": "Target",
    "load": "Load",
    "schedule": "Schedule",
    "policy": "Client behaviour",
    "expect": "Pass criteria",
    "about": "About this plan",
}
LAYOUT: Mapping[str, Rows] = {
    "target": (
        ("target.source",),
        ("target.url",),
        ("target.urls",),
        ("target.urls_file",),
        ("target.order",),
        ("target.method", "target.dns_ms"),
        ("target.headers",),
        ("target.body",),
        ("target.verify",),
        ("target.ca_file",),
    ),
    "load": (
        ("load.kind",),
        ("load.bound",),
        ("load.concurrency", "load.seconds", "load.requests"),
        ("load.stages",),
        ("policy.timeout", "load.rate", "load.think"),
        ("load.arrivals",),
        ("sweep",),
    ),
    "schedule": (
        ("schedule.kind",),
        ("schedule.until",),
        ("schedule.rounds", "schedule.rest"),
        ("schedule.blocks", "schedule.cooldown"),
        ("schedule.warmup", "schedule.epochs"),
        ("schedule.seed", "schedule.pin"),
        ("schedule.delta", "schedule.probe"),
        ("compare",),
    ),
    "policy": (
        ("policy.redirects", "policy.retries"),
        ("policy.per_host_rate", "policy.retry_wait"),
        ("policy.retry_on",),
        ("policy.max_body",),
        ("policy.cookies", "policy.trust_env"),
    ),
    "expect": (("expect",),),
    "about": (("name",), ("description",)),
}
"""Panel → its rows.  A field that is not here gets a row at the end of its table's panel."""
UNSHOWN = ("target.body_base64",)
"""Fields without a control: bytes, which no text shows."""
PANEL_OF_ALL_ELSE = "about"
"""The panel of fields that are in no table."""


def _rest(panel: str) -> Rows:
    """Return the rows of fields that `LAYOUT` lacks."""
    placed = {path for rows in LAYOUT.values() for row in rows for path in row} | set(UNSHOWN)
    left_over = (path for path in OF_A_PLAN if path not in placed)
    return tuple((path,) for path in left_over if (path.rpartition(".")[0] or PANEL_OF_ALL_ELSE) == panel)


PANELS: Mapping[str, Rows] = {panel: (*rows, *_rest(panel)) for panel, rows in LAYOUT.items()}
SHOWN_PATHS = tuple(path for rows in PANELS.values() for row in rows for path in row)
"""The paths that have a control."""


def choice_options(choice: str, state: FormState) -> tuple[tuple[str, str], ...]:
    """Return the fields of which one is given, as options of a choice."""
    allowed = alternatives(choice, state.texts)
    return tuple((name, words) for name, words in CHOICES[choice].names if name in allowed)


def id_of(path: str) -> str:
    """The id of the control for a path of a plan."""
    return path.replace(".", "-")


def path_of(widget: Widget) -> str:
    """The path of a plan that a control is for, or the empty text."""
    path = (widget.id or "").replace("-", ".")
    return path if path in SHOWN_PATHS else ""


class _Row(Container):
    """Panels one below the other, or as a grid, where the lower of them grow to the height of the highest."""

    def pre_layout(self, layout: Layout) -> None:
        """Let cells of a grid be equally high."""
        if isinstance(layout, GridLayout):
            layout.stretch_height = True


def plan_fields(state: FormState) -> ComposeResult:
    """Target beside load, and schedule beside the conditions; one below the other where it is narrow."""
    with Vertical(id="plan-values"):
        with _Row(classes="row"):
            with _panel("target"):
                yield from _rows(state, "target")
            with _panel("load"):
                yield from _rows(state, "load")
                yield LoadShape(id="load-shape")
        with _Row(classes="row"):
            with _panel("schedule"):
                yield from _rows(state, "schedule")
            with Vertical(id="plan-conditions"):
                with _panel("policy"):
                    yield from _rows(state, "policy")
                with _panel("expect"):
                    yield from _rows(state, "expect")


def about_fields(state: FormState) -> ComposeResult:
    """The plan's own name and description."""
    with _panel("about"):
        yield from _rows(state, "about")


def show_those_with_effect(
    fields: Mapping[str, Field], panels: Mapping[Widget, tuple[Field, ...]], state: FormState
) -> None:
    """Show only those fields that have an effect or a problem, and only panels that show a field."""
    for path, field in fields.items():
        _display(field, shown=has_effect(path, state.texts) or field.wrong)
    for panel, within in panels.items():
        _display(panel, shown=any(field.display for field in within))


def _display(widget: Widget, *, shown: bool) -> None:
    """Show or hide a widget; one that is right already is not laid out again."""
    if widget.display is not shown:
        widget.display = shown


def _panel(name: str) -> Vertical:
    panel = Vertical(classes="panel", id=f"plan-{name}")
    panel.border_title = TITLES[name]
    return panel


def _rows(state: FormState, panel: str) -> Iterator[Widget]:
    for row in PANELS[panel]:
        fields = [_field(state, path) for path in row]
        for field in fields[1:]:
            field.add_class("beside")
        yield Horizontal(*fields, classes="pair") if len(fields) > 1 else fields[0]


def _field(state: FormState, path: str) -> Field:
    if path in CHOICES:
        now = Choice(choice_options(path, state), chosen(path, state.texts), id=id_of(path))
        field = Field(path, CHOICES[path].label, now)
    else:
        typed = OF_A_PLAN[path]
        field = field_for(typed, control_for(typed, state[path], id=id_of(path)))
    _display(field, shown=has_effect(path, state.texts))
    return field
