"""How this package's own processes are started: from its own files, whatever lies in the current folder."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = str(Path(__file__).parent)
_BEGIN = """
import importlib.util, runpy, sys
place, module = sys.argv[1:3]
del sys.argv[1:3]
spec = importlib.util.spec_from_file_location("httptui", place + "/__init__.py", submodule_search_locations=[place])
sys.modules["httptui"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["httptui"])
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def own_command(module: str, *arguments: str, python: str = sys.executable) -> list[str]:
    """The command that runs a module of this package in a process of its own.

    `python` may be the interpreter of an environment in which this package is not installed: the package is lent to
    it, and nothing that lies beside the package.  With `-P`, nothing of the current folder can be imported either.
    """
    return [python, "-P", "-c", _BEGIN, _PACKAGE, module, *arguments]
