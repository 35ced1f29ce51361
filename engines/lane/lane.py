"""A lane's life: turns are run one after the other while a second thread listens to the parent."""

from __future__ import annotations

import math
import os
import queue
import threading
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from engines.errors import message_of
from engines.files import make_room_for
from engines.lane.async_driver import AsyncDriver
from engines.lane.pipe import Pipe
from engines.lane.recorder import Recorder
from engines.lane.reporter import Reporter
from engines.lane.thread_driver import ThreadDriver
from engines.lane.turn import Turn

Driver = AsyncDriver | ThreadDriver


def failure(stage: str, error: Exception) -> dict[str, Any]:
    """The lane's last message: at which stage it failed, and why."""
    return {"type": "failed", "stage": stage, "message": f"{type(error).__name__}: {message_of(error)}"}


class Lane:
    """One contender, ready to be put under load."""

    def __init__(
        self, pipe: Pipe, driver: Driver, lookups: Callable[[], int | None], *, frame_seconds: float
    ) -> None:
        self._pipe = pipe
        self._driver = driver
        self._planned_workers = driver.workers
        self._lookups = lookups
        self._frame_seconds = frame_seconds
        self._turns: queue.SimpleQueue[tuple[dict[str, Any], Turn] | None] = queue.SimpleQueue()
        self._turn: Turn | None = None

    def serve(self) -> None:
        """Run every turn that is asked for; returns when told to quit."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while (next_one := self._turns.get()) is not None:
            self._run(*next_one)
        self._driver.close()
        os._exit(0)

    def _run(self, go: dict[str, Any], turn: Turn) -> None:
        recorder = Recorder(turn, self._driver.workers)
        driver = self._driver
        reporter = Reporter(
            self._pipe,
            recorder,
            driver.connections_opened,
            driver.retried,
            self._lookups,
            go,
            self._frame_seconds,
        )
        turn.told += [self._driver.adapt, reporter.wake]
        reporter.start()
        self._driver.run(recorder, go["drain_seconds"])
        reporter.finish()

    def _listen(self) -> None:
        """Hand on what the parent says; when the parent is gone, leave at once."""
        while (message := self._pipe.read()) is not None:
            match message["type"]:
                case "go":
                    self._turn = Turn(message)
                    self._turns.put((message, self._turn))
                case "quit":
                    self._turns.put(None)
                case kind if self._turn is not None:
                    try:
                        self._obey(self._turn, kind, message)
                    except Exception as error:  # noqa: BLE001 - new workers have new clients, which may raise anything
                        self._pipe.write(failure("run", error))
                        os._exit(1)
        os._exit(0)

    def _obey(self, turn: Turn, kind: str, message: dict[str, Any]) -> None:
        """Change the turn that is on."""
        match kind:
            case "stop":
                turn.stop()
                self._driver.give_up_in(message["drain_seconds"])
            case "hold":
                turn.hold(message["at_ns"])
            case "resume":
                turn.resume(message["at_ns"])
            case "change":
                make_room_for(math.ceil(self._planned_workers * message["scale"]))
                turn.change(message["scale"], max(message["at_ns"], perf_counter_ns()))
