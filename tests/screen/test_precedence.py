"""The screen comes before the load on a full machine, only there, and only where the system allows it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from driving import opened
from examples import SHARED, FakeStart, running
from msgspec.structs import replace

from httptui.results.snapshot import Snapshot
from httptui.tui.control.run import Precedence
from httptui.tui.settings import Settings

FULL = replace(running(), flags=(SHARED,))
NOBODY = 65534
UNPRIVILEGED = f"""
import os, resource
from httptui.results.snapshot import Flag, Snapshot
from httptui.tui.control.run import Precedence
full = Snapshot(sequence=1, title="", target="", load="", schedule="", phase="running", elapsed=1.0, total=None,
                progress=0.5, block=1, blocks=2, contenders=(), flags=(Flag("shared machine", ""),))
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
if os.geteuid() == 0:
    os.setuid({NOBODY})
screen = Precedence()
screen.follow(full)
print(screen.was_held, os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_OTHER)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="no other system lets the screen come first")


def policy(thread: int = 0) -> int:
    """How the kernel schedules a thread, or this one."""
    return os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK


def may_come_first() -> bool:
    """Whether this process may ask for it."""
    asking = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))"
    return subprocess.run([sys.executable, "-c", asking], capture_output=True, check=False).returncode == 0


def policy_of_a_child() -> int:
    """How a process that this one starts is scheduled."""
    asking = "import os; print(os.sched_getscheduler(0))"
    return int(subprocess.run([sys.executable, "-c", asking], capture_output=True, check=True).stdout)


@linux
def test_the_screen_comes_first_on_a_full_machine_and_nothing_it_starts_does() -> None:
    allowed, screen = may_come_first(), Precedence()
    screen.follow(FULL)
    try:
        assert policy() == (os.SCHED_RR if allowed else os.SCHED_OTHER)
        assert policy_of_a_child() == os.SCHED_OTHER
    finally:
        screen.release()
    assert policy() == os.SCHED_OTHER
    assert screen.was_held is allowed


@linux
@pytest.mark.parametrize(("wanted", "snapshot"), [(True, running()), (False, FULL)])
def test_it_stays_level_with_the_load_elsewhere_and_where_it_shall(wanted: bool, snapshot: Snapshot) -> None:
    screen = Precedence(wanted=wanted)
    screen.follow(snapshot)
    assert (policy(), screen.was_held) == (os.SCHED_OTHER, False)


@linux
def test_without_the_right_to_it_everything_stays_as_it_was() -> None:
    told = subprocess.run([sys.executable, "-c", UNPRIVILEGED], capture_output=True, check=True, text=True)
    assert told.stdout.split() == ["False", "True"]


@linux
@pytest.mark.pilot
@pytest.mark.parametrize("wanted", [True, False])
async def test_a_run_that_fills_the_machine_tells_in_its_report_whether_the_screen_came_first(
    wanted: bool,
) -> None:
    async with opened(FakeStart(FULL), settings=Settings(precedence=wanted)) as app:
        await app.run()
        assert policy() == (os.SCHED_RR if wanted and may_come_first() else os.SCHED_OTHER)
        await app.finish()
        assert app.screen.report is not None
        assert app.screen.report.environment["watching"]["precedence"] is (wanted and may_come_first())
        await app.until(lambda: policy() == os.SCHED_OTHER)
