"""The texts of the form: meanings of fields, a glossary, and contenders named by their letters."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from httptui.plan.decode import allowed_at
from httptui.plan.field import fields_of_plan
from httptui.plan.model import CHOICES, Plan, letter_of
from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httptui.plan.field import Field
    from httptui.tui.forms.state import ContenderState

FIELDS = fields_of_plan(Plan)


def declared(path: str) -> Field:
    """The declaration of a field, which for any contender is such as `contender.read`, or of a choice among some."""
    return CHOICES[path] if path in CHOICES else FIELDS[path]


@cache
def meaning_of(path: str) -> str:
    """The explanation of a field, or of a choice: what it means, and on a line below what is allowed."""
    meaning, allowed = declared(path).meaning, "" if path in CHOICES else allowed_at(path)
    return f"{meaning}\nAllowed: {allowed}." if allowed else meaning


GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "target",
        "The server and its requests: method, URL, headers, body and TLS. The URL “embedded” is httptui's own "
        "test server.",
    ),
    ("engine", "The adapter that drives one client library: aiohttp, httpx, httpx-sync, requests and so on."),
    ("reuse", FIELDS["contender.reuse"].meaning),
    (
        "contender",
        "An engine used in one way: reuse, HTTP version, event loop and pool. It keeps its letter and colour "
        "everywhere.",
    ),
    ("load", FIELDS["load.kind"].meaning),
    ("stages", FIELDS["load.stages"].meaning),
    ("sweep", FIELDS["sweep"].meaning),
    ("think", FIELDS["load.think"].meaning),
    ("pool", FIELDS["contender.pool"].meaning),
    ("lane", "The process that runs one contender, or several that share its load."),
    ("schedule", FIELDS["schedule.kind"].meaning),
    ("slice, block", "One contender’s turn; one turn of every contender."),
    ("epoch", FIELDS["schedule.epochs"].meaning),
    ("service time", "From sending a request to having read the whole answer."),
    ("response time", "From when a request was due to its answer; open load only."),
    ("warm-up", FIELDS["schedule.warmup"].meaning),
    ("req/s", "Successful answers a second; errors do not count."),
    ("p50, p99", "Half of all answers were faster than p50; one in a hundred was slower than p99."),
    (
        "heat map",
        "Latencies over time: the more requests took a given time at a given moment, the stronger the colour. "
        "The steps are equal factors, so that a few slow requests stay visible.",
    ),
    (
        "limiter",
        "The reason why a contender is not faster: its own CPU, its pool, waits inside the client, connection "
        "set-up, the target, its rate or connection limit, latency, or the plan's own rate, pauses or pace.",
    ),
    (
        "env:NAME",
        "Stands for a secret in a header, the body or the URL: read from the environment when a run starts.",
    ),
    (
        "verdict",
        "The conclusion, in a sentence: a winner, a tie, undecided, or capped because the target was the limit.",
    ),
    ("report", "The result of a run: JSON, which has everything, and Markdown or HTML. Secrets are masked."),
)
"""Term → meaning, in the order in which one meets them."""


_PLACE = re.compile(r'".*"|“.*”|contender\[(?P<index>\d+)\](?P<value>\.[a-z_]+)?', re.DOTALL)
"""A contender by its place in the plan; or quoted texts, which are repeated as they were typed."""


def way_of(contender: ContenderState) -> str:
    """The engine and the reuse, and an HTTP version or event loop that is not the usual one."""
    parts = [contender["engine"], contender["reuse"]]
    if contender["http"] != "1.1":
        parts.append(f"HTTP/{contender['http']}")
    if contender["loop"]:
        parts.append(contender["loop"])
    return safe_text(" · ".join(parts))


def with_letters(message: str, contenders: Sequence[ContenderState]) -> str:
    """A message in which `contender[2].pool` is told as the form shows it, at first with what it is:
    contender C.pool (httpx · shared).
    """
    named: set[int] = set()

    def told(match: re.Match[str]) -> str:
        if match["index"] is None or int(match["index"]) >= len(contenders):
            return match[0]
        index = int(match["index"])
        name = safe_text(contenders[index]["label"]) or way_of(contenders[index])
        what = "" if index in named else f" ({name})"
        named.add(index)
        return f"contender {letter_of(index)}{match['value'] or ''}{what}"

    return _PLACE.sub(told, message)
