"""A run whose target failed is told in red, ranks nothing, and shows what the target said."""

from __future__ import annotations

import pytest
from driving import opened
from examples import FakeStart, report_of
from failed_runs import invalid
from msgspec.structs import replace

from httptui.results.snapshot import Requests
from httptui.tui.panels.contender_page import measured
from httptui.tui.panels.errors import draw_errors
from httptui.tui.panels.header import draw_header
from httptui.tui.panels.notices import draw_verdict, reason_of
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain
from httptui.tui.screens.past import PastRunScreen, past_run

STOPPED = "stopped at 4.2 s: 98 % of requests failed for 3 s: status 422"


@pytest.mark.pilot
async def test_the_app_tells_it_in_red_and_ranks_nothing() -> None:
    async with opened(FakeStart(last=invalid())) as app:
        await app.run()
        await app.finish()
        assert app.screen.view.status == "invalid"
        assert "✗ invalid" in app.text("header")
        assert "done" not in app.text("header")
        assert STOPPED in app.text("verdict")
        assert "settle" not in app.text("verdict")
        assert "no ranking: the run is invalid" in app.text("ranking")
        assert not app.screen.check_action("settle", ())


def test_verdict_and_state_are_red() -> None:
    view = View(invalid(), status="invalid")
    (first, *_), *_rest = draw_verdict(view, 100)
    assert first[1] == "bad"
    assert ("invalid", "bad bold") in draw_header(view, 120)


def test_what_the_target_said_is_with_the_errors_and_on_the_page_of_the_contender() -> None:
    told = " ".join(plain(draw_errors(View(invalid(), status="invalid"), 200)).split())
    assert 'A 422 880 98 % {"detail":[{"type":"missing","loc":["query","q"],"msg":"Field required"' in told
    facts = dict(measured(invalid().contenders[0]))
    assert facts["first 422"].startswith('{"detail":[')
    assert facts["422 headers"] == "content-type: application/json · set-cookie: ***"


def test_where_nothing_succeeded_the_reason_quotes_the_answer() -> None:
    view = invalid().contenders[0]
    alone = replace(view, requests=replace(view.requests, ok=0), status={"422": 880})
    assert reason_of(alone).startswith(
        'no request succeeded; all 880 failures: answered with status 422: {"detail":[{"type":"missing"'
    )


def test_a_saved_run_whose_target_failed_is_shown_as_such() -> None:
    screen = PastRunScreen(past_run(report_of(invalid(), complete=False)))
    assert screen.view.status == "invalid"


def test_failures_of_the_warm_up_alone_are_listed_without_a_count() -> None:
    view = replace(
        invalid().contenders[0],
        errors={},
        status={},
        requests=Requests(),
        first_answers={},
        first_messages={"refused": "Connection refused"},
    )
    told = draw_errors(View(replace(invalid(), contenders=(view,)), status="invalid"), 100)
    assert "A refused Connection refused" in " ".join(plain(told).split())
    hung = replace(view, first_messages={})
    told = draw_errors(View(replace(invalid(), contenders=(hung,)), status="invalid"), 100)
    assert plain(told).strip() == "no failure was counted, and no answer came"
