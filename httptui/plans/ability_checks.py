"""Whether engines can do what a plan needs, by what `httptui doctor` knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from httptui.engines.registry import EngineInfo
from httptui.plans.plan import Plan, label_of
from httptui.plans.request_checks import shown
from httptui.plans.shortcomings import DOCUMENTED
from httptui.plans.urls import split_target


def ability_problems(
    plan: Plan, info: EngineInfo, path: str, known: Mapping[tuple[str, str], str] = DOCUMENTED
) -> Iterator[str]:
    """What one engine cannot do of what the plan needs, each with what to do instead."""
    name = shown(info.name)
    if info.methods and plan.target.method not in info.methods:
        allowed = ", ".join(info.methods)
        yield f"target.method: {path} cannot send {shown(plan.target.method)}, as {name} sends only {allowed}"
    for check, instead in _needs(plan):
        if reason := known.get((info.name, check)):
            yield f"{path}.engine: {name} cannot do this plan, as {reason}; {instead}, or another engine"


def authority_cautions(plan: Plan) -> Iterator[str]:
    """What to warn of where the target's certificate has turned out to be the authority that the plan names."""
    for contender in plan.contender:
        if reason := DOCUMENTED.get((contender.engine, "CA as leaf")):
            yield (
                f"{label_of(contender)}: the target's certificate is its own authority, and {reason}; its requests "
                "fail until the target has a certificate that an authority has signed"
            )


def _needs(plan: Plan) -> Iterator[tuple[str, str]]:
    """The doctor's checks that this plan needs, and how it would do without each."""
    target = plan.target
    if target.method == "GET" and (target.body or target.body_base64):
        yield "body on GET", "a POST, or no body"
    if any(_is_six(url) for url in target.all_urls):
        yield "IPv6", "an IPv4 address or a name"


def _is_six(url: str) -> bool:
    try:
        return ":" in split_target(url).host
    except ValueError:
        return False
