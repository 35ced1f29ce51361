"""The plan form, opened with known engines, and how tests drive and read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from form_examples import PLAN, Host, plan_screen
from msgspec import structs
from textual.pilot import Pilot
from textual.widgets import Input, Static

from httptui.plan.model import Plan
from httptui.tui.screens.plan import PlanScreen
from httptui.tui.widgets.controls import Field


@asynccontextmanager
async def form(
    plan: Plan = PLAN, size: tuple[int, int] = (100, 48)
) -> AsyncIterator[tuple[Host, PlanScreen, Pilot[None]]]:
    """An open form of a size."""
    screen = plan_screen(plan)
    app = Host(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, screen, pilot


def edited(plan: Plan = PLAN, **changes: Any) -> Plan:
    """A plan as the form gives it back once it was changed: not under the name that it had."""
    return structs.replace(plan, **({"name": f"{plan.name}, edited", "description": ""} | changes))


async def replace_text(pilot: Pilot[None], entry: Input, text: str) -> None:
    """Put another text into a field, all at once."""
    entry.focus()
    entry.value = text
    await pilot.pause()


def field_of(screen: PlanScreen, path: str) -> str:
    """What stands below a field."""
    field = next(field for field in screen.query(Field) if field.path == path)
    said = field.query_one(".field--problem", Static)
    return str(said.content) if said.display else ""


def note_of(screen: PlanScreen, path: str) -> str:
    """What is to be known of a field's value."""
    field = next(field for field in screen.query(Field) if field.path == path)
    return "\n".join(
        str(note.content) for note in field.query(".field--note").results(Static) if note.display
    )


def shown_of(screen: PlanScreen, *values: str) -> set[str]:
    """Which of some values of a plan are on the screen, each by the last word of its path."""
    fields = {field.path.rpartition(".")[2]: field for field in screen.query(Field)}
    return {value for value in values if fields[value].display}


def status(screen: PlanScreen) -> str:
    """The last line."""
    return str(screen.query_one("#plan-status", Static).content)
