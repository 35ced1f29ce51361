"""The log of a run's steps: what each lane was told and what came of it, without secrets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from httptui.engines.protocol import Frame, Ready, Setup
from httptui.log import log_of
from httptui.plan.model import Plan
from httptui.plan.schedule import Step
from httptui.plan.secrets import MASK, Redactor, masked_header, masked_pairs, redacted_plan, redacted_url

LOG = log_of(__name__)
NS = 1e9
COUNTS = ("planned", "ok", "error", "timeout", "dropped", "cancelled", "retried", "in_flight", "connections")


class Steps:
    """Logs the steps of one run; where nobody asked for the log, nothing is even put together."""

    def __init__(self, redactor: Redactor) -> None:
        self._redact = redactor.redact

    def plan(self, plan: Plan) -> None:
        """The run begins."""
        self._tell(lambda: f"plan: {redacted_plan(plan)}")

    def target(self, urls: Sequence[str], pins: object) -> None:
        """The target was found; `pins` are the addresses that may be connected to."""
        self._tell(lambda: f"target: {redacted_url(urls[0])} and {len(urls) - 1} more, addresses: {pins}")

    def lane(self, letter: str, setups: Sequence[Setup], pids: Sequence[int], python: str) -> None:
        """A lane was started, in the environment of `python` if that is named."""
        self._tell(
            lambda: (
                f"{letter}: started as {', '.join(map(str, pids))} with {python or 'this Python'}: "
                f"{[shown_setup(setup) for setup in setups]}"
            )
        )

    def ready(self, letter: str, ready: Ready) -> None:
        """A lane is ready."""
        self._tell(
            lambda: f"{letter}: ready: {ready.mode}, {ready.loop}, Python {ready.python}, {ready.versions}"
        )

    def step(self, step: Step) -> None:
        """Lanes come under load."""
        self._tell(lambda: f"step: {step}")

    def frame(self, letter: str, frame: Frame) -> None:
        """A frame has come."""
        self._tell(lambda: f"{letter}: {shown_frame(frame)}")

    def lost(self, letter: str, cause: str) -> None:
        """A contender did not finish."""
        self._tell(lambda: f"{letter}: did not finish: {cause}")

    def failed(self, what: str, error: Exception) -> None:
        """Something failed that costs the run nothing, or ends it."""
        LOG.debug(self._redact(masked_pairs(what)), exc_info=error)

    def _tell(self, words: Callable[[], str]) -> None:
        if LOG.isEnabledFor(logging.DEBUG):
            LOG.debug("%s", self._redact(masked_pairs(words())))


def shown_setup(setup: Setup) -> dict[str, Any]:
    """A lane's first message without secrets, of which bodies and other URLs may be full."""
    secret = {name.lower() for name in setup.secrets}
    headers = {
        name: MASK if name.lower() in secret else masked_header(name, value) for name, value in setup.headers
    }
    return asdict(setup) | {
        "url": redacted_url(setup.url),
        "urls": f"{len(setup.urls)} URLs",
        "headers": headers,
        "body": f"{len(setup.body)} characters",
        "body_base64": f"{len(setup.body_base64)} characters",
        "proxies": [redacted_url(url) for url in setup.proxies],
        "token": MASK if setup.token else "",
    }


def shown_frame(frame: Frame) -> str:
    """The counts of a frame."""
    counts = ", ".join(f"{name} {getattr(frame, name)}" for name in COUNTS)
    kind = "warm-up" if frame.warmup else f"block {frame.block}"
    seconds = (frame.end_ns - frame.start_ns) / NS
    return f"turn {frame.turn}, {kind}, {seconds:.3f} s: {counts}, {frame.status}, {frame.errors}"
