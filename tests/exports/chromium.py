"""What headless Chromium makes of a page: its HTML once loaded, its console, what it asks for, and its sheets."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
    *("--no-pdf-header-footer", "--enable-logging=stderr", "--v=0"),
)
BY_ITSELF = "not an origin"
"""The initiator of what the browser asks for without any page."""
SHEET = re.compile(rb"/Type\s*/Page\b")


class Visit(NamedTuple):
    """The page's own HTML once it is loaded, console lines, URLs that it asked for, and sheets when printed."""

    html: str
    console: tuple[str, ...]
    requests: tuple[str, ...]
    sheets: int


def visit(html: str, folder: Path) -> Visit:
    """Open a page from a file and print it; no name is looked up, so that nothing leaves the machine."""
    page, printed, log = folder / "page.html", folder / "page.pdf", folder / "net.json"
    page.write_text(html, "utf-8")
    wanted = (f"--print-to-pdf={printed}", f"--log-net-log={log}", f"--user-data-dir={folder / 'profile'}")
    done = subprocess.run(
        [str(BROWSER), *FLAGS, *wanted, "--dump-dom", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )
    told = done.stderr.decode(errors="replace").splitlines()
    return Visit(
        html=done.stdout.decode("utf-8", "replace"),
        console=tuple(line for line in told if ":CONSOLE:" in line),
        requests=requests_in(log),
        sheets=len(SHEET.findall(printed.read_bytes())),
    )


def requests_in(log: Path) -> tuple[str, ...]:
    """The URLs of a network log that a page asked for, other than files of its own folder."""
    events = json.loads(log.read_text("utf-8"))["events"]
    asked = [event.get("params", {}) for event in events]
    return tuple(one["url"] for one in asked if "url" in one and one.get("initiator", BY_ITSELF) != BY_ITSELF)
