"""What the mouse over a field is told."""

from __future__ import annotations

import pytest
from form_examples import PLAN
from plan_driving import form
from rich.text import Text
from textual.widgets import Button, Input

from httptui.plan.field import fields_of_plan
from httptui.plan.model import CHOICES, Plan
from httptui.tui.forms.state import MORE, SHOWN
from httptui.tui.forms.words import meaning_of
from httptui.tui.screens.plan_fields import SHOWN_PATHS
from httptui.tui.widgets.contender_list import ContenderRow
from httptui.tui.widgets.controls import Field


def test_every_field_of_the_form_has_a_meaning() -> None:
    assert all(meaning_of(path) for path in SHOWN_PATHS)
    assert all(meaning_of(f"contender.{name}") for name in (*SHOWN, *MORE))
    assert not set(CHOICES) & set(fields_of_plan(Plan))


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("load.concurrency", "Allowed: a whole number from 1 to 10000."),
        ("load.seconds", "Allowed: a number above 0 to 86400."),
        ("load.arrivals", 'Allowed: "constant", "poisson".'),
        ("target.method", "The HTTP method of every request."),
        ("contender.processes", "share its load.\nAllowed: a whole number from 1 to 64."),
        ("contender.requires", "such as httpx==0.27.2."),
        ("target.source", "or read from a file."),
        ("load.think", "its next request.\nAllowed: a number from 0 to 3600."),
    ],
)
def test_it_ends_with_what_the_plan_allows(path: str, end: str) -> None:
    assert meaning_of(path).endswith(end)


@pytest.mark.pilot
async def test_every_field_tells_its_meaning_under_the_mouse() -> None:
    async with form(PLAN) as (_, screen, _):
        told = {field.path: field.tooltip for field in screen.query(Field)}
        assert told == {path: Text(meaning_of(path)) for path in SHOWN_PATHS}


@pytest.mark.pilot
async def test_every_value_of_a_contender_tells_its_meaning_and_every_button_its_key() -> None:
    async with form(PLAN) as (_, screen, _):
        row = screen.query(ContenderRow).first()
        assert {entry.name: entry.tooltip for entry in row.query(Input)} == {
            name: Text(meaning_of(f"contender.{name}")) for name in SHOWN
        }
        assert [str(button.tooltip) for button in row.query(Button)] == ["Duplicate (f9)", "Remove (f8)"]
