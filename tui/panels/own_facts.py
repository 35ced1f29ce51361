"""What was measured of one contender beside its times, and how it is set up."""

from __future__ import annotations

from functools import lru_cache

from msgspec import UNSET

from httptui.engines.registry import engine_info, loop_without_a_name
from httptui.plans.plan import Contender, Plan, concurrency_of, letter_of
from httptui.plans.policy_words import describe_policy
from httptui.scale import short
from httptui.snapshot import ContenderView
from httptui.units import format_rate
from httptui.tui.panels.detail import Fact, draw_facts, facts_of
from httptui.tui.panels.panel import Panel
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import Cells

READS = {
    "text": "the text that the library decodes",
    "json": "the JSON that the library parses",
    "headers": "the headers alone, and leaves the body",
}
IN_THE_TABLE = ("latency", "service", "response")


def measured(view: ContenderView) -> list[Fact]:
    """Pace, requests, errors with their first messages, connections, CPU, event loop and bytes."""
    over = view.state in ("finished", "stopped", "dnf")
    facts = [("state", view.state if over else f"{view.state} · {view.in_flight} in flight")]
    if view.requests.ok:
        live = f" · {format_rate(view.live_req_per_s)} now" if view.state == "running" else ""
        facts.append(("req/s", f"{format_rate(view.req_per_s)}{live}"))
    facts += [fact for fact in facts_of(view, why=False) if fact[0] not in IN_THE_TABLE]
    for status, answer in view.first_answers.items():
        if answer.headers:
            facts.append(
                (f"{status} headers", " · ".join(f"{name}: {value}" for name, value in answer.headers))
            )
    if view.bytes:
        each = f" · {_bytes(view.bytes / view.seconds)}/s" if view.seconds else ""
        facts.append(("bytes", f"{_bytes(view.bytes)} of answers{each}"))
    return facts


def _bytes(count: float) -> str:
    """A number of bytes in a few characters: 512 B, 1.55 MB."""
    text = short(count)
    return f"{text[:-1]} {text[-1]}B" if text[-1:].isalpha() else f"{text} B"


def settings(plan: Plan, contender: Contender) -> list[Fact]:
    """How the contender is set up, defaults included."""
    mode, version = _of_engine(contender.engine)
    loop = "none, it runs in threads" if mode == "sync" else loop_without_a_name(contender.engine)
    in_flight = concurrency_of(plan, contender)
    pool = f"{in_flight}, as many as in flight" if contender.pool == "concurrency" else str(contender.pool)
    inside = contender.inside is not UNSET
    if inside:
        loop = "uvloop, the app's"
    shared = f", among {contender.processes} processes" if contender.processes > 1 else ""
    return [
        ("engine", f"{contender.engine} {version}".strip()),
        ("reuse", contender.reuse),
        *([("inside", str(contender.inside))] if inside else []),
        ("HTTP", contender.http),
        ("event loop", loop if contender.loop is UNSET else str(contender.loop)),
        ("pool", pool.replace("library-defaults", "the library's defaults")),
        ("in flight", f"{in_flight} at most{shared}"),
        *_handling(plan, contender),
        ("policy", describe_policy(plan)),
    ]


def _handling(plan: Plan, contender: Contender) -> list[Fact]:
    """What is done with answers, and with names where there are any to look up, as far as it is out of the usual."""
    facts = [] if contender.read == "bytes" else [("reads", READS[contender.read])]
    if plan.target.dns_ms is not None:
        facts.append(("name", f"each lookup takes {plan.target.dns_ms:g} ms longer"))
    if contender.dns_ttl is not UNSET:
        kept = f"a name for {contender.dns_ttl:g} s" if contender.dns_ttl else "no name"
        facts.append(("DNS cache", f"keeps {kept}"))
    return facts


@lru_cache(maxsize=64)
def _of_engine(name: str) -> tuple[str, str]:
    """Mode and version of an engine's library, in words; empty where it is not known here."""
    try:
        info = engine_info(name)
    except LookupError:
        return "", ""
    return info.mode, f"({info.package} {info.version})" if info.version else "(not installed)"


class MeasuredPanel(Panel):
    """What was measured."""

    def title(self, view: View) -> str:
        return "Measured"

    def draw(self, view: View, width: int, height: int) -> Cells:
        contender = view.contender(view.chosen)
        return () if contender is None else draw_facts(measured(contender), width)


class SettingsPanel(Panel):
    """How it is set up."""

    def title(self, view: View) -> str:
        return "Settings"

    def parts(self, view: View) -> object:
        """Nothing that the run has come to."""
        return self.look(view)

    def draw(self, view: View, width: int, height: int) -> Cells:
        if view.plan is None:
            return ()
        named = {letter_of(index): contender for index, contender in enumerate(view.plan.contender)}
        contender = named.get(view.chosen or "")
        return () if contender is None else draw_facts(settings(view.plan, contender), width)
