"""How each screen is come to from the run screen after a run, as a user comes to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from driving import Opened
from examples import PLAN
from msgspec.structs import replace
from saved_runs import fill
from sweep_examples import KNEE, FakeSweepStart, knee_rate, saved_sweep, write_sweep
from textual.widgets import OptionList

from httptui.plan.model import Target
from httptui.report.formats import indented
from httptui.report.store import reports_folder
from httptui.tui.screens.dialogs import ConsentScreen

EMBEDDED = replace(PLAN, target=Target())


async def consent(it: Opened) -> None:
    """Ask for consent as a refused run does."""
    it.app.push_screen(ConsentScreen("a.example", "A public host."))


async def target(it: Opened) -> None:
    """Change the target of a run that is on."""
    await it.run()
    await it.pilot.press("d")


async def sweep(it: Opened) -> None:
    """Sweep a plan that has one."""
    it.screen.sweep_start = FakeSweepStart(knee_rate)
    it.screen.load(KNEE)
    await it.pilot.press("r")


def pressing(*keys: str) -> Callable[[Opened], Awaitable[None]]:
    """Press keys on the run screen."""

    async def press(it: Opened) -> None:
        await it.pilot.press(*keys)

    return press


def among_reports(*keys: str, write: Callable[[Path], object] = fill) -> Callable[[Opened], Awaitable[None]]:
    """Press keys on the list of the saved reports that were written."""

    async def press(it: Opened) -> None:
        write(reports_folder())
        await it.pilot.press("h")
        await it.until(lambda: len(it.app.screen.query("#history-list")) == 1)
        await it.until(lambda: it.app.screen.query_one("#history-list", OptionList).option_count in (1, 2, 4))
        await it.pilot.press(*keys)

    return press


def write_two_sweeps(folder: Path) -> None:
    """Two sweeps of one plan."""
    write_sweep(folder)
    later = replace(saved_sweep(), started="2026-11-22T10:00:00+00:00")
    (folder / "20261122-100000-latency.json").write_bytes(indented(later))


WAYS: dict[str, Callable[[Opened], Awaitable[None]]] = {
    "RunScreen": pressing(),
    "PlanScreen": pressing("e"),
    "PlanSaveScreen": pressing("e", "f2"),
    "PresetsScreen": pressing("p"),
    "HelpScreen": pressing("question_mark"),
    "ColumnsScreen": pressing("o"),
    "CodeScreen": pressing("x"),
    "ContenderScreen": pressing("j", "enter"),
    "TargetDialog": target,
    "ConsentScreen": consent,
    "SweepScreen": sweep,
    "HistoryScreen": among_reports(),
    "PastRunScreen": among_reports("enter"),
    "PastSweepScreen": among_reports("enter", write=write_sweep),
    "CompareScreen": among_reports("space", "down", "c"),
    "CompareSweepsScreen": among_reports("space", "down", "c", write=write_two_sweeps),
    "DeleteReportScreen": among_reports("d"),
}
"""How each screen is come to, from the run screen after a run."""
