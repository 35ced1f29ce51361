"""What every test stands on: no proxy, no home folder of the user, and no process left behind."""

from __future__ import annotations

import gc
import re
import signal
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

# A machine that is busy with something else is no reason to fail; `make check` tries fewer examples.
settings.register_profile("whole", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("whole"), max_examples=40)
settings.load_profile("whole")

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
OF_ALL = re.compile(r"^pytestmark = (?:\[\n(?: +.*\n)+|.*)", re.MULTILINE)
MARK = re.compile(r"\bmark\.(\w+)")
NUMBERS = count()

# A shell has what it runs in the background ignore Ctrl-C, which the commands that tests start would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a module unread where -m takes none of its tests: each worker reads all that are not left out here."""
    wanted: str = config.getoption("markexpr")
    if collection_path.suffix != ".py" or " or " in wanted:
        return None
    text = collection_path.read_text("utf-8")
    of_all = OF_ALL.search(text)
    left_out = set(re.findall(r"\bnot (\w+)", wanted)) & set(MARK.findall(of_all[0] if of_all else ""))
    return True if left_out or (wanted.isidentifier() and wanted not in MARK.findall(text)) else None


def pytest_collection_finish() -> None:
    """Leave modules and tests out of every search for garbage, and search seldom: a form's tests spent 40 % on it."""
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test has a home folder, apart from the folders that pytest looks through for each new one."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def private_surroundings(monkeypatch: pytest.MonkeyPatch, homes: Path) -> None:
    """Keep the user's proxies and folders out of the test, and the test out of the user's folders."""
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    home = homes / str(next(NUMBERS))
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def no_process_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a slow test that leaves a child of this process running, after ending it."""
    if request.node.get_closest_marker("slow") is None:
        yield
        return
    before = set(psutil.Process().children(recursive=True))
    yield
    started = [
        child
        for child in psutil.Process().children(recursive=True)
        if child not in before and not _is_helper(child)
    ]
    _, alive = psutil.wait_procs(started, timeout=5)
    told = [_command(child) for child in alive]
    for child in alive:
        child.kill()
    psutil.wait_procs(alive, timeout=5)
    assert not told, f"left running: {told}"


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """The plugin's comparison, made once the screen stands still.

    A key may take several rounds of layout: a panel appears, its text gets a scrollbar, and the scrollbar narrows the
    text.  The plugin waits for one round, so on a busy machine it would record a picture in between.
    """

    def compare(
        app: App[Any], *, run_before: Callable[[Pilot[Any]], Awaitable[None]], **options: Any
    ) -> bool:
        async def bring(pilot: Pilot[Any]) -> None:
            await run_before(pilot)
            await _stands_still(pilot)

        return snap_compare(app, run_before=bring, **options)

    return compare


async def _stands_still(pilot: Pilot[Any], same: int = 4, at_most: int = 200) -> None:
    """Let the app go on until so many pictures in a row are alike; AssertionError where they never are."""
    alike, before = 0, ""
    for _ in range(at_most):
        await pilot.pause(0.02)
        await pilot.pause()
        now = pilot.app.export_screenshot()
        alike, before = (alike + 1 if now == before else 0), now
        if alike == same:
            return
    raise AssertionError("the screen never stood still")


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the checkout."""
    return Path(__file__).resolve().parent.parent


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return "ended meanwhile"


def _is_helper(process: psutil.Process) -> bool:
    """Whether it is multiprocessing's own tracker, which lives as long as the process that uses it."""
    return "multiprocessing.resource_tracker" in _command(process)
