"""What a client by itself would have sent once more is told where connections broke."""

from __future__ import annotations

import pytest

from httptui.engines.registry import list_engines
from httptui.plan.model import Contender, Plan
from httptui.results.judge.flags import protocol_flags
from httptui.results.snapshot import ContenderView, Requests


def sentences(engine: str, **errors: int) -> list[str]:
    view = ContenderView(
        id="A",
        label="a",
        engine=engine,
        reuse="shared",
        concurrency=8,
        requests=Requests(planned=20, ok=10, error=10),
        errors=errors,
    )
    plan = Plan(contender=(Contender(engine=engine),))
    return [flag.sentence for flag in protocol_flags(plan, [view], None, None) if flag.kind == "sent once"]


def test_a_client_whose_resending_is_off_is_told_where_connections_broke() -> None:
    (sentence,) = sentences("aiohttp", disconnected=10)
    assert sentence == (
        "10 requests of A found the connection closed: by default aiohttp resends an idempotent request, which "
        'is off here (policy.retries = 1 with retry_on = ["disconnected"] resends it for every client)'
    )


@pytest.mark.parametrize(
    ("engine", "errors"),
    [("aiohttp", {"refused": 10}), ("aiohttp", {}), ("requests", {"disconnected": 10}), ("no-such", {})],
)
def test_nothing_is_told_where_nothing_was_kept_from_a_client(engine: str, errors: dict[str, int]) -> None:
    assert sentences(engine, **errors) == []


def test_every_engine_over_aiohttp_is_kept_from_it() -> None:
    kept = {info.name for info in list_engines() if info.sent_once}
    assert kept == {"aiohttp", "httpx-aiohttp", "httpx-aiohttp-as-published", "httpx2-aiohttp"}
