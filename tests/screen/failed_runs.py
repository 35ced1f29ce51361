"""A frozen run whose target failed, for tests of how that is shown."""

from __future__ import annotations

from examples import contender, running
from msgspec.structs import replace

from httptui.results.snapshot import Event, FirstAnswer, Requests, Snapshot, Verdict


def invalid() -> Snapshot:
    """The last snapshot of a run whose target failed after 4 s: a FastAPI route that wants a parameter."""
    said = FirstAnswer(
        status="422",
        headers=(("content-type", "application/json"), ("set-cookie", "***")),
        body='{"detail":[{"type":"missing","loc":["query","q"],"msg":"Field required","input":null}]}',
        bytes=87,
    )
    views = tuple(
        replace(
            contender(index, 4.2, "stopped"),
            requests=Requests(planned=900, ok=20, error=880),
            status={"200": 20, "422": 880},
            errors={"status": 880},
            first_messages={},
            first_answers={"422": said},
            limiter=None,
        )
        for index in range(3)
    )
    stopped = "stopped at 4.2 s: 98 % of requests failed for 3 s: status 422"
    return replace(
        running(4.2),
        phase="done",
        contenders=(*views, contender(3, 4.2, "dnf")),
        ranking=(),
        cpu_ranking=(),
        flags=(),
        verdict=Verdict("invalid", f"Invalid: {stopped}."),
        events=(Event(1.1, f"A was answered {said.told}", "warning"), Event(6.0, stopped, "error")),
    )
