"""The control of a plan's field, chosen by its type and declaration, and the text in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from httptui.plan.texts import TRUE
from httptui.tui.widgets.entry import Area, BodyArea, Entry, HeadersArea, TargetUrl, UrlsArea
from httptui.tui.widgets.values import Choice, Field, Tick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.widget import Widget

    from httptui.plan.typed import TypedField

AREAS: Mapping[str, type[Area]] = {
    "target.urls": UrlsArea,
    "target.headers": HeadersArea,
    "target.body": BodyArea,
}
"""Texts of several lines that may contain secrets, each veiled in its own way."""
ENTRIES: Mapping[str, type[Entry]] = {"target.url": TargetUrl}
YES = "yes"


def control_for(
    typed: TypedField,
    text: str,
    *,
    name: str | None = None,
    id: str | None = None,
    classes: str | None = None,
) -> Widget:
    """Return the control for a field, with its text."""
    match typed.codec.kind:
        case "box":
            words = dict(typed.field.names).get("true", YES)
            return Tick(words, value=text == TRUE, name=name, id=id, classes=classes)
        case "choice":
            return Choice(typed.options, text, name=name, id=id, classes=classes)
        case "lines":
            area = AREAS.get(typed.path, Area)(
                text,
                name=name,
                id=id,
                classes=classes,
                compact=True,
                placeholder=typed.placeholders[0],
                highlight_cursor_line=False,
            )
            area.match_cursor_bracket = False
            return area
        case "line":
            entry = ENTRIES.get(typed.path, Entry)
            return entry(text, *typed.placeholders, name=name, id=id, classes=classes)


def field_for(typed: TypedField, control: Widget, *, classes: str = "") -> Field:
    """Return the control with its label before it and its unit behind it."""
    return Field(typed.path, typed.field.label, control, hint=typed.field.unit, classes=classes)


def show_text(control: Widget, text: str) -> None:
    """Show a text in a control without a message; a control that shows it already is left alone, with its cursor."""
    if isinstance(control, Input) and control.value != text:
        with control.prevent(Input.Changed):
            control.value = text
    elif isinstance(control, TextArea) and control.text != text:
        control.text = text
    elif isinstance(control, Choice):
        control.show(control.options, text)
    elif isinstance(control, Tick):
        control.show(value=text == TRUE)
