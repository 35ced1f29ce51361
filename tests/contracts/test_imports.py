"""Who may import whom, and what starting costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_layers_of_the_house_hold(project: Path) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


CLIENTS = (
    "aiohttp",
    "aiosonic",
    "curl_cffi",
    "httpx",
    "httpx2",
    "httpx_aiohttp",
    "pycurl",
    "pyreqwest",
    "requests",
    "urllib3",
    "wreq",
)


def test_the_core_loads_no_screen_and_no_client() -> None:
    script = f"""
import pkgutil, sys, importlib, httptui
ELSEWHERE = ("httptui.tui", "httptui.engines", "httptui.__main__")
for module in pkgutil.walk_packages(httptui.__path__, "httptui.", onerror=print):
    if not module.name.startswith(ELSEWHERE) and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
loaded = {{name.split(".")[0] for name in sys.modules}}
print(*sorted(loaded & {{"textual", "rich", *{CLIENTS!r}}}))
print("httptui.presets.loader" in sys.modules, "httptui.runs.conductor" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", "True True"]
