"""What the plan form holds while it is edited: the texts as typed, so that nothing is lost on an error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, Struct, to_builtins

from httptui.plans.plan import Contender, Load, Plan, Target
from httptui.plans.url_lists import describe_urls
from tui.forms.texts import headers_text, number_text, stages_text

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

Bound = Literal["seconds", "requests", "stages"]
BOUNDS: Mapping[str, tuple[Bound, ...]] = {
    "closed": ("seconds", "requests", "stages"),
    "open": ("seconds", "stages"),
    "burst": (),
}
"""Kind of load → what may say how long it lasts."""
PARTS = ("target", "policy", "load", "schedule")
URL_LISTS = ("target.urls", "target.urls_file")
"""What a plan may have in the place of its one URL."""
Kept = tuple[tuple[str, Any], ...]
"""Path of a value in a plan, and the value as plain data."""


@dataclass(frozen=True, slots=True)
class ContenderState:
    """One contender as typed; an empty `loop` or `concurrency`, or no `label`, is left out of the plan.  `kept` as
    for `FormState`.
    """

    engine: str
    reuse: str = "shared"
    http: str = "1.1"
    loop: str = ""
    pool: str = "concurrency"
    concurrency: str = ""
    label: str | None = None
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class FormState:
    """Every value of a plan as text; `warmup` keeps the plan's own number until something is typed.

    `url` is empty where the plan has a list of URLs, whose place one that is typed takes.
    `removed` are contenders taken off the list, whose overrides come back when their cell is ticked again; `kept` are
    values of the plan that the form has no field for, each by its path.
    """

    name: str
    description: str
    expect: str
    url: str
    method: str
    headers: str
    body: str
    verify: bool
    ca_file: str
    timeout: str
    redirects: str
    retries: str
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
    schedule: str
    rounds: str
    blocks: str
    rest: str
    cooldown: str
    seed: str
    warmup: str | int
    epochs: str
    until: str
    pin: bool
    contenders: tuple[ContenderState, ...]
    removed: tuple[ContenderState, ...] = ()
    kept: Kept = ()

    @property
    def listed_urls(self) -> str:
        """In words, the list of URLs that the plan has in the place of one; empty where it has none."""
        kept = {
            path.removeprefix("target."): value for path, value in self.kept if path.startswith("target.")
        }
        target = Target(**kept)
        return describe_urls(target) if target.urls or target.urls_file else ""

    @property
    def bound_now(self) -> str:
        """What says how long the load lasts: as chosen, or seconds where this kind of load has no such bound."""
        allowed = BOUNDS.get(self.load, ())
        return self.bound if self.bound in allowed else "seconds" if allowed else ""


FIELDS: Mapping[str, str] = {
    "name": "name",
    "description": "description",
    "expect": "expect",
    "target.url": "url",
    "target.method": "method",
    "target.headers": "headers",
    "target.body": "body",
    "target.verify": "verify",
    "target.ca_file": "ca_file",
    "policy.timeout": "timeout",
    "policy.redirects": "redirects",
    "policy.retries": "retries",
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
    "schedule.kind": "schedule",
    "schedule.rounds": "rounds",
    "schedule.blocks": "blocks",
    "schedule.rest": "rest",
    "schedule.cooldown": "cooldown",
    "schedule.seed": "seed",
    "schedule.warmup": "warmup",
    "schedule.epochs": "epochs",
    "schedule.until": "until",
    "schedule.pin": "pin",
}
"""Path of a value in a plan → the attribute of `FormState` that holds it; `load.bound`, which of three values of the
load counts, is the form's own.
"""


def state_of(plan: Plan) -> FormState:
    """The form's texts for a plan."""
    target, policy, load, schedule = plan.target, plan.policy, plan.load, plan.schedule
    return FormState(
        name=plan.name,
        description=plan.description,
        expect="\n".join(plan.expect),
        url="" if target.urls or target.urls_file else target.url,
        method=target.method,
        headers=headers_text(target.headers),
        body=target.body,
        verify=target.verify,
        ca_file=target.ca_file or "",
        timeout=number_text(policy.timeout),
        redirects=number_text(policy.redirects),
        retries=number_text(policy.retries),
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
        schedule=schedule.kind,
        rounds=number_text(schedule.rounds),
        blocks=number_text(schedule.blocks),
        rest=number_text(schedule.rest),
        cooldown=number_text(schedule.cooldown),
        seed=number_text(schedule.seed),
        warmup=schedule.warmup,
        epochs=number_text(schedule.epochs),
        until=schedule.until,
        pin=schedule.pin,
        contenders=tuple(contender_state_of(contender) for contender in plan.contender),
        kept=_kept_of(plan),
    )


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
        kept=_unshown(contender, "", ContenderState.__slots__),
    )


def with_value(state: FormState, path: str, value: str | bool) -> FormState:
    """The state with the value at a plan's path replaced; a text equal to the one shown changes nothing."""
    attribute = FIELDS[path]
    if str(getattr(state, attribute)) == str(value):
        return state
    changed: dict[str, Any] = {attribute: value}
    return replace(state, **changed)


def with_override(state: FormState, index: int, attribute: str, text: str) -> FormState:
    """The state with one contender's `reuse`, `pool`, `concurrency` or `label` replaced; an equal text changes
    nothing.
    """
    before = state.contenders[index]
    if (getattr(before, attribute) or "") == text:
        return state
    value: dict[str, Any] = {attribute: None if attribute == "label" and not text else text}
    changed = replace(before, **value)
    return replace(state, contenders=(*state.contenders[:index], changed, *state.contenders[index + 1 :]))


def _kept_of(plan: Plan) -> Kept:
    """What a plan holds beyond the form's fields, so that an edit loses nothing."""
    parts = [kept for part in PARTS for kept in _unshown(getattr(plan, part), f"{part}.", FIELDS)]
    return (*_unshown(plan, "", (*FIELDS, *PARTS, "contender")), *parts)


def _unshown(struct: Struct, prefix: str, shown: Container[str]) -> Kept:
    values = ((f"{prefix}{name}", getattr(struct, name)) for name in struct.__struct_fields__)
    return tuple(
        (path, to_builtins(value)) for path, value in values if path not in shown and value is not UNSET
    )


def _bound_of(load: Load) -> Bound:
    if load.stages:
        return "stages"
    return "seconds" if load.requests is None else "requests"
