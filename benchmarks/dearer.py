"""One client twice, in the same wrapper: `Plain` without, `Dearer` with 5 % more CPU time by spinning.

At its end each writes the CPU time of its process, and the part that it spun, to its own file in the folder named by
the environment variable `FOLDER`, so that the true difference is known independently of the run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import process_time_ns
from typing import Any

from httptui.engines.base import AsyncEngine, Reply, Request, Settings
from httptui.engines.clients.aiohttp import Aiohttp

FOLDER = "HTTPTUI_KNOWN_EFFECT"
SHARE = 0.05
REQUESTS_A_SPIN = 8


class Plain(AsyncEngine):
    """Control that does everything that `Dearer` does except spinning, including reading the clock."""

    package = "aiohttp"
    abilities = ("redirects", "cookies", "trust_env", "dns_ttl")
    share = 0.0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._client = Aiohttp(settings)
        self._answers = 0
        self._began_ns = self._spun_ns = 0

    @classmethod
    def prepare(cls, request: Request) -> Any:
        return Aiohttp.prepare(request)

    async def open(self) -> None:
        await self._client.open()
        self._began_ns = process_time_ns()

    async def send(self, request: Any) -> Reply:
        reply = await self._client.send(request)
        self._answers += 1
        if self._answers % REQUESTS_A_SPIN == 0:
            self._catch_up()
        return reply

    def _catch_up(self) -> None:
        """Spin until the spun time is `share` of the process's other CPU time."""
        start_ns = now_ns = process_time_ns()
        other_ns = start_ns - self._began_ns - self._spun_ns
        end_ns = start_ns + self.share * other_ns - self._spun_ns
        while now_ns < end_ns:
            now_ns = process_time_ns()
        self._spun_ns += now_ns - start_ns

    async def close(self) -> None:
        spent_ns = process_time_ns() - self._began_ns
        if folder := os.environ.get(FOLDER):
            told = {
                "share": self.share,
                "answers": self._answers,
                "spent_ns": spent_ns,
                "spun_ns": self._spun_ns,
            }
            _write(Path(folder, f"{os.getpid()}.json"), json.dumps(told))
        await self._client.close()

    @property
    def connections_opened(self) -> int | None:
        return self._client.connections_opened


class Dearer(Plain):
    """The control plus 5 % CPU time."""

    share = SHARE


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
