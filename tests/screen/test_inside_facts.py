"""What the app tells of a client inside a web application."""

from __future__ import annotations

from httptui.plan.model import Contender, Plan
from httptui.results.snapshot import ContenderView, Upstream
from httptui.tui.panels.contender_page import facts_of, settings

INSIDE = Contender(engine="requests", inside="fastapi-sync")


def view(upstream: Upstream | None) -> ContenderView:
    return ContenderView(
        id="A", label="app", engine="requests", reuse="shared", concurrency=64, upstream=upstream
    )


def test_upstream_calls_are_told_with_what_the_app_adds() -> None:
    told = Upstream(calls=1_160, connections=1, requests=1_160, mean_ms=11.67, lost_ms=530.9)
    facts = dict(facts_of(view(told)))
    assert facts["upstream"] == "1 160 calls of 11.7 ms · 531 ms lost in the app"
    ping = Upstream(calls=0, connections=None, requests=None, mean_ms=None, lost_ms=None)
    assert dict(facts_of(view(ping)))["upstream"] == "0 calls"
    assert "upstream" not in dict(facts_of(view(None)))


def test_the_settings_say_what_it_is_inside_of_and_whose_loop_it_has() -> None:
    facts = dict(settings(Plan(contender=(INSIDE,)), INSIDE))
    assert (facts["inside"], facts["event loop"]) == ("fastapi-sync", "uvloop, the app's")
    outside = Contender(engine="requests")
    assert "inside" not in dict(settings(Plan(contender=(outside,)), outside))
