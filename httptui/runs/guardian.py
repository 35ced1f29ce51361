"""Runs a command given as arguments, and kills it with all it has started when standard input ends.

The parent holds the other end of that pipe, so its end means that the parent is gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

READ_BYTES = 4096


def main() -> int:
    """Run the command and return its exit code."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - it is the parent's
    try:
        threading.Thread(target=_watch, args=(process,), daemon=True).start()
    except RuntimeError:  # Too many threads; what nobody watches must not go on.
        process.kill()
        raise
    code = process.wait()
    return code if code >= 0 else 128 - code


def _watch(process: subprocess.Popen[bytes]) -> None:
    # Reads the descriptor, since the interpreter could not get the lock of `sys.stdin` at exit.
    while os.read(0, READ_BYTES):
        pass
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    process.kill()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
