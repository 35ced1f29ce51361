"""The words of the screens, one term per thing."""

from __future__ import annotations

GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "target",
        "What is requested: method, URL, headers, body and TLS. The URL “embedded” is a server of our own.",
    ),
    ("engine", "The adapter that drives one client library: aiohttp, httpx, httpx-sync, requests and so on."),
    (
        "reuse",
        "When a client object is made: once for all (shared), once per worker, once per request, or anew after "
        "every N requests.",
    ),
    (
        "contender",
        "An engine used in one way: reuse, HTTP version, event loop and pool. It keeps its letter and colour "
        "everywhere.",
    ),
    (
        "load",
        "How hard: a number in flight for some seconds or requests (closed), so many requests a second whatever "
        "comes back (open), or that many at once (burst).",
    ),
    (
        "stages",
        "A load that changes: 10s:100, 20s:500 goes to 100 within 10 s, then to 500 within 20 s; in flight if "
        "closed, req/s if open.",
    ),
    (
        "sweep",
        "Every level of a number in short turns: concurrency = 1, 2, 4, or latency_ms, pool or a path such as "
        "load.rate. A second number follows after a semicolon.",
    ),
    ("think", "A pause of each worker between an answer and its next request; closed load only."),
    (
        "pool",
        "How many connections a client may open: as many as are in flight, a number, or the library’s defaults.",
    ),
    ("lane", "What runs one contender: a process of its own, or several that share its load."),
    (
        "schedule",
        "Who is under load when: all at once (concurrent), in short turns drawn by lot (interleaved), or one after "
        "the other (sequential).",
    ),
    ("slice, block", "One contender’s turn; one turn of every contender."),
    ("epoch", "A part of the run with lanes of its own: every epoch starts them anew."),
    ("service time", "From sending a request to having read the whole answer."),
    ("response time", "From when a request was due to its answer; open load only."),
    (
        "warm-up",
        "Load that comes first and is never counted; auto ends it when every contender has found its pace.",
    ),
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
