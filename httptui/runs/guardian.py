"""Runs the command of its arguments, and ends it, with all that it has started, when its standard input ends: its
parent, who holds the other end, is gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

READ_BYTES = 4096


def main() -> int:
    """Run the command; its exit code."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - it is the parent's
    threading.Thread(target=_watch, args=(process,), daemon=True).start()
    code = process.wait()
    return code if code >= 0 else 128 - code


def _watch(process: subprocess.Popen[bytes]) -> None:
    # Not through `sys.stdin`, whose lock the interpreter could not get when it leaves.
    while os.read(0, READ_BYTES):
        pass
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    process.kill()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
