"""Writing what a command leaves, one output after the other: one that cannot be written costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from httptui.errors import ExitCode, HttptuiError
from httptui.plans.request_checks import shown
from httptui.reports.files import reports_folder, save_together, why, write_atomically
from httptui.reports.special_files import STDOUT as STDOUT_NUMBER
from httptui.reports.special_files import GiveUp, descriptor_of, is_special, never, write_through
from httptui.safe_text import safe_text
from httptui.tui.command.stderr import complain, note
from httptui.tui.command.stdout import put

STDOUT = "-"


class Job(NamedTuple):
    """One output: the flag that asked for it, a file or "-", and what makes its content."""

    flag: str
    target: str
    form: Callable[[], bytes]


class Delivery:
    """Keeps account of what was written.  `give_up` breaks off waiting for a reader."""

    def __init__(self, give_up: GiveUp = never) -> None:
        self.paths: list[Path] = []
        self.problems: list[str] = []
        self.whole = False
        """Whether somebody has the whole report, of which every other form can be made."""
        self._give_up = give_up
        self._waiting: list[Callable[[], object]] = []

    def later(self, work: Callable[[], object]) -> None:
        """Leave work that waits for a reader to `serve`."""
        self._waiting.append(work)

    def serve(self) -> None:
        """Do what waits for readers, one after the other."""
        while self._waiting:
            self._waiting.pop(0)()

    def write(self, jobs: Iterable[Job]) -> None:
        """Write each to its place: regular files first, which wait for no reader."""
        for job in sorted(jobs, key=lambda job: waits_for_a_reader(job.target)):
            if self.attempt(f"{job.flag}: {shown(job.target, 200)}", partial(self._deliver, job)):
                self.whole |= job.flag == "--json"

    def save(self, out: Path, stem: str, forms: Mapping[str, Callable[[], bytes]]) -> None:
        """Save files under one name in a folder."""

        def save() -> None:
            saved = save_together(reports_folder(out), stem, forms)
            self.paths += saved.paths
            self.problems += [f"--out: {safe_text(problem, 500)}" for problem in saved.problems]
            self.whole |= any(path.suffix == ".json" for path in saved.paths)

        self.attempt(f"--out: {shown(str(out), 200)}", save)

    def attempt(self, name: str, work: Callable[[], object]) -> bool:
        """Do some work; whether it was done.  Why it was not is kept, once."""
        try:
            work()
        except HttptuiError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - a mistake in one form must not cost the others.
            problem = f"{name} was not written: {why(error)}"
        else:
            return True
        if (clean := safe_text(problem, 500)) not in self.problems:
            self.problems.append(clean)
        return False

    def tell(self) -> None:
        """Tell what was saved, then what could not be, once all readers are served."""
        self.serve()
        for path in self.paths:
            note(f"saved {path}")
        complain(*self.problems)

    def code(self, code: int = ExitCode.DONE) -> int:
        """The exit code: that of the command itself, or BAD_INPUT where all else is well but an output is missing."""
        return ExitCode.BAD_INPUT if code == ExitCode.DONE and self.problems else code

    def _deliver(self, job: Job) -> None:
        data = job.form()
        if is_stdout(job.target):
            put(data, give_up=self._give_up)
            return
        path = Path(job.target)
        if is_special(path):
            write_through(path, data, give_up=self._give_up)
        else:
            write_atomically(path, data)
        self.paths.append(path)


def is_stdout(target: str) -> bool:
    """Whether an output goes to stdout, by whatever name."""
    return target == STDOUT or descriptor_of(Path(target)) == STDOUT_NUMBER


def waits_for_a_reader(target: str) -> bool:
    """Whether an output is no regular file."""
    return target == STDOUT or is_special(Path(target))
