"""The words of the screens, one term per thing."""

from __future__ import annotations

from httptui.plans.field import fields_of_plan
from httptui.plans.plan import Plan

FIELDS = fields_of_plan(Plan)

GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "target",
        "What is requested: method, URL, headers, body and TLS. The URL “embedded” is a server of our own.",
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
    ("lane", "What runs one contender: a process of its own, or several that share its load."),
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
        "Latencies over time: the more of a moment’s requests took so long, the more a place stands out. Its steps "
        "are equal factors, so that a few slow requests are seen, too.",
    ),
    (
        "limiter",
        "What keeps a contender from going faster: its own CPU, its pool, waits inside the client, connection "
        "set-up, the target, its rate or connection limit, latency, or the plan's own rate, pauses or pace.",
    ),
    (
        "env:NAME",
        "Stands for a secret in a header, the body or the URL: read from the environment when a run starts.",
    ),
    (
        "verdict",
        "The last word, in a sentence: a winner, a tie, undecided, or capped because the target was the limit.",
    ),
    ("report", "What a run leaves: JSON, which is the truth, and Markdown. Secrets are masked in both."),
)
"""Term → meaning, in the order in which one meets them."""
