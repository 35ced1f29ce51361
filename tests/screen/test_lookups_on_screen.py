"""What the table and a contender's page tell of names looked up and of how answers are read."""

from __future__ import annotations

from typing import Any

import pytest
from examples import PLAN, running
from msgspec.structs import replace

from httptui.plan.model import Contender
from httptui.results.snapshot import ContenderView, Requests
from httptui.tui.panels.columns import BY_NAME
from httptui.tui.panels.contender_page import measured, settings

VIEW: ContenderView = replace(
    running().contenders[2], requests=Requests(ok=380, error=10), warmup_requests=10, dns_lookups=100
)


@pytest.mark.parametrize(
    ("lookups", "count", "each"), [(100, "100", "0.25"), (0, "0", "0.00"), (None, "–", "–")]
)
def test_the_columns_count_lookups_and_hold_them_against_requests(
    lookups: int | None, count: str, each: str
) -> None:
    view = replace(VIEW, dns_lookups=lookups)
    assert BY_NAME["lookups"].text(view) == count
    assert BY_NAME["lookups/req"].text(view) == each


def test_the_page_tells_lookups_where_there_were_any() -> None:
    assert dict(measured(VIEW))["lookups"] == "100 names looked up, warm-up included"
    assert "lookups" not in dict(measured(replace(VIEW, dns_lookups=0)))
    assert "lookups" not in dict(measured(replace(VIEW, dns_lookups=None)))


@pytest.mark.parametrize(
    ("contender", "told"),
    [
        ({}, {}),
        ({"read": "text"}, {"reads": "the text that the library decodes"}),
        ({"read": "headers"}, {"reads": "only the headers, not the body"}),
        ({"dns_ttl": 0}, {"DNS cache": "keeps no name"}),
        ({"dns_ttl": 300}, {"DNS cache": "keeps a name for 300 s"}),
    ],
)
def test_settings_tell_what_is_out_of_the_usual(contender: dict[str, Any], told: dict[str, str]) -> None:
    facts = dict(settings(PLAN, Contender(engine="aiohttp", **contender)))
    assert {name: words for name, words in facts.items() if name in ("reads", "DNS cache", "name")} == told


def test_settings_tell_of_a_name_whose_lookup_is_slow() -> None:
    plan = replace(PLAN, target=replace(PLAN.target, dns_ms=20))
    assert dict(settings(plan, plan.contender[0]))["name"] == "each lookup takes 20 ms longer"
