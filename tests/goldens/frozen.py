"""Every output that is frozen, made by the command itself wherever a command makes it.

Other tests freeze the looks of the screens (`__snapshots__`), what commands say on stderr (`tests/command`), and the
exit codes of runs that send requests (`tests/command/test_real_runs.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from httptui.report.formats import indented
from httptui.sweeps.report import read_either
from httptui.tui.cli.main import httptui
from tests.goldens.calling import called, printed, steady, surroundings
from tests.goldens.derived import detailed, slowed, troubled_run, troubled_sweep
from tests.goldens.exits import exit_codes
from tests.goldens.keys import PROJECT, names_and_keys

SAVED = {path.stem: path for path in sorted((PROJECT / "docs" / "results").glob("*.json"))}
PRESETS = sorted(path.stem for path in (PROJECT / "presets").glob("*.toml"))
FORMS = {"html": "html", "markdown": "md", "csv": "csv", "bmf": "bmf"}
"""Each flag of a form with the ending of its golden."""
PAIRS = (
    ("fanout-512", "fanout-as-published"),
    ("leapcell-as-published", "leapcell-fair"),
    ("scraper-pool", "scraper-urls"),
    ("fastapi-fanout", "httpx-through-time"),
)
"""Runs of different plans, which share some contenders or none."""
HELD = ("fastapi-fanout", "knee", "leapcell-fair", "pool-grid", "scraper-urls")
"""Compared also with a control and thresholds."""
LIMITS = ("--control", "B", "-t", "req_per_s > -5%", "-t", "p99 < 10%", "--strict")

Made = Iterator[tuple[str, str]]
Change = Callable[[bytes], bytes]
Make = Callable[[Path], Made]
"""From an empty current folder to each output: the rest of its name, after the case's, and its text."""


class Case(NamedTuple):
    """Outputs that are made together; their names begin with that of the case."""

    name: str
    make: Make


def cases() -> list[Case]:
    """Return all cases, sorted by name."""
    found = [*_helps(), *_codes(), *_reports(), *_comparisons()]
    found += [
        Case("exit-codes", _exit_codes),
        Case("keys", _keys),
        Case("presets", _presets),
        Case("settings", _settings),
    ]
    return sorted(found)


def outputs_of(case: Case) -> dict[str, str]:
    """Each output of a case by its name."""
    with surroundings() as folder:
        return {f"{case.name}{rest}": text for rest, text in case.make(folder)}


def is_of(name: str, case: Case) -> bool:
    """Tell whether an output belongs to a case, by its name."""
    return name.startswith((f"{case.name}.", f"{case.name}/"))


def _helps() -> Iterator[Case]:
    for words in _commands(httptui, ()):
        yield Case("-".join(("help/httptui", *words)), partial(_help, words))


def _commands(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the words of a command and of all its sub-commands."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (below := command.get_command(context, name)) is not None:
                yield from _commands(below, (*words, name))


def _help(words: tuple[str, ...], _folder: Path) -> Made:
    yield ".txt", printed(*words, "--help")


def _codes() -> Iterator[Case]:
    for name in PRESETS:
        yield Case(f"code/{name}", partial(_code, name))


def _code(preset: str, _folder: Path) -> Made:
    yield ".txt", printed("code", preset)


def _presets(_folder: Path) -> Made:
    yield "/list.txt", printed("presets", "list")
    yield "/checks.txt", "".join(printed("presets", "check", name) for name in PRESETS)


def _settings(_folder: Path) -> Made:
    yield "/show.txt", printed("config", "show")
    yield "/init.txt", Path(printed("config", "init").strip()).read_text("utf-8")


def _keys(_folder: Path) -> Made:
    yield from ((f"/{name}", text) for name, text in names_and_keys())


def _exit_codes(folder: Path) -> Made:
    saved = {name: SAVED[name].read_bytes() for name in ("knee", "leapcell-as-published", "pool-grid")}
    yield ".txt", exit_codes(folder, saved["leapcell-as-published"], (saved["knee"], saved["pool-grid"]))


def _reports() -> Iterator[Case]:
    for name, path in SAVED.items():
        yield Case(f"reports/{name}", partial(_report, path, _as_saved))
    yield Case("reports/troubled-run", partial(_report, SAVED["scraper-urls"], troubled_run))
    yield Case("reports/troubled-sweep", partial(_report, SAVED["knee"], troubled_sweep))


def _report(saved: Path, change: Change, folder: Path) -> Made:
    """Make the text, every form that can be exported, and the JSON read and written again."""
    data = change(saved.read_bytes())
    Path("report.json").write_bytes(data)
    yield ".txt", printed("report", "show", "report.json")
    flags = [word for flag, ending in FORMS.items() for word in (f"--{flag}", f"form.{ending}")]
    if _is_run(data):
        flags += ["--hgrm", "percentiles"]
    printed("report", "export", "report.json", *flags)
    for ending in FORMS.values():
        text = _text(Path(f"form.{ending}"))
        yield f".{ending}", steady(text) if ending == "bmf" else text
    for path in sorted(folder.glob("percentiles/*")):
        yield f"/{path.name}", _text(path)
    yield ".json", indented(read_either(Path("report.json"))).decode()


def _comparisons() -> Iterator[Case]:
    for name, path in SAVED.items():
        yield Case(f"comparisons/{name}-slowed", partial(_slowed, path, _as_saved, ()))
    for name in HELD:
        yield Case(f"comparisons/{name}-slowed-held", partial(_slowed, SAVED[name], _as_saved, LIMITS))
    base = SAVED["scraper-urls"]
    yield Case("comparisons/detailed-slowed", partial(_slowed, base, detailed, ()))
    yield Case("comparisons/detailed-slowed-held", partial(_slowed, base, detailed, LIMITS))
    for before, after in PAIRS:
        yield Case(f"comparisons/{before}-and-{after}", partial(_pair, SAVED[before], SAVED[after]))


def _slowed(saved: Path, change: Change, flags: tuple[str, ...], _folder: Path) -> Made:
    """Compare a report with the same one in which the first contender is slower."""
    data = change(saved.read_bytes())
    yield from _compared(data, slowed(data), flags)


def _pair(before: Path, after: Path, _folder: Path) -> Made:
    yield from _compared(before.read_bytes(), after.read_bytes(), ())


def _compared(before: bytes, after: bytes, flags: tuple[str, ...]) -> Made:
    """Make all forms of a comparison; the text ends with the exit code."""
    for name, data in (("before", before), ("after", after)):
        Path(f"{name}.json").write_bytes(data)
    forms = ("--json", "form.json", "--markdown", "form.md", "--html", "form.html")
    done = called("report", "compare", "before.json", "after.json", *flags, *forms)
    if done.code not in (0, 3):
        raise AssertionError(f"the comparison ended with {done.code}: {done.err}")
    yield ".txt", f"{done.out}\nexit code {done.code}\n"
    yield ".json", steady(_text(Path("form.json")))
    yield ".md", _text(Path("form.md"))
    yield ".html", _text(Path("form.html"))


def _as_saved(data: bytes) -> bytes:
    return data


def _is_run(data: bytes) -> bool:
    return "points" not in json.loads(data)


def _text(path: Path) -> str:
    """Read a file, keeping its line ends."""
    return path.read_bytes().decode()
