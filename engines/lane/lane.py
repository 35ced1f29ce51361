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

Driver = AsyncDriver | ThreadDriver


class Lane:
    """One contender, ready to be put under load."""

    def __init__(self, pipe: Pipe, driver: Driver, *, frame_seconds: float) -> None:
        self._pipe = pipe
        self._driver = driver
        self._frame_seconds = frame_seconds
        self._turns: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._recorder: Recorder | None = None

    def serve(self) -> None:
        """Run every turn that is asked for; returns when told to quit."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while (go := self._turns.get()) is not None:
            self._run(go)
        self._driver.close()
        os._exit(0)

    def _run(self, go: dict[str, Any]) -> None:
        recorder = Recorder(
            self._driver.workers,
            start_ns=go["start_ns"],
            seconds=go["seconds"],
            requests=go["requests"],
            burst=go["burst"],
        )
        reporter = Reporter(
            self._pipe,
            recorder,
            self._driver.connections_opened,
            turn=go["turn"],
            block=go["block"],
            warmup=go["warmup"],
            frame_seconds=self._frame_seconds,
            cut_seconds=go["cut_seconds"],
        )
        self._recorder = recorder
        reporter.start()
        self._driver.run(recorder, go["drain_seconds"])
        reporter.finish()

    def _listen(self) -> None:
        """Hand on what the parent says; when the parent is gone, leave at once."""
        while (message := self._pipe.read()) is not None:
            match message["type"]:
                case "go":
                    self._turns.put(message)
                case "stop" if self._recorder is not None:
                    self._recorder.stop()
                    self._driver.give_up_in(message["drain_seconds"])
                case "quit":
                    self._turns.put(None)
        os._exit(0)
