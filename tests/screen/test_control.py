"""Control of runs and sweeps without an app: what a session gives, steering, leaving, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from examples import PLAN, FakeSession, FakeStart, finished, running
from msgspec.structs import replace
from sweep_examples import KNEE, FakeSweepStart, knee_rate

from httptui.errors import ExitCode, RefusedError, TargetError
from httptui.plan.model import Target
from httptui.tui.control import session
from httptui.tui.control.run import STEERING, RunControl
from httptui.tui.control.session import Frames
from httptui.tui.control.sweep import SweepControl

EMBEDDED = replace(PLAN, target=Target())
PUBLIC = replace(PLAN, target=Target(url="https://example.org/"))


class Face:
    """Remembers what a control asks of a screen."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.asked: list[tuple[str, Callable[[], None]]] = []
        self.codes: list[int] = []
        self.timers: list[tuple[float, Callable[[], Awaitable[None]]]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def work(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        self.tasks.append(asyncio.create_task(work))
        return self.tasks[-1].cancel

    def cleared(self) -> None:
        self.shown.append("cleared")

    def newer(self) -> None:
        self.shown.append("newer")

    def changed(self) -> None:
        self.shown.append("changed")

    def tell(self, text: str, title: str = "", *, error: bool = False, long: bool = False) -> None:
        self.told.append((title, text))

    def ask(self, error: RefusedError, host: str, agreed: Callable[[], None]) -> None:
        self.asked.append((host, agreed))

    def later(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        self.timers.append((seconds, do))

    def leave(self, code: int) -> None:
        self.codes.append(code)


class Controlled:
    """A control with the face that it has."""

    def __init__(self, start: FakeStart, plan: Any = PLAN) -> None:
        self.face, self.start, self.frames = Face(), start, Frames(4)
        self.control = RunControl(plan, start, self.face, self.frames, precedence=False)

    @property
    def session(self) -> FakeSession:
        """The last session that was started."""
        return self.start.sessions[-1]

    async def begin(self) -> None:
        """Begin, and wait for the first snapshots."""
        self.control.begin(self.control.plan)
        await asyncio.sleep(0)

    async def finish(self) -> None:
        """Let the session come to its end."""
        self.session.go_on.set()
        await self.face.tasks[-1]


@asynccontextmanager
async def on(*snapshots: Any, plan: Any = PLAN) -> AsyncIterator[Controlled]:
    """A run that is on."""
    it = Controlled(FakeStart(*snapshots), plan)
    await it.begin()
    yield it
    for task in it.face.tasks:
        task.cancel()
    await asyncio.gather(*it.face.tasks, return_exceptions=True)


async def test_a_run_shows_its_snapshots_and_ends_with_its_report() -> None:
    async with on(replace(running(1.0), sequence=1), replace(running(2.0), sequence=2)) as it:
        control = it.control
        assert (control.status, control.newest.sequence, control.report) == ("running", 2, None)
        assert it.face.shown == ["cleared", "newer", "newer"]
        first = control.history.first()
        assert first is not None
        assert first.sequence == 1
        it.frames.count = 7
        await it.finish()
        assert control.status == "done"
        assert control.report is not None
        assert control.report.environment["watching"] == {"pictures": 7, "precedence": False}
        assert control.newest.verdict == finished().verdict
        assert it.face.shown[-1] == "changed"
        assert it.session.closed


async def test_a_second_run_begins_only_when_the_first_is_over_and_forgets_it() -> None:
    async with on() as it:
        await it.begin()
        assert len(it.start.sessions) == 1
        it.control.note("saved")
        await it.finish()
        await it.begin()
        assert len(it.start.sessions) == 2
        assert (it.control.report, it.control.notes) == (None, ())


async def test_notes_stand_after_all_that_happened() -> None:
    async with on() as it:
        it.control.note("one", "two", error=True)
        last = max(event.seconds for event in it.control.newest.events)
        assert [(note.text, note.level) for note in it.control.notes] == [("one", "error"), ("two", "error")]
        assert all(note.seconds >= last for note in it.control.notes)


async def test_a_run_that_is_on_is_steered_and_only_then() -> None:
    async with on(plan=EMBEDDED) as it:
        control = it.control
        assert all(map(control.can, STEERING))
        control.step(-1)
        control.step(1)
        control.step(1)
        assert it.session.steps == 1
        for _ in range(3):
            control.step(1)
        assert it.face.told == [("", "That is the most.")]
        control.pause()
        assert it.session.paused
        control.pause()
        assert not it.session.paused
        control.change_target({"latency_ms": 20.0})
        assert control.pacing is not None
        assert control.pacing.latency_ms == 20
        await it.finish()
        assert not any(map(control.can, STEERING))
        control.change_target({"latency_ms": 40.0})
        assert it.session.pacing.latency_ms == 20


async def test_a_target_that_is_not_ours_cannot_be_changed() -> None:
    async with on() as it:
        assert [action for action in STEERING if not it.control.can(action)] == ["target"]


async def test_stopping_drains_and_keeps_what_there_is() -> None:
    async with on() as it:
        it.control.stop()
        assert it.control.status == "stopping"
        assert it.control.running
        await it.face.tasks[-1]
        assert it.control.status == "stopped"
        assert it.control.report is not None
        assert not it.control.report.complete
        await it.control.leave()
        assert it.face.codes == [ExitCode.DONE]


async def test_a_report_is_there_before_the_end_and_none_before_any_run() -> None:
    it = Controlled(FakeStart())
    assert it.control.report_so_far() is None
    async with on() as it:
        report = it.control.report_so_far()
        assert report is not None
        assert not report.complete
        assert it.control.report is None


async def test_ctrl_c_stops_and_then_leaves_as_interrupted() -> None:
    async with on() as it:
        await it.control.interrupt()
        await it.face.tasks[-1]
        assert it.face.codes == []
        await it.control.interrupt()
        assert it.face.codes == [ExitCode.INTERRUPTED]


async def test_leaving_waits_for_the_drain_and_asked_twice_cuts_it_short_and_keeps_the_report() -> None:
    async with on() as it:
        it.session.go_on = it.session.never
        await it.control.leave()
        assert it.session.stopped
        assert it.face.codes == []
        assert it.face.told == [("", "Stopping. Press again to quit at once.")]
        await it.control.leave()
        assert it.face.codes == [ExitCode.INTERRUPTED]
        assert it.session.closed
        assert it.control.report is not None


async def test_a_signal_to_end_leaves_at_the_latest_after_a_while_and_a_second_one_changes_nothing() -> None:
    async with on() as it:
        await it.control.terminate()
        await it.control.terminate()
        ((seconds, do),) = it.face.timers
        assert seconds == session.LEAVE_SECONDS
        assert it.control.told_to_end
        await it.face.tasks[-1]
        assert it.face.codes == [ExitCode.INTERRUPTED]
        await do()
        assert it.session.closed


async def test_an_error_is_told_and_noted_line_by_line() -> None:
    it = Controlled(FakeStart(error=TargetError("no answer\nat all")))
    await it.begin()
    await it.face.tasks[-1]
    assert it.control.status == "failed"
    assert [note.text for note in it.control.notes] == ["no answer", "at all"]
    assert it.face.told == [("Not run", "no answer\nat all")]


async def test_consent_is_asked_for_once_and_given_to_the_next_run() -> None:
    it = Controlled(FakeStart(error=RefusedError("a public host")), PUBLIC)
    await it.begin()
    await it.face.tasks[-1]
    ((host, agreed),) = it.face.asked
    assert host == "example.org"
    agreed()
    await it.face.tasks[-1]
    assert [consent for _, consent in it.start.asked] == [frozenset(), frozenset({"example.org"})]
    assert len(it.face.asked) == 1
    assert it.face.told == [("Not run", "a public host")]


async def test_another_plan_takes_the_place_of_the_last_run() -> None:
    async with on() as it:
        await it.finish()
        it.control.load(PUBLIC)
        assert (it.control.status, it.control.report, len(it.control.history)) == ("idle", None, 0)
        assert it.control.newest.target.endswith("https://example.org/")


async def test_a_sweep_is_begun_stopped_and_begun_again() -> None:
    face, start = Face(), FakeSweepStart(knee_rate)
    control = SweepControl(KNEE, start, face)
    control.begin()
    await asyncio.sleep(0)
    assert (control.status, control.newest.sequence, control.verdict) == ("running", 25, None)
    partial = control.report_so_far()
    assert partial is not None
    assert not partial.complete
    control.stop()
    await face.tasks[-1]
    assert control.status == "stopped"
    assert control.report is not None
    assert control.verdict == control.report.verdict.sentence
    control.begin()
    await asyncio.sleep(0)
    assert (len(start.sessions), control.report) == (2, None)
    start.sessions[-1].go_on.set()
    await face.tasks[-1]
    assert control.status == "done"


@pytest.mark.parametrize(("passed", "wait"), [(0.0, 0.25), (0.1, 0.15), (9.0, 0.001)])
def test_pictures_are_drawn_at_most_so_many_a_second(passed: float, wait: float) -> None:
    now = [5.0]
    frames = Frames(4, clock=lambda: now[0])
    assert frames.wait == pytest.approx(0.001)
    frames.drawn()
    now[0] += passed
    assert frames.wait == pytest.approx(wait)
    assert frames.count == 1
