"""The outputs of a command: results to files or stdout, snapshots as JSON lines, and an account of failures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from httptui.errors import ExitCode, HttptuiError, PlanError
from httptui.plan.requests import shown
from httptui.report.formats import FORMATS, RUN_FORMS, saved_forms
from httptui.report.store import STDOUT as STDOUT_NUMBER
from httptui.report.store import (
    GiveUp,
    descriptor_of,
    is_special,
    never,
    regular_file,
    report_stem,
    reports_folder,
    save_together,
    why,
    why_not_descriptor,
    why_not_special,
    write_atomically,
    write_through,
)
from httptui.results.report import Report, ReportContender
from httptui.results.snapshot import Snapshot, without_timelines
from httptui.safe_text import safe_text
from httptui.tui.cli.streams import Stream, complain, note, put

if TYPE_CHECKING:
    from httptui.sweeps.report import SweepReport, SweepSnapshot

STDOUT = "-"


class Job(NamedTuple):
    """One output: the flag that asked for it, a file or "-", and what makes its content."""

    flag: str
    target: str
    form: Callable[[], bytes]


class Delivery:
    """Writes results and records what was and was not written; `give_up` ends the wait for a reader."""

    def __init__(self, give_up: GiveUp = never) -> None:
        self.paths: list[Path] = []
        self.problems: list[str] = []
        self.whole = False
        """True once the whole report was delivered, from which every other form can be made."""
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
        """Write each output, regular files first, as they wait for no reader."""
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
        """Do some work and return True, or record the problem, once."""
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
        """Serve all readers, then tell what was saved and what was not."""
        self.serve()
        for path in self.paths:
            note(f"saved {path}")
        complain(*self.problems)

    def code(self, code: int = ExitCode.DONE) -> int:
        """Return the command's exit code, or BAD_INPUT if only an output is missing."""
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
    """Check for stdout, by whatever name."""
    return target == STDOUT or descriptor_of(Path(target)) == STDOUT_NUMBER


def waits_for_a_reader(target: str) -> bool:
    """Check for an output that is not a regular file."""
    return target == STDOUT or is_special(Path(target))


HGRM = "hgrm"


class Outputs:
    """The outputs that were asked for: `files` has a file or "-" for each form; only one output may have stdout.

    `hgrm` is a folder for the percentiles of each contender, `hgrm_file` a file for those of one contender, of the
    times that `hgrm_what` names. `out` is a folder for the saved report.
    """

    def __init__(
        self,
        *,
        hgrm_file: str | None = None,
        hgrm_what: Literal["service", "response"] = "service",
        hgrm: Path | None = None,
        stream: bool = False,
        out: Path | None = None,
        **files: str | None,
    ) -> None:
        if unknown := files.keys() - FORMATS.keys():
            raise TypeError(f"no such forms: {', '.join(sorted(unknown))}")
        wanted = {**files, HGRM: hgrm_file}
        self.files = {name: target for name in (*FORMATS, HGRM) if (target := wanted.get(name)) is not None}
        self.hgrm_what, self.hgrm = hgrm_what, hgrm
        self.stream, self.out = stream, out
        self._lines = Stream()

    @property
    def takes_stdout(self) -> bool:
        """True if any output goes to stdout."""
        return self.stream or any(map(is_stdout, self._targets().values()))

    @property
    def only_streams(self) -> bool:
        """True if the stream is the only output, so that a run is pointless once its reader has gone."""
        return self.stream and not self._targets() and self.hgrm is None and self.out is None

    def check(self) -> None:
        """Raise PlanError for outputs that cannot be written, before any load."""
        targets = self._targets()
        claims = [f"{flag} {target}" for flag, target in targets.items() if is_stdout(target)]
        claims += ["--stream"] if self.stream else []
        problems = [f"{' and '.join(claims)}: only one of them can have stdout"] if len(claims) > 1 else []
        if claims and why_not_descriptor(STDOUT_NUMBER) is not None:
            problems.append(f"{' and '.join(claims)}: stdout is closed")
        problems += self._sharing()
        for flag, target in targets.items():
            if not is_stdout(target):
                problems += _problems(flag, target, _why_no_file)
        for flag, folder in (("--hgrm", self.hgrm), ("--out", self.out)):
            if folder is not None:
                problems += _problems(flag, str(folder), _why_no_folder)
        if problems:
            raise PlanError(*problems)

    def _targets(self) -> dict[str, str]:
        """Return the target of each flag of a form that is one file."""
        return {f"--{name}": target for name, target in self.files.items()}

    def _sharing(self) -> list[str]:
        """Return a problem for each regular file that several outputs would overwrite."""
        named = self._targets() | ({"--stream": STDOUT} if self.stream else {})
        files: dict[object, list[str]] = {}
        for flag, target in named.items():
            file = regular_file(STDOUT_NUMBER if is_stdout(target) else Path(target))
            if file is not None:
                files.setdefault(file, []).append(flag)
        problems = []
        for flags in files.values():
            if len(flags) > 1 and not all(is_stdout(named[flag]) for flag in flags):
                claims = " and ".join(f"{flag} {shown(named[flag], 200)}" for flag in flags)
                problems.append(f"{claims}: only one of them can have that file")
        return problems

    def check_forms_of_sweep(self) -> None:
        """Raise PlanError for a form that the report of a sweep does not have."""
        from httptui.sweeps.document import SWEEP_FORMATS

        asked = [f"--{name}" for name in self.files if name not in SWEEP_FORMATS]
        asked += ["--hgrm"] if self.hgrm is not None else []
        if asked:
            forms = ", ".join(f"--{name}" for name in SWEEP_FORMATS)
            raise PlanError(f"{' and '.join(asked)}: has no form for a sweep; {forms} or --out")

    def snapshot(self, snapshot: Snapshot | SweepSnapshot) -> None:
        """Stream a snapshot as one line of JSON, without the past that would be repeated four times a second.

        It is left out while the reader is behind. StdoutError where stdout takes no more.
        """
        if not self.stream:
            return
        if isinstance(snapshot, Snapshot):
            self._lines.offer(_line({"snapshot": without_timelines(snapshot)}))
        else:
            points = tuple(replace(point, slices=()) for point in snapshot.points)
            self._lines.offer(_line({"snapshot": replace(snapshot, points=points)}))

    def report(
        self,
        report: Report | SweepReport,
        chosen: ReportContender | None = None,
        *,
        give_up: GiveUp = never,
    ) -> Delivery:
        """Write the report as asked for, and the percentiles of the `chosen` contender to one file.

        Outputs that wait for a reader are left for `Delivery.serve`, so that a report can be kept and told before.
        """
        from httptui.report.exports import to_hgrm
        from httptui.sweeps.document import SWEEP_FORMATS

        delivery = Delivery(give_up)
        jobs: list[Job] = []
        formats: Mapping[str, Callable[[Any], bytes]] = SWEEP_FORMATS
        if isinstance(report, Report):
            formats = RUN_FORMS
            if (hgrm_file := self.files.get(HGRM)) is not None and chosen is not None:
                text = partial(to_hgrm, chosen, self.hgrm_what)
                jobs.append(Job("--hgrm", hgrm_file, lambda: text().encode()))
            if self.hgrm is not None:
                percentiles = partial(self._percentiles, report, self.hgrm, jobs)
                delivery.attempt(f"--hgrm: {shown(str(self.hgrm), 200)}", percentiles)
        if self.out is not None:
            delivery.save(self.out, report_stem(report), saved_forms(report, formats))
        jobs = [*self.jobs(report, formats), *jobs]
        waiting = [job for job in jobs if waits_for_a_reader(job.target)]
        delivery.write(job for job in jobs if job not in waiting)
        delivery.later(partial(delivery.write, waiting))
        if self.stream:
            delivery.later(partial(self._end_stream, report, delivery, give_up))
        return delivery

    def jobs(self, result: Any, formats: Mapping[str, Callable[[Any], bytes]]) -> list[Job]:
        """Return a job for each file that was asked for in one of these formats."""
        return [
            Job(f"--{name}", self.files[name], partial(form, result))
            for name, form in formats.items()
            if name in self.files
        ]

    def _end_stream(self, report: Any, delivery: Delivery, give_up: GiveUp) -> None:
        last = partial(self._lines.end, _line({"report": report}), give_up=give_up)
        delivery.whole |= delivery.attempt("--stream", last)

    @staticmethod
    def _percentiles(report: Report, folder: Path, jobs: list[Job]) -> None:
        from httptui.report.exports import hgrm_files

        made = reports_folder(folder)
        files = hgrm_files(report).items()
        jobs += [Job("--hgrm", str(made / name), partial(str.encode, text)) for name, text in files]


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def _problems(flag: str, target: str, why_not: Callable[[Path], str | None]) -> list[str]:
    try:
        problem = why_not(Path(target))
    except OSError as error:
        problem = f"cannot be written to: {error.strerror}"
    return [] if problem is None else [f"{flag}: {shown(target, 200)} {problem}"]


def _why_no_folder(folder: Path) -> str | None:
    try:
        reports_folder(folder)
    except OSError as error:
        return f"cannot be made: {error.strerror}"
    return _why_not_writable(folder)


def _why_no_file(path: Path) -> str | None:
    if path.is_dir():
        return "is a folder; name a file"
    if is_special(path):
        return why_not_special(path)
    with suppress(FileNotFoundError, NotADirectoryError):
        path.stat()
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        return "is in a folder that does not exist"
    if path.exists() and not os.access(path, os.W_OK):
        return "is read-only"
    problem = _why_not_writable(path.parent)
    return None if problem is None else f"is in a folder that {problem}"


def _why_not_writable(folder: Path) -> str | None:
    """Return why no file can be created in a folder; only creating one can tell."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"cannot be written to: {error.strerror}"
