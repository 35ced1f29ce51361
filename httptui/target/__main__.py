"""`python -m httptui.target`: an embedded target, controlled over stdin and stdout by the process that started it."""

from __future__ import annotations

import os
import signal
import sys

from httptui.target.control import serve_parent
from httptui.target.listening import raise_file_limit, run_in_fast_loop


def main() -> int:
    """Serve the parent, which also handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    raise_file_limit()
    return run_in_fast_loop(serve_parent())


if __name__ == "__main__":
    sys.exit(main())
