"""`python -m httptui.target`: an embedded target, led over stdin and stdout by the process that started it."""

from __future__ import annotations

import os
import signal
import sys

from httptui.target.control import serve_parent
from httptui.target.listening import raise_file_limit, run_in_fast_loop


def main() -> int:
    """Serve the parent; Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    raise_file_limit()
    return run_in_fast_loop(serve_parent())


if __name__ == "__main__":
    sys.exit(main())
