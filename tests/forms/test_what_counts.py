"""Fields that come and go with what others say: the URLs, the retries, the sweep."""

from __future__ import annotations

from pathlib import Path

import pytest
from form_examples import PLAN
from msgspec import UNSET, structs
from plan_driving import edited, field_of, form, replace_text, shown_of, status
from textual.widgets import Input, TextArea

from httptui.plan.model import Contender, Plan, Target
from httptui.target.answers import route
from httptui.tui.widgets.controls import Choice, LoadShape

pytestmark = pytest.mark.pilot

OF_A_TARGET = ("url", "urls", "urls_file", "order", "dns_ms")
SMALL = Plan(target=Target(url="embedded"), contender=(Contender(engine="aiohttp"),))


async def test_one_url_several_or_those_of_a_file_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("http://127.0.0.1:8099/a\nhttp://127.0.0.1:8099/b\n")
    async with form(SMALL) as (app, screen, pilot):
        assert shown_of(screen, *OF_A_TARGET) == {"url", "dns_ms"}
        await pilot.press("shift+tab", "right")
        await pilot.pause()
        assert shown_of(screen, *OF_A_TARGET) == {"urls", "order", "dns_ms"}
        assert field_of(screen, "target.urls") == "▲ is empty; give a URL on each line"
        await pilot.press("tab", *"embedded/a", "enter", *"embedded/b", "tab", "right", "tab", "tab", *"20")
        await pilot.pause()
        assert (screen.checked.plan or PLAN).target == Target(
            urls=("embedded/a", "embedded/b"), order="shuffle", dns_ms=20
        )
        screen.query_one("#target-source", Choice).value = "urls_file"
        await replace_text(pilot, screen.query_one("#target-urls_file", Input), str(file))
        assert shown_of(screen, *OF_A_TARGET) == {"urls_file", "order", "dns_ms"}
        assert field_of(screen, "target.dns_ms").startswith("▲ only the embedded target is reached by a name")
        await replace_text(pilot, screen.query_one("#target-dns_ms", Input), "")
        await pilot.press("f5")
    assert app.answers[0].target == Target(
        urls=("http://127.0.0.1:8099/a", "http://127.0.0.1:8099/b"), order="shuffle"
    )


async def test_the_examples_of_urls_are_paths_that_the_embedded_target_has() -> None:
    async with form(SMALL) as (_, screen, _pilot):
        shown = str(screen.query_one("#target-urls", TextArea).placeholder).splitlines()
    paths = [line.partition(",")[0].removeprefix("embedded") for line in shown]
    assert [route(path.replace("{n}", "7")).answer.status for path in paths] == [200, 200]


async def test_a_form_with_a_list_begins_in_the_list_and_a_delay_is_shown_of_the_embedded_target_only() -> (
    None
):
    async with form(structs.replace(SMALL, target=Target(urls=("embedded/a",)))) as (_, screen, pilot):
        assert screen.focused is screen.query_one("#target-urls", TextArea)
        assert shown_of(screen, *OF_A_TARGET) == {"urls", "order", "dns_ms"}
        screen.query_one("#target-urls", TextArea).text = "http://127.0.0.1/"
        await pilot.pause()
        assert shown_of(screen, *OF_A_TARGET) == {"urls", "order"}


async def test_how_requests_are_tried_again_is_shown_where_they_are() -> None:
    async with form(SMALL) as (app, screen, pilot):
        assert shown_of(screen, "retry_wait", "retry_on", "per_host_rate") == {"per_host_rate"}
        await replace_text(pilot, screen.query_one("#policy-retries", Input), "2")
        assert shown_of(screen, "retry_wait", "retry_on") == {"retry_wait", "retry_on"}
        await replace_text(pilot, screen.query_one("#policy-retry_on", Input), "503, never")
        assert field_of(screen, "policy.retry_on").startswith('▲ "never" is not allowed; connect, timeout')
        await replace_text(pilot, screen.query_one("#policy-retry_on", Input), "503 dns")
        await replace_text(pilot, screen.query_one("#policy-per_host_rate", Input), "12.5")
        await pilot.press("f5")
    policy = app.answers[0].policy
    assert (policy.retries, policy.retry_on, policy.per_host_rate) == (2, ("503", "dns"), 12.5)


async def test_a_sweep_is_typed_and_hides_what_has_no_meaning_in_one() -> None:
    of_a_run = ("kind", "until", "rounds", "rest", "epochs", "cooldown", "blocks", "delta")
    contenders = tuple(structs.replace(one, concurrency=UNSET) for one in PLAN.contender)
    plan = structs.replace(PLAN, contender=contenders, expect=("errors == 0",))
    async with form(plan) as (app, screen, pilot):
        await replace_text(pilot, screen.query_one("#sweep", Input), "concurrency = 1, 2, x")
        assert field_of(screen, "sweep") == "▲ concurrency: “x” is not a number"
        await replace_text(pilot, screen.query_one("#sweep", Input), "concurrency = 1, 2, 8")
        assert shown_of(screen, *of_a_run) == {"cooldown", "blocks", "delta"}
        assert not screen.query_one("#plan-expect").display
        assert [value for value, _ in screen.query_one("#load-bound", Choice).options] == [
            *("seconds", "requests")
        ]
        assert screen.query_one(LoadShape).render_line(1).text.startswith("concurrency")
        assert status(screen).startswith(
            "3 contenders · sweep of concurrency 1 … 8 · 3 levels · 4 blocks · about "
        )
        await pilot.press(*["f6"] * 3)
        assert screen.focused is screen.query_one("#plan-matrix")
        await pilot.press("f5")
    assert app.answers == [edited(plan, sweep={"concurrency": (1, 2, 8)}, expect=())]


async def test_an_untouched_sweep_comes_back_as_it_was() -> None:
    plan = structs.replace(SMALL, sweep={"concurrency": (1, 4), "latency_ms": (0, 2.5)})
    plan = structs.replace(plan, schedule=structs.replace(plan.schedule, kind="interleaved", blocks=3))
    async with form(plan) as (app, screen, pilot):
        assert screen.query_one("#sweep", Input).value == "concurrency = 1, 4; latency_ms = 0, 2.5"
        await pilot.press("f5")
    assert app.answers == [plan]
