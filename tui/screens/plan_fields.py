"""The fields of the plan form, laid out: which value stands where, with which control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal, Vertical
from textual.layouts.grid import GridLayout

from httptui.plan.field import fields_of_plan
from httptui.plan.model import Plan
from httptui.tui.forms.state import FIELDS
from httptui.tui.widgets.entry import Area, BodyArea, Entry, HeadersArea, TargetUrl, UrlsArea
from httptui.tui.widgets.load_shape import LoadShape
from httptui.tui.widgets.values import Choice, Field, Tick

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.layout import Layout
    from textual.widget import Widget

    from httptui.tui.forms.state import FormState

OWN_LABELS = {"target.source": "Asks for", "load.bound": "Lasts for"}
"""Of values that no plan has: they say which of its fields counts."""
SOURCES = (("url", "one URL"), ("urls", "several"), ("urls_file", "from a file"))
URL_ORDERS = (("in-order", "in order"), ("shuffle", "shuffled"))
LOADS = (("closed", "closed"), ("open", "open"), ("burst", "burst"))
ARRIVALS = (("constant", "constant"), ("poisson", "poisson"))
ENDS = (("done", "done"), ("decided", "decided"))
COMPARISONS = (("alike", "alike"), ("as-is", "as is"))
SCHEDULES = (("concurrent", "concurrent"), ("interleaved", "interleaved"), ("sequential", "sequential"))


def what_counts(state: FormState) -> str:
    """The classes by which only values are shown that mean something beside the others."""
    kinds = [state.source, state.load, state.bound_now, state.schedule_now]
    asked = {"sweeping": state.sweeping, "retrying": state.retrying, "embedded": state.embedded}
    kinds += [name for name, is_so in asked.items() if is_so]
    return " ".join(f"-{kind}" for kind in kinds if kind)


def bound_options(state: FormState) -> tuple[tuple[str, str], ...]:
    """What may say how long the load lasts, as options of a choice."""
    return tuple((bound, bound) for bound in state.bounds)


def id_of(path: str) -> str:
    """The id of the control for a path of a plan."""
    return path.replace(".", "-")


def path_of(widget: Widget) -> str:
    """The path of a plan that a control is for, or the empty text."""
    path = (widget.id or "").replace("-", ".")
    return path if path in FIELDS else ""


class _Row(Container):
    """Panels one below the other, or as a grid, where the lower of them grow to the height of the highest."""

    def pre_layout(self, layout: Layout) -> None:
        """Let cells of a grid be equally high."""
        if isinstance(layout, GridLayout):
            layout.stretch_height = True


def plan_fields(state: FormState) -> ComposeResult:
    """Target beside load, and schedule beside the conditions; one below the other where it is narrow."""
    with Vertical(id="plan-values", classes=what_counts(state)):
        with _Row(classes="row"):
            with _panel("plan-target", "Target"):
                yield from _target(state)
            with _panel("plan-load", "Load"):
                yield from _load(state)
        with _Row(classes="row"):
            with _panel("plan-schedule", "Schedule"):
                yield from _schedule(state)
            with Vertical(id="plan-conditions"):
                with _panel("plan-policy", "What clients may do"):
                    yield from _policy(state)
                with _panel("plan-expect", "What must hold", "never-swept"):
                    yield _area(state, "expect", "p99 < 50ms, one on each line")


def about_fields(state: FormState) -> ComposeResult:
    """The plan's own name and description."""
    with _panel("plan-about", "About this plan"):
        yield _entry(state, "name", "untitled")
        yield _area(state, "description", "what it shows, and why")


def _target(state: FormState) -> Iterator[Widget]:
    yield _choice(state, "target.source", SOURCES)
    examples = ("embedded, http://…, or a curl command", "http://… or a curl command", "a URL")
    url = TargetUrl(state.url, *examples, id="target-url")
    yield Field("target.url", label_at("target.url"), url, classes="only-url")
    urls = "embedded/bytes/1024, one a line\nembedded/bytes/{n}, n its number"
    yield _area(state, "target.urls", urls, UrlsArea, classes="only-urls")
    files = ("urls.txt, one on each line", "urls.txt")
    yield _entry(state, "target.urls_file", *files, classes="only-urls_file")
    yield _choice(state, "target.order", URL_ORDERS, classes="only-many")
    yield _pair(
        _entry(state, "target.method", "GET"),
        _entry(state, "target.dns_ms", "none", classes="only-embedded"),
    )
    yield _area(
        state,
        "target.headers",
        "Name: value, one on each line\nAuthorization: Bearer env:TOKEN",
        HeadersArea,
    )
    yield _area(state, "target.body", "none", BodyArea)
    yield _tick(state, "target.verify", "verify the certificate")
    yield _entry(state, "target.ca_file", "the system’s")


def _load(state: FormState) -> Iterator[Widget]:
    yield _choice(state, "load.kind", LOADS)
    bound = Choice(bound_options(state), state.bound_now, id=id_of("load.bound"))
    yield Field("load.bound", label_at("load.bound"), bound, classes="only-lasting")
    yield _pair(
        _entry(state, "load.concurrency", "64"),
        _entry(state, "load.seconds", "10", classes="only-seconds"),
        _entry(state, "load.requests", "1000", classes="only-requests"),
    )
    yield _entry(state, "load.stages", "10s:100, 20s:500", classes="only-stages")
    yield _pair(
        _entry(state, "policy.timeout", "30"),
        _entry(state, "load.rate", "100", classes="only-open"),
        _entry(state, "load.think", "0", classes="only-closed"),
    )
    yield _choice(state, "load.arrivals", ARRIVALS, classes="only-open")
    yield _entry(state, "sweep", "none, or concurrency = 1, 2, 4, 8", "none, or pool = 2, 4")
    yield LoadShape(id="load-shape")


def _schedule(state: FormState) -> Iterator[Widget]:
    yield _choice(state, "schedule.kind", SCHEDULES, classes="never-swept")
    yield _choice(state, "schedule.until", ENDS, classes="never-swept")
    yield _pair(
        _entry(state, "schedule.rounds", "1", classes="never-swept"),
        _entry(state, "schedule.rest", "0", classes="never-swept"),
    )
    yield _pair(
        _entry(state, "schedule.blocks", "auto"),
        _entry(state, "schedule.cooldown", "0.03", classes="only-interleaved"),
    )
    yield _pair(
        _entry(state, "schedule.warmup", "auto, 1s, 0", "auto"),
        _entry(state, "schedule.epochs", "1", classes="never-swept"),
    )
    yield _pair(
        _entry(state, "schedule.seed", "1"),
        _tick(state, "schedule.pin", "a core each"),
    )
    yield _pair(
        _entry(state, "schedule.delta", "0.03"),
        _tick(state, "schedule.probe", "half load", classes="never-swept"),
    )
    yield _choice(state, "compare", COMPARISONS)


def _policy(state: FormState) -> Iterator[Widget]:
    yield _pair(
        _entry(state, "policy.redirects", "0"),
        _entry(state, "policy.retries", "0"),
    )
    yield _pair(
        _entry(state, "policy.per_host_rate", "no limit", "none"),
        _entry(state, "policy.retry_wait", "0.1", classes="only-retrying"),
    )
    causes = "connect, 502, 503, 504"
    yield _entry(state, "policy.retry_on", causes, classes="only-retrying")
    yield _entry(state, "policy.max_body", "268435456")
    yield _pair(
        _tick(state, "policy.cookies", "keep them"),
        _tick(state, "policy.trust_env", "from env"),
    )


def label_at(path: str) -> str:
    """What the value at a path is called on the form."""
    return OWN_LABELS.get(path) or fields_of_plan(Plan)[path].label


def _panel(id: str, title: str, classes: str = "") -> Vertical:
    panel = Vertical(classes=f"panel {classes}", id=id)
    panel.border_title = title
    return panel


def _pair(first: Field, *others: Field) -> Horizontal:
    """Fields side by side."""
    for field in others:
        field.add_class("beside")
    return Horizontal(first, *others, classes="pair")


def _entry(state: FormState, path: str, *placeholders: str, classes: str = "") -> Field:
    entry = Entry(str(getattr(state, FIELDS[path])), *placeholders, id=id_of(path))
    return Field(path, label_at(path), entry, hint=fields_of_plan(Plan)[path].unit, classes=classes)


def _area(
    state: FormState,
    path: str,
    placeholder: str,
    kind: type[Area] = Area,
    *,
    classes: str = "",
) -> Field:
    area = kind(
        getattr(state, FIELDS[path]),
        id=id_of(path),
        compact=True,
        placeholder=placeholder,
        highlight_cursor_line=False,
    )
    area.match_cursor_bracket = False
    return Field(path, label_at(path), area, classes=classes)


def _choice(state: FormState, path: str, options: tuple[tuple[str, str], ...], *, classes: str = "") -> Field:
    chosen = Choice(options, getattr(state, FIELDS[path]), id=id_of(path))
    return Field(path, label_at(path), chosen, classes=classes)


def _tick(state: FormState, path: str, words: str, *, classes: str = "") -> Field:
    tick = Tick(words, value=getattr(state, FIELDS[path]), id=id_of(path))
    return Field(path, label_at(path), tick, classes=classes)
