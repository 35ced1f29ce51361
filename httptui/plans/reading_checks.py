"""Whether contenders can read answers and look up names as a plan has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from httptui.plans.plan import Contender, Plan
from httptui.plans.request_checks import shown
from httptui.plans.secrets import redacted_url
from httptui.plans.urls import split_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from httptui.engines.registry import EngineInfo


def reading_problems(plan: Plan, contender: Contender, path: str, info: EngineInfo) -> Iterator[str]:
    """What keeps one contender from reading answers as it is to, and from looking up names so."""
    name = shown(contender.engine)
    if contender.read not in info.reads:
        allowed = ", ".join(f'"{read}"' for read in info.reads)
        yield f'{path}.read: {name} cannot do "{contender.read}"; {allowed}'
    if contender.read == "json" and (url := _without_json(plan)):
        where = shown(redacted_url(url))
        yield f'{path}.read: "json" needs JSON, which {where} is not; give target.url "embedded/json/1024"'
    if contender.dns_ttl is not UNSET and "dns_ttl" not in info.abilities:
        yield f"{path}.dns_ttl: {name} keeps no names, or has no such setting; leave it out"
    if plan.target.dns_ms and (why := _why_not_slowed(contender, info)):
        yield f"target.dns_ms: {path} cannot be slowed, as {name} {why}; 0"


def dns_problems(plan: Plan) -> Iterator[str]:
    """Whether there is a name whose lookup can be slowed: the embedded target's."""
    if plan.target.dns_ms is not None and not all(_is_embedded(url) for url in plan.target.all_urls):
        yield "target.dns_ms: only the embedded target is reached by a name of its own; leave it out"


def _why_not_slowed(contender: Contender, info: EngineInfo) -> str | None:
    if contender.inside is not UNSET:
        return "is inside an app, where lookups are its own"
    return "has a resolver of its own" if info.resolver != "python" else None


def _is_embedded(url: str) -> bool:
    try:
        return split_target(url).embedded
    except ValueError:
        return True


def _without_json(plan: Plan) -> str | None:
    """The first URL of the embedded target whose answer is no JSON."""
    from httptui.target.answers import JSON
    from httptui.target.routes import route

    for url in plan.target.all_urls:
        try:
            target = split_target(url)
        except ValueError:
            continue
        where = route(target.path)
        if target.embedded and where.kind in ("fixed", "cpu") and where.answer.headers[:1] != (JSON,):
            return url
    return None
