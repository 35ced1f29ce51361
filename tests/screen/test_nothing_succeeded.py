"""A run in which every request fails tells so, and why, wherever one looks."""

from __future__ import annotations

import pytest
from examples import running
from msgspec.structs import replace

from httptui.results.snapshot import ContenderView, Requests, Snapshot
from httptui.tui.control.session import Status
from httptui.tui.panels.contender_page import draw_own_latency, facts_of
from httptui.tui.panels.errors import draw_errors
from httptui.tui.panels.latency import draw_heatmap, draw_latency, draw_percentile_table, draw_percentiles
from httptui.tui.panels.notices import draw_reason, reason_of
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain


def failing(errors: dict[str, int], **others: object) -> ContenderView:
    """A contender none of whose requests succeeded."""
    failed = sum(errors.values())
    return replace(
        ContenderView(id="A", label="httpx · shared", engine="httpx", reuse="shared", concurrency=1),
        state="running",
        requests=Requests(planned=failed, error=failed),
        errors=errors,
        **others,
    )


REFUSED = failing({"status": 5309}, status={"503": 5300, "500": 9})
RESET = failing(
    {"disconnected": 900, "connect": 100}, first_messages={"disconnected": "Connection reset by peer"}
)
NAMELESS = failing({"protocol": 1})


def view_of(contender: ContenderView, status: Status = "running") -> View:
    """A run of it alone."""
    snapshot: Snapshot = replace(running(), contenders=(contender,), ranking=(), cpu_ranking=(), flags=())
    return View(snapshot, status=status)


@pytest.mark.parametrize(
    ("contender", "sentence"),
    [
        (REFUSED, "no request succeeded; all 5 309 failures: answered with status 500 and 503"),
        (RESET, "no request succeeded; 90 % of all 1 000 failures: disconnected: Connection reset by peer"),
        (NAMELESS, "no request succeeded; all 1 failure: protocol"),
    ],
)
def test_the_reason_is_the_commonest_failure(contender: ContenderView, sentence: str) -> None:
    assert reason_of(contender) == sentence
    chosen = View(view_of(contender).snapshot, status="running", chosen="A")
    assert sentence in " ".join(plain(draw_reason(chosen, 160)).split())


def test_one_success_leaves_the_reason_to_the_limiter() -> None:
    one = replace(RESET, requests=Requests(planned=1001, ok=1, error=1000))
    assert reason_of(one) == "its limiter is not known yet"


def test_answers_that_are_no_success_are_told_by_their_status() -> None:
    told = " ".join(plain(draw_errors(view_of(REFUSED), 100)).split())
    assert "A status 5 309 100 % answered with status 500 and 503" in told
    assert ("status × 5 309", "answered with status 500 and 503") in facts_of(REFUSED)


@pytest.mark.parametrize(
    ("status", "told"), [("running", "no request has succeeded yet"), ("done", "no request succeeded")]
)
def test_empty_charts_do_not_wait_for_what_fails(status: Status, told: str) -> None:
    view = view_of(REFUSED, status)
    chosen = View(view.snapshot, status=status, chosen="A")
    for cells in (
        draw_latency(view, 60, 9),
        draw_percentiles(view, 60, 9),
        draw_heatmap(chosen, 60, 9),
        draw_own_latency(chosen, 60, 9),
        draw_percentile_table(chosen, 60, 9),
    ):
        assert plain(cells).strip() == told
