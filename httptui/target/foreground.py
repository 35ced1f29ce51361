"""The target in the foreground, as run by `httptui target`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from httptui.target.listening import raise_file_limit, run_in_fast_loop
from httptui.target.options import TargetOptions, checked_options
from httptui.target.server import Target


def run_foreground(
    host: str = "127.0.0.1",
    port: int = 0,
    latency_ms: float = 0.0,
    jitter_ms: float = 0.0,
    error_rate: float = 0.0,
    tls: bool = False,
    http2: bool = False,
) -> int:
    """Serve until Ctrl-C or SIGTERM, then return 0.

    When ready, prints its URL, and with TLS the path of the CA file, to stdout. Raises TargetError, in one line, if a
    value or the port cannot be used.
    """
    options = checked_options(
        {
            "host": host,
            "port": port,
            "latency_ms": latency_ms,
            "jitter_ms": jitter_ms,
            "error_rate": error_rate,
            "tls": tls,
            "http2": http2,
        }
    )
    raise_file_limit()
    try:
        return run_in_fast_loop(_serve(options))
    except KeyboardInterrupt:
        return 0


async def _serve(options: TargetOptions) -> int:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    async with Target(options) as target:
        scheme = "https" if options.encrypted else "http"
        host = f"[{options.host}]" if ":" in options.host else options.host
        with contextlib.suppress(OSError):  # It keeps serving even if stdout is closed.
            sys.stdout.write(f"{scheme}://{host}:{target.ports[0]}/\n")
            if target.ca_file is not None:
                sys.stdout.write(f"CA file: {target.ca_file}\n")
            sys.stdout.flush()
        await ended.wait()
    return 0
