"""Ways to leave the app, and what each says by its exit code."""

from __future__ import annotations

from contextlib import suppress

import pytest
from driving import Opened, opened
from examples import finished, report_of
from failed_runs import invalid
from msgspec.structs import replace

from httptui.errors import ExitCode
from httptui.results.report import ExpectationResult
from httptui.tui.exit_codes import exit_code_in_app, exit_code_of

pytestmark = pytest.mark.pilot


async def leave(it: Opened, *keys: str) -> int | None:
    """Press keys that end in leaving; the exit code."""
    await it.pilot.press(*keys)
    await it.until(lambda: it.app._exit)
    return it.app.return_code


@pytest.mark.parametrize(
    ("stopping", "code"), [("s", ExitCode.DONE), ("ctrl+c", ExitCode.INTERRUPTED)], ids=["s", "ctrl+c"]
)
@pytest.mark.parametrize("leaving", ["q", "ctrl+c"])
async def test_a_run_stopped_by_ctrl_c_was_interrupted_and_one_stopped_by_s_was_not(
    stopping: str, code: ExitCode, leaving: str
) -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press(stopping)
        await it.until(lambda: it.screen.report is not None)
        assert it.session.stopped
        assert it.app.is_running
        assert await leave(it, leaving) == code


async def test_an_unforeseen_error_ends_the_app_without_showing_the_values_of_variables() -> None:
    def fail() -> None:
        secret = "c4n4ry"
        raise ZeroDivisionError(f"odd{secret[:0]}")

    it: Opened | None = None
    with suppress(ZeroDivisionError):
        async with opened() as it:
            it.app.call_later(fail)
            await it.until(lambda: it.app.fault is not None)
    assert it is not None
    assert isinstance(it.app.fault, ZeroDivisionError)
    assert it.app.return_code == 1
    assert it.app._exit_renderables == []


async def test_a_run_that_followed_makes_up_for_an_interrupted_one() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("ctrl+c")
        await it.until(lambda: it.screen.report is not None)
        await it.run()
        await it.finish()
        assert await leave(it, "q") == ExitCode.DONE


async def test_q_during_a_run_waits_for_the_drain_and_tells_of_the_interruption() -> None:
    async with opened() as it:
        await it.run()
        assert await leave(it, "q") == ExitCode.INTERRUPTED
        assert it.session.stopped
        assert it.session.closed


async def test_q_twice_leaves_a_run_that_does_not_drain_and_closes_it() -> None:
    async with opened() as it:
        await it.run()
        it.session.go_on = it.session.never
        assert await leave(it, "q", "q") == ExitCode.INTERRUPTED
        assert it.session.closed
        assert it.screen.report is not None


async def test_a_signal_to_end_leaves_a_run_that_does_not_drain_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("httptui.tui.control.session.LEAVE_SECONDS", 0.05)
    async with opened() as it:
        await it.run()
        it.session.go_on = it.session.never
        await it.screen.terminate()
        await it.until(lambda: it.app._exit)
        assert it.session.closed
        assert it.screen.report is not None
        assert it.app.return_code == ExitCode.INTERRUPTED


async def test_the_end_of_the_terminal_after_its_signal_does_not_cut_the_drain_short() -> None:
    async with opened() as it:
        await it.run()
        await it.screen.terminate()
        await it.screen.terminate()
        await it.until(lambda: it.app._exit)
        assert it.session.stopped
        assert it.screen.report is not None
        assert it.screen.told_to_end


def test_the_exit_code_tells_whether_any_contender_finished() -> None:
    assert exit_code_of(report_of(finished())) == ExitCode.DONE
    failed = replace(finished(), contenders=finished().contenders[3:])
    assert exit_code_of(report_of(failed)) == ExitCode.NOTHING_FINISHED


def test_a_run_that_its_target_ended_is_told_by_the_app_and_one_that_its_user_ended_is_well() -> None:
    failed, stopped = report_of(invalid()), report_of(finished())
    assert exit_code_in_app(replace(failed, complete=False)) == ExitCode.NOTHING_FINISHED
    assert exit_code_in_app(replace(stopped, complete=False, contenders=())) == ExitCode.DONE


@pytest.mark.parametrize(("met", "code"), [(True, ExitCode.DONE), (False, ExitCode.THRESHOLD_MISSED)])
def test_the_exit_code_tells_whether_an_expectation_was_missed(met: bool, code: ExitCode) -> None:
    result = ExpectationResult(text="errors == 0", id="A", met=met, actual=1, sentence="errors == 0: A has 1")
    assert exit_code_of(replace(report_of(finished()), expectations=(result,))) == code
