"""No packet goes to a host without consent, in a network namespace from which none could leave."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSHARE = shutil.which("unshare")


def may_unshare() -> bool:
    """Whether this user may make a namespace with a way out of its own."""
    if UNSHARE is None or shutil.which("ip") is None or not Path("/dev/net/tun").exists():
        return False
    tried = [UNSHARE, "--net", "--mount", "ip", "tuntap", "add", "dev", "trap", "mode", "tun"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_clients_of_every_kind_go_nowhere_else() -> None:
    if not may_unshare():
        pytest.skip("no network namespace can be made here")
    engines = ("aiohttp", "requests", "pycurl", "wreq", "raw")
    flags = [flag for engine in engines for flag in ("--engine", engine)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.consent", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Of 5 engines, 0 packets went to hosts without consent" in done.stdout
