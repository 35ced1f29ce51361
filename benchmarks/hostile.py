"""Every installed engine against a hostile server: broken HTTP/1, decompression bombs, broken TLS and broken HTTP/2.

`python -m benchmarks.hostile [--engine NAME] [--kind KIND] [--seed 1] [--requests 300] [--resume] [--write]`; the
first two may be repeated. Each is a run of the command on a pseudo-terminal that writes every kind of report. It
counts dead lanes, exit codes of crashes, tracebacks, the largest lane, errors classified as "other", and unsafe
characters in the reports or on the terminal: those that a terminal obeys or that are invisible. Exits with 1 if
anything crashed, a lane took more than 600 MB, or there is an unsafe character.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil

from benchmarks.pseudo_terminal import PseudoTerminal
from benchmarks.published import Kept, command_line, load_average, publish, surroundings, table
from httptui.engines.registry import EngineInfo, list_engines
from httptui.safe_text import safe_text
from httptui.units import format_count

KINDS = {"http1": "HTTP/1", "bombs": "bombs", "tls": "TLS", "http2": "HTTP/2"}
IN_FLIGHT = 4
TIMEOUT, BOMB_TIMEOUT = "1s", "5s"
BOMBS = 12
MOST_MB = 600.0
LOOK_SECONDS = 0.02
RUN_SECONDS = 200.0
EXPECTED_EXITS = (0, 3, 4)
OWN_SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r\n|\r|\n|\t|\x1b[=>78M]|\x1b\(B")
"""Control sequences that the command itself writes to a terminal."""
COLUMNS = (
    "engine",
    "kind",
    "requests",
    "ok",
    "errors",
    "called other",
    "largest lane",
    "crashes",
    "control characters",
)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one engine against one kind of attack; `crashes` describe what died or failed."""

    engine: str
    kind: str
    requests: int = 0
    ok: int = 0
    errors: dict[str, int] = {}
    largest_mb: float = 0.0
    crashes: tuple[str, ...] = ()
    controls: int = 0

    @property
    def sound(self) -> bool:
        """True if nothing crashed, and every limit was seen to be kept."""
        return not self.crashes and not self.controls and 0 < self.largest_mb <= MOST_MB


class Largest:
    """Largest resident set of any lane that a command starts, in MB, while observed."""

    def __init__(self, command: int) -> None:
        self.mb = 0.0
        self._command = psutil.Process(command)
        self._lanes: set[int] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Largest:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            with suppress(psutil.Error):
                for child in self._command.children(recursive=True):
                    if self._is_lane(child):
                        self.mb = max(self.mb, child.memory_info().rss / 1e6)

    def _is_lane(self, child: psutil.Process) -> bool:
        # Between fork and exec, a lane has the command line of its parent: only a lane that was seen stays one.
        if child.pid not in self._lanes and "httptui.engines.lane" in child.cmdline():
            self._lanes.add(child.pid)
        return child.pid in self._lanes


@contextmanager
def serving(kind: str, seed: int, folder: Path) -> Iterator[str]:
    """Run a server of that kind, and yield its URL."""
    command = [sys.executable, "-m", "benchmarks.hostile_server", kind, str(seed), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        try:
            yield f"{'https' if kind in ('tls', 'http2') else 'http'}://127.0.0.1:{port}/"
        finally:
            server.stdin.close()
            server.terminate()


def unsafe_in(text: str) -> int:
    """Count the characters of a text that are unsafe to show."""
    return sum(safe_text(line, len(line)) != line for line in re.split(r"[\t\r\n]", text))


def attack(engine: str, kind: str, seed: int, requests: int) -> Outcome:
    """Run one engine against one kind of attack."""
    with (
        tempfile.TemporaryDirectory(prefix="httptui-hostile-") as name,
        serving(kind, seed, Path(name)) as url,
    ):
        folder = Path(name)
        reports = {way: folder / f"report.{way}" for way in ("json", "markdown", "html", "csv")}
        command = [
            sys.executable,
            "-m",
            "httptui",
            "run",
            "--url",
            url,
            "--timeout",
            TIMEOUT,
            "--warmup",
            "0",
        ]
        command += ["-e", f"{engine},http=2" if kind == "http2" else engine, "-c", str(IN_FLIGHT)]
        command += ["-n", str(BOMBS if kind == "bombs" else requests)]
        command += ["--ca-file", str(folder / "ca.pem")] if url.startswith("https") else []
        for way, path in reports.items():
            command += [f"--{way}", str(path)]
        home = {name: str(folder) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME")}
        crashes: list[str] = []
        with PseudoTerminal(command, environment=home) as terminal, Largest(terminal.process.pid) as largest:
            try:
                code = terminal.read_to_end(RUN_SECONDS)
            except TimeoutError:
                code = None
                crashes.append(f"still running after {RUN_SECONDS:g} s")
        shown = terminal.output.decode("utf-8", "replace")
        if code is not None and code not in EXPECTED_EXITS:
            crashes.append(f"exit code {code}")
        if "Traceback" in shown:
            crashes.append("a traceback")
        artefacts = [path.read_text(errors="replace") for path in reports.values() if path.exists()]
        report = json.loads(reports["json"].read_text()) if reports["json"].exists() else None
    return _outcome(engine, kind, report, largest.mb, crashes, [OWN_SEQUENCES.sub("\n", shown), *artefacts])


def _outcome(
    engine: str, kind: str, report: Any, largest: float, crashes: list[str], texts: Sequence[str]
) -> Outcome:
    controls = sum(map(unsafe_in, texts))
    if report is None:
        crashes.append("no report")
        return Outcome(
            engine=engine, kind=kind, largest_mb=largest, crashes=tuple(crashes), controls=controls
        )
    one = report["contenders"][0]
    if one.get("cause"):
        crashes.append(one["cause"])
    return Outcome(
        engine=engine,
        kind=kind,
        requests=one["requests"]["planned"],
        ok=one["requests"]["ok"],
        errors=one["errors"],
        largest_mb=largest,
        crashes=tuple(crashes),
        controls=controls,
    )


def row_of(outcome: Outcome) -> list[str]:
    """Return one row of the table."""
    return [
        outcome.engine,
        KINDS[outcome.kind],
        format_count(outcome.requests),
        format_count(outcome.ok),
        format_count(sum(outcome.errors.values())),
        format_count(outcome.errors.get("other", 0)),
        f"{outcome.largest_mb:.0f} MB",
        "; ".join(outcome.crashes) or "0",
        str(outcome.controls),
    ]


def summary(outcomes: Sequence[Outcome]) -> str:
    """Summarise all outcomes in two sentences."""
    failed = sum(sum(outcome.errors.values()) for outcome in outcomes)
    return (
        f"{format_count(len(outcomes))} runs with {format_count(sum(one.requests for one in outcomes))} requests, "
        f"of which {format_count(failed)} failed: {sum(len(one.crashes) for one in outcomes)} crashes, largest lane "
        f"{max(one.largest_mb for one in outcomes):.0f} MB, {sum(one.controls for one in outcomes)} control "
        "characters."
    )


def wanted(names: Sequence[str], kinds: Sequence[str]) -> Iterator[tuple[EngineInfo, str]]:
    """Yield the pairs of engine and kind to run."""
    for info in list_engines():
        if info.installed and (not names or info.name in names):
            for kind in KINDS:
                if (not kinds or kind in kinds) and (kind != "http2" or "2" in info.http_versions):
                    yield info, kind


def main() -> int:
    """Attack and publish; return the exit code."""
    parser = command_line(__doc__, "8 minutes", resumable=True)
    parser.add_argument("--engine", action="append", default=[])
    parser.add_argument("--kind", action="append", default=[], choices=list(KINDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=300)
    given = parser.parse_args()
    load, kept = load_average(), Kept("hostile", Outcome, resumed=given.resume)
    for info, kind in wanted(given.engine, given.kind):
        if (name := f"{info.name} {kind} {given.seed}") not in kept.parts:
            kept.keep(name, attack(info.name, kind, given.seed, given.requests))
            print(" · ".join(row_of(kept.parts[name])), kept.parts[name].errors, file=sys.stderr, flush=True)
    outcomes = list(kept.parts.values())
    body = "\n\n".join(
        [
            summary(outcomes),
            table(COLUMNS, [row_of(outcome) for outcome in outcomes], words=2),
            f"Seed {given.seed}, {IN_FLIGHT} in flight, timeout {TIMEOUT}, {BOMB_TIMEOUT} for bombs. "
            + surroundings(load),
        ]
    )
    publish("hostile", body, write=given.write)
    return 0 if all(outcome.sound for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
