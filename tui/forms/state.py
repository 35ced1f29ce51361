"""What the plan form holds while it is edited: the texts as typed, so that nothing is lost on an error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, to_builtins

from httptui.plan.urls import split_target
from httptui.tui.forms.mapping import sweep_text
from httptui.tui.forms.texts import headers_text, lines_of, number_text, requirements_text, stages_text

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from msgspec import Struct

    from httptui.plan.model import Contender, Load, Plan, Target

Kept = tuple[tuple[str, Any], ...]
"""Path of a value in a plan, and the value as plain data."""
SHOWN = ("reuse", "concurrency", "pool", "label")
"""What a contender may have of its own, as it stands in its row."""
MORE = ("read", "inside", "processes", "dns_ttl", "python", "requires")
"""What it may have beyond that, which its row shows when it is unfolded."""


@dataclass(frozen=True, slots=True)
class ContenderState:
    """One contender as typed; of what it may have of its own, an empty text, or no `label`, is left out of the plan.

    `unfolded`: whether all of it is shown.  `kept` as for `FormState`.
    """

    engine: str
    reuse: str = "shared"
    http: str = "1.1"
    loop: str = ""
    pool: str = "concurrency"
    concurrency: str = ""
    label: str | None = None
    read: str = "bytes"
    inside: str = ""
    processes: str = ""
    dns_ttl: str = ""
    python: str = ""
    requires: str = ""
    unfolded: bool = False
    kept: Kept = ()


def contender_state_of(contender: Contender) -> ContenderState:
    """The form's texts for one contender of a plan."""
    return ContenderState(
        engine=contender.engine,
        reuse=contender.reuse,
        http=contender.http,
        loop="" if contender.loop is UNSET else contender.loop,
        pool=str(contender.pool),
        concurrency="" if contender.concurrency is UNSET else str(contender.concurrency),
        label=None if contender.label is UNSET else contender.label,
        read=contender.read,
        inside="" if contender.inside is UNSET else contender.inside,
        processes="" if contender.processes == 1 else str(contender.processes),
        dns_ttl="" if contender.dns_ttl is UNSET else number_text(contender.dns_ttl),
        python=contender.python,
        requires=requirements_text(contender.requires),
        kept=unshown(contender, "", ContenderState.__slots__),
    )


def changed(before: ContenderState, attribute: str, text: str) -> ContenderState:
    """The contender with one of `SHOWN` or `MORE` replaced; the same one where the text is equal."""
    if (getattr(before, attribute) or "") == text:
        return before
    value: dict[str, Any] = {attribute: None if attribute == "label" and not text else text}
    return replace(before, **value)


def unshown(struct: Struct, prefix: str, shown: Container[str]) -> Kept:
    """The values of a part of a plan for which there is no field."""
    values = ((f"{prefix}{name}", getattr(struct, name)) for name in struct.__struct_fields__)
    return tuple(
        (path, to_builtins(value)) for path, value in values if path not in shown and value is not UNSET
    )


Bound = Literal["seconds", "requests", "stages"]
Source = Literal["url", "urls", "urls_file"]
BOUNDS: Mapping[str, tuple[Bound, ...]] = {
    "closed": ("seconds", "requests", "stages"),
    "open": ("seconds", "stages"),
    "burst": (),
}
"""Kind of load → what may say how long it lasts."""
PARTS = ("target", "policy", "load", "schedule")


@dataclass(frozen=True, slots=True)
class FormState:
    """Every value of a plan as text; `warmup` keeps the plan's own number until something is typed.

    `source` says which of `url`, `urls` and `urls_file` counts, as `bound` does of the load's.
    `removed` are contenders taken off the list, whose overrides come back when their cell is ticked again; `kept` are
    values of the plan that the form has no field for, each by its path.
    """

    name: str
    description: str
    expect: str
    source: str
    url: str
    urls: str
    urls_file: str
    order: str
    dns_ms: str
    method: str
    headers: str
    body: str
    verify: bool
    ca_file: str
    timeout: str
    redirects: str
    retries: str
    retry_wait: str
    retry_on: str
    per_host_rate: str
    max_body: str
    cookies: bool
    trust_env: bool
    load: str
    bound: str
    concurrency: str
    seconds: str
    requests: str
    stages: str
    rate: str
    arrivals: str
    think: str
    sweep: str
    schedule: str
    rounds: str
    blocks: str
    rest: str
    cooldown: str
    seed: str
    warmup: str | int
    epochs: str
    until: str
    delta: str
    compare: str
    pin: bool
    probe: bool
    contenders: tuple[ContenderState, ...]
    removed: tuple[ContenderState, ...] = ()
    kept: Kept = ()

    @property
    def sweeping(self) -> bool:
        """Whether every level of something is visited: what has no meaning then does not count."""
        return bool(self.sweep.strip())

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """What may say how long this load lasts."""
        allowed = BOUNDS.get(self.load, ())
        return tuple(bound for bound in allowed if bound != "stages") if self.sweeping else allowed

    @property
    def bound_now(self) -> str:
        """What says how long the load lasts: as chosen, or seconds where this kind of load has no such bound."""
        return self.bound if self.bound in self.bounds else "seconds" if self.bounds else ""

    @property
    def schedule_now(self) -> str:
        """The order that counts: a sweep has one alone."""
        return "interleaved" if self.sweeping else self.schedule

    @property
    def retrying(self) -> bool:
        """Whether requests are tried again, or something is said of it all the same."""
        return self.retries.strip() != "0" or bool(self.retry_on.strip())

    @property
    def embedded(self) -> bool:
        """Whether all that is requested may be the embedded target's; nothing is known of a file."""
        typed = {"url": [self.url], "urls": lines_of(self.urls)}
        return all(map(_is_embedded, typed.get(self.source, ())))


FIELDS: Mapping[str, str] = {
    "name": "name",
    "description": "description",
    "expect": "expect",
    "target.source": "source",
    "target.url": "url",
    "target.urls": "urls",
    "target.urls_file": "urls_file",
    "target.order": "order",
    "target.dns_ms": "dns_ms",
    "target.method": "method",
    "target.headers": "headers",
    "target.body": "body",
    "target.verify": "verify",
    "target.ca_file": "ca_file",
    "policy.timeout": "timeout",
    "policy.redirects": "redirects",
    "policy.retries": "retries",
    "policy.retry_wait": "retry_wait",
    "policy.retry_on": "retry_on",
    "policy.per_host_rate": "per_host_rate",
    "policy.max_body": "max_body",
    "policy.cookies": "cookies",
    "policy.trust_env": "trust_env",
    "load.kind": "load",
    "load.bound": "bound",
    "load.concurrency": "concurrency",
    "load.seconds": "seconds",
    "load.requests": "requests",
    "load.stages": "stages",
    "load.rate": "rate",
    "load.arrivals": "arrivals",
    "load.think": "think",
    "sweep": "sweep",
    "schedule.kind": "schedule",
    "schedule.rounds": "rounds",
    "schedule.blocks": "blocks",
    "schedule.rest": "rest",
    "schedule.cooldown": "cooldown",
    "schedule.seed": "seed",
    "schedule.warmup": "warmup",
    "schedule.epochs": "epochs",
    "schedule.until": "until",
    "schedule.delta": "delta",
    "compare": "compare",
    "schedule.pin": "pin",
    "schedule.probe": "probe",
}
"""Path of a value in a plan → the attribute of `FormState` that holds it; `load.bound` and `target.source`, which of
three values counts, are the form's own.
"""


def state_of(plan: Plan) -> FormState:
    """The form's texts for a plan."""
    target, policy, load, schedule = plan.target, plan.policy, plan.load, plan.schedule
    return FormState(
        name=plan.name,
        description=plan.description,
        expect="\n".join(plan.expect),
        source=_source_of(target),
        url=target.url,
        urls="\n".join(target.urls),
        urls_file=target.urls_file or "",
        order=target.order,
        dns_ms=number_text(target.dns_ms),
        method=target.method,
        headers=headers_text(target.headers),
        body=target.body,
        verify=target.verify,
        ca_file=target.ca_file or "",
        timeout=number_text(policy.timeout),
        redirects=number_text(policy.redirects),
        retries=number_text(policy.retries),
        retry_wait=number_text(policy.retry_wait),
        retry_on=", ".join(policy.retry_on),
        per_host_rate=number_text(policy.per_host_rate),
        max_body=number_text(policy.max_body),
        cookies=policy.cookies,
        trust_env=policy.trust_env,
        load=load.kind,
        bound=_bound_of(load),
        concurrency=number_text(load.concurrency),
        seconds=number_text(load.seconds),
        requests=number_text(load.requests),
        stages=stages_text(load.stages),
        rate=number_text(load.rate),
        arrivals=load.arrivals,
        think=number_text(load.think),
        sweep=sweep_text(plan.sweep),
        schedule=schedule.kind,
        rounds=number_text(schedule.rounds),
        blocks=number_text(schedule.blocks),
        rest=number_text(schedule.rest),
        cooldown=number_text(schedule.cooldown),
        seed=number_text(schedule.seed),
        warmup=schedule.warmup,
        epochs=number_text(schedule.epochs),
        until=schedule.until,
        delta=number_text(schedule.delta),
        compare=plan.compare,
        pin=schedule.pin,
        probe=schedule.probe,
        contenders=tuple(contender_state_of(contender) for contender in plan.contender),
        kept=_kept_of(plan),
    )


def with_value(state: FormState, path: str, value: str | bool) -> FormState:
    """The state with the value at a plan's path replaced; a text equal to the one shown changes nothing."""
    attribute = FIELDS[path]
    if str(getattr(state, attribute)) == str(value):
        return state
    typed: dict[str, Any] = {attribute: value}
    return replace(state, **typed)


def with_override(state: FormState, index: int, attribute: str, text: str) -> FormState:
    """The state with something replaced that one contender has of its own; an equal text changes nothing."""
    before = state.contenders[index]
    after = changed(before, attribute, text)
    return state if after is before else _with_contender(state, index, after)


def with_folding(state: FormState, index: int, *, unfolded: bool) -> FormState:
    """The state with all of a contender shown, or only what stands in its row."""
    return _with_contender(state, index, replace(state.contenders[index], unfolded=unfolded))


def _with_contender(state: FormState, index: int, contender: ContenderState) -> FormState:
    return replace(state, contenders=(*state.contenders[:index], contender, *state.contenders[index + 1 :]))


def _kept_of(plan: Plan) -> Kept:
    """What a plan holds beyond the form's fields, so that an edit loses nothing."""
    parts = [kept for part in PARTS for kept in unshown(getattr(plan, part), f"{part}.", FIELDS)]
    kept = (*unshown(plan, "", (*FIELDS, *PARTS, "contender")), *parts)
    return tuple((path, value) for path, value in kept if value != "")


def _bound_of(load: Load) -> Bound:
    if load.stages:
        return "stages"
    return "seconds" if load.requests is None else "requests"


def _source_of(target: Target) -> Source:
    if target.urls:
        return "urls"
    return "url" if target.urls_file is None else "urls_file"


def _is_embedded(url: str) -> bool:
    try:
        return split_target(url).embedded
    except ValueError:
        return False
