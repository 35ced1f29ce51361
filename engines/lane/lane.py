"""A lane's life: turns are run one after the other while a second thread listens to the parent."""

from __future__ import annotations

import os
import queue
import threading
from typing import Any

from engines.lane.async_driver import AsyncDriver
from engines.lane.pipe import Pipe
from engines.lane.recorder import Recorder
from engines.lane.reporter import Reporter
from engines.lane.thread_driver import ThreadDriver
from engines.lane.turn import Turn

Driver = AsyncDriver | ThreadDriver


class Lane:
    """One contender, ready to be put under load."""

    def __init__(self, pipe: Pipe, driver: Driver, *, frame_seconds: float) -> None:
        self._pipe = pipe
        self._driver = driver
        self._frame_seconds = frame_seconds
        self._turns: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._turn: Turn | None = None

    def serve(self) -> None:
        """Run every turn that is asked for; returns when told to quit."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while (go := self._turns.get()) is not None:
            self._run(go)
        self._driver.close()
        os._exit(0)

    def _run(self, go: dict[str, Any]) -> None:
        self._turn = turn = Turn(go)
        recorder = Recorder(turn, self._driver.workers)
        reporter = Reporter(self._pipe, recorder, self._driver.connections_opened, go, self._frame_seconds)
        reporter.start()
        self._driver.run(recorder, go["drain_seconds"])
        reporter.finish()

    def _listen(self) -> None:
        """Hand on what the parent says; when the parent is gone, leave at once."""
        while (message := self._pipe.read()) is not None:
            match message["type"]:
                case "go":
                    self._turns.put(message)
                case "stop" if self._turn is not None:
                    self._turn.stop()
                    self._driver.give_up_in(message["drain_seconds"])
                case "quit":
                    self._turns.put(None)
        os._exit(0)
