"""One run of the real command with one fault: its result, its remaining processes and files, and its output."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from pathlib import Path

import msgspec
import psutil

from benchmarks.pseudo_terminal import PseudoTerminal

MARK = "HTTPTUI_FAULT_RUN"
COMMAND = [sys.executable, "-m", "httptui"]
LOAD_SECONDS = 2.0
TIMEOUT_SECONDS = 2.0
GRACE_SECONDS = 5.0
START_SECONDS = 6.0
"""Seconds that starting may take on a busy machine without counting as a hang."""
ORPHAN_SECONDS = 5.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one run; `code` is None if it had to be killed."""

    group: str
    fault: str
    code: int | None
    seconds: float
    lost: bool
    orphans: int
    hung: bool
    wrong_code: bool
    traceback: bool
    words: str = ""

    @property
    def faultless(self) -> bool:
        """True if nothing went wrong."""
        return not (self.lost or self.orphans or self.hung or self.wrong_code or self.traceback)


class Trial(msgspec.Struct, kw_only=True):
    """A run in progress: its folder, its process, and its terminal if it has one."""

    folder: Path
    process: subprocess.Popen[bytes]
    terminal: PseudoTerminal | None = None

    def lanes(self) -> list[psutil.Process]:
        """Return the processes that send its requests."""
        return [child for child in self._children() if "httptui.engines.lane" in child.cmdline()]

    def targets(self) -> list[psutil.Process]:
        """Return its embedded target."""
        return [child for child in self._children() if "httptui.target" in child.cmdline()]

    def under_load(self, seconds: float = START_SECONDS) -> bool:
        """Wait for a lane to run; return whether one does."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(psutil.Error):
                if self.lanes():
                    return True
            time.sleep(0.02)
        return False

    def _children(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []


class Fault(msgspec.Struct, kw_only=True):
    """Fault of a run: a shell line around the command, resource limits, and an action during the run.

    `around` provides something that exists during the run and is passed to `inject`. `codes` are the acceptable exit
    codes; `reported` means that something is measured, so that a report must be found, as after exit code 0.
    """

    group: str
    name: str
    codes: Sequence[int]
    reported: bool = False
    flags: Sequence[str] = ()
    shell: str = "{}"
    limits: Mapping[int, int] = {}
    inject: Callable[..., object] = lambda _: None
    around: Callable[[], AbstractContextManager[object]] | None = None
    on_terminal: bool = False
    controlling: bool = False
    seconds: float = LOAD_SECONDS
    more_seconds: float = 0.0


def run(fault: Fault) -> Outcome:
    """Run the command with a fault, and inspect what remains."""
    with tempfile.TemporaryDirectory(prefix="httptui-fault-") as name, ExitStack() as stack:
        folder = Path(name)
        environment = {**os.environ, MARK: name, "HOME": name, "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name}
        environment |= {"XDG_STATE_HOME": name, "XDG_CACHE_HOME": name, "TERM": "xterm-256color"}
        more = () if fault.around is None else (stack.enter_context(fault.around()),)
        began = time.monotonic()
        trial = _begun(fault, folder, environment, stack)
        hung, code = False, None
        try:
            fault.inject(trial, *more)
            code = _end_of(
                trial,
                began + START_SECONDS + fault.seconds + TIMEOUT_SECONDS + GRACE_SECONDS + fault.more_seconds,
            )
        except TimeoutError:
            hung = True
        seconds = time.monotonic() - began
        orphans = _orphans(name)
        trial.process.kill()
        trial.process.wait()
        words = _words(folder) if trial.terminal is None else trial.terminal.output.decode(errors="replace")
        return Outcome(
            group=fault.group,
            fault=fault.name,
            code=code,
            seconds=seconds,
            lost=(fault.reported or code == 0) and not hung and not _reports(folder),
            orphans=orphans,
            hung=hung,
            wrong_code=not hung and code not in fault.codes,
            traceback="Traceback" in words,
            words=words[-600:],
        )


def _begun(fault: Fault, folder: Path, environment: dict[str, str], stack: ExitStack) -> Trial:
    if fault.on_terminal:
        plan = folder / "plan.toml"
        plan.write_text(PLAN.format(seconds=fault.seconds))
        terminal = PseudoTerminal(
            [*COMMAND, "--preset", str(plan)],
            environment=environment,
            folder=folder,
            controlling=fault.controlling,
        )
        stack.enter_context(terminal)
        terminal.read_until("Contenders")
        terminal.press("r")
        terminal.read_until("req/s")
        return Trial(folder=folder, process=terminal.process, terminal=terminal)
    flags = ["-c", "2", "-d", f"{fault.seconds:g}s", "--timeout", f"{TIMEOUT_SECONDS:g}s", "--warmup", "0"]
    command = " ".join([*COMMAND, "run", "-e", "raw", "-e", "http.client", *flags, *fault.flags])
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [
                "bash",
                "-c",
                fault.shell.replace("{}", command if "unshare" in fault.shell else f"exec {command}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            env=environment,
            start_new_session=True,
            preexec_fn=partial(_limit, fault.limits),
        )
    return Trial(folder=folder, process=process)


def _limit(limits: Mapping[int, int]) -> None:
    # nohup, and a shell that runs this campaign in the background, have what it starts ignore these.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def _end_of(trial: Trial, until: float) -> int:
    while (code := trial.process.poll()) is None:
        if time.monotonic() > until:
            raise TimeoutError
        if trial.terminal is not None and trial.terminal.open:
            trial.terminal.read_for(0.05)
        else:
            time.sleep(0.05)
    return code


def _orphans(mark: str) -> int:
    """Count the processes of a run that remain a while after its end, and kill them."""
    until = time.monotonic() + ORPHAN_SECONDS
    while (left := _marked(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    return len(left)


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _reports(folder: Path) -> list[Path]:
    """Return the files that hold a complete report, wherever they are."""
    found = []
    for path in (*folder.glob("*.json"), *folder.glob("httptui/reports/*.json"), folder / "stdout"):
        with suppress(OSError, ValueError):
            if json.loads(path.read_bytes()).get("schema") == "httptui.report/1":
                found.append(path)
    return found


def _words(folder: Path) -> str:
    return "".join((folder / name).read_text(errors="replace") for name in ("stderr", "stdout"))


def signalled(number: signal.Signals, after: float, *, times: int = 1) -> Callable[[Trial], None]:
    """Send the command a signal so many seconds after its load began or, if negative, after its start."""

    def inject(trial: Trial) -> None:
        if after >= 0:
            trial.under_load()
        time.sleep(abs(after))
        for _ in range(times):
            with suppress(ProcessLookupError):
                trial.process.send_signal(number)
            time.sleep(0.2 if times > 1 else 0)

    return inject


PLAN = """
name = "fault"

[target]
url = "embedded"

[load]
concurrency = 2
seconds = {seconds}

[schedule]
warmup = "0"

[[contender]]
engine = "raw"

[[contender]]
engine = "http.client"
"""
