"""Publication of a benchmark's result as a Markdown table: printed, and put between markers in `docs/truth.md`."""

from __future__ import annotations

import argparse
import os
import platform
import re
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import psutil

from httptui.report.environment import cpu
from httptui.report.store import write_atomically

BEGAN = time.monotonic()
PAGE = Path(__file__).parent.parent / "docs" / "truth.md"


def command_line(
    description: str | None, minutes: str, *, resumable: bool = False
) -> argparse.ArgumentParser:
    """Return a parser with `--write`, and `--resume` if supported; its help says how long the benchmark takes."""
    parser = argparse.ArgumentParser(
        description=description,
        epilog=f"Takes about {minutes} as it is. Load goes to 127.0.0.1 only and ends by itself.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help="put the result into docs/truth.md, too")
    if resumable:
        parser.add_argument("--resume", action="store_true", help="go on with a run that was broken off")
    return parser


Part = TypeVar("Part")


class Kept(Generic[Part]):
    """Parts of a long benchmark by name, kept in a file of this system until they are published or started again.

    `resumed` means to continue with the existing parts.
    """

    def __init__(self, benchmark: str, kind: type[Part], *, resumed: bool) -> None:
        self.file = Path(tempfile.gettempdir()) / f"httptui-benchmark-{benchmark}.json"
        self.parts: dict[str, Part] = {}
        if resumed and self.file.exists():
            self.parts = msgspec.json.decode(self.file.read_bytes(), type=dict[str, kind])  # type: ignore[valid-type]

    def keep(self, name: str, part: Part) -> None:
        """Add or replace one part, and save all."""
        self.parts[name] = part
        self.file.write_bytes(msgspec.json.encode(self.parts))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """Format a Markdown table whose first `words` columns are words, aligned left, and whose others are figures."""
    rules = ["---" if index < words else "--:" for index in range(len(columns))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rules, *rows))


def surroundings(load_average: float) -> str:
    """Describe machine, date and duration of a measurement in one line; `load_average` is that of before."""
    processor, minutes = cpu(), (time.monotonic() - BEGAN) / 60
    model = processor["model"] or platform.machine()
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {processor['usable']} cores ({model}), "
        f"{platform.system()} {platform.release()}, {platform.python_implementation()} {platform.python_version()}; "
        f"load average before: {load_average:.2f}, after: {psutil.getloadavg()[0]:.2f}; took {minutes:.1f} minutes."
    )


def load_average() -> float:
    """Return the mean number of runnable processes in the last minute."""
    return psutil.getloadavg()[0]


def publish(name: str, body: str, *, write: bool, page: Path = PAGE) -> None:
    """Print a result, and with `write` put it between its markers on the page."""
    print(body)
    if write:
        write_atomically(page, between_markers(page.read_text(), name, body).encode())
        os.chmod(page, 0o644)


def between_markers(page: str, name: str, body: str) -> str:
    """Replace the part between `<!-- name -->` and `<!-- /name -->`; LookupError unless there is exactly one."""
    marked = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
    if len(marked.findall(page)) != 1:
        raise LookupError(f"the page has no single place for {name!r}")
    return marked.sub(lambda found: f"{found[1]}{body.strip()}\n{found[2]}", page)
