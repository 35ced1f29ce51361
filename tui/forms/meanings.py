"""What each field of the plan form means: a sentence, of the glossary where it has the word, and what is allowed."""

from __future__ import annotations

from functools import cache

from httptui.plans.decode import allowed_at
from httptui.tui.forms.glossary import GLOSSARY

WORDS = {
    "target.url": "target",
    "load.kind": "load",
    "load.stages": "stages",
    "load.think": "think",
    "sweep": "sweep",
    "schedule.kind": "schedule",
    "schedule.warmup": "warm-up",
    "schedule.epochs": "epoch",
}
"""Fields that are a word of the glossary."""

SENTENCES = {
    "name": "What the plan is called, on the screen and in reports.",
    "description": "What it shows, and why: told with the plan, and in its reports.",
    "expect": "What must hold at the end, one on each line: a quantity, of one contender or of every one, an "
    "operator and a number, such as aiohttp.p99 < 50ms. One that is missed ends the process with 3.",
    "target.source": "Whether one URL is requested, or several in turn: those typed here, or those of a file.",
    "target.urls": "What is requested in turn, one on each line, by every contender alike. {n} in a path or query "
    "stands for the request’s number.",
    "target.urls_file": "A file with a URL on each line, where # begins a comment.",
    "target.order": "Whether the URLs are requested in their order, or in one that is drawn from the seed.",
    "target.dns_ms": "Milliseconds that each lookup of the embedded target’s name takes longer; none given, it is "
    "reached by its address.",
    "target.headers": "Sent with every request, one on each line. env:NAME stands for a value of the environment.",
    "target.method": "The HTTP method of every request.",
    "target.body": "The body of every request, sent in UTF-8.",
    "target.verify": "Whether a certificate must be one that is trusted.",
    "target.ca_file": "A file of certificates to trust in place of the system’s.",
    "policy.timeout": "Seconds until a request is given up.",
    "policy.redirects": "How many redirects are followed; 0 follows none.",
    "policy.retries": "How often a request that failed is tried again; 0 never.",
    "policy.retry_wait": "Seconds before a request is tried again, twice as long each time, a random half more or "
    "less.",
    "policy.retry_on": "For what a request is tried again: connect, timeout, a kind of error or a status such as "
    "503. None given, for connect and, where sending twice does no harm, 502, 503 and 504.",
    "policy.per_host_rate": "The most requests a second that each contender sends to one host, evenly spaced; none "
    "given, as many as it can.",
    "policy.max_body": "The largest body that is read, in bytes, as sent or as unpacked; a larger one is given up "
    "and counts as too_large.",
    "policy.cookies": "Whether a client keeps the cookies that it is sent.",
    "policy.trust_env": "Whether clients heed HTTP_PROXY and the like of the environment.",
    "load.bound": "What says how long the load lasts.",
    "load.concurrency": "How many requests of each contender are on their way at once; in an open load, the most.",
    "load.seconds": "How long each contender is under load, in each round.",
    "load.requests": "How many requests each contender sends, in each round.",
    "load.rate": "Requests a second that are due, whatever comes back.",
    "load.arrivals": "Requests at even distances (constant), or at random ones as of many users (poisson).",
    "schedule.until": "When the run ends: when all is sent (done), or as soon as the order is settled (decided).",
    "schedule.delta": "The difference below which two contenders are called equal: 0.03 stands for 3 %.",
    "compare": "Which contenders are ranked: those that did equal work (alike), or all, with a flag that says what "
    "differs (as is).",
    "schedule.rounds": "How often the load is repeated.",
    "schedule.blocks": "How many turns each contender has in a round; none given, as many as there is time for.",
    "schedule.rest": "Seconds without load between two rounds.",
    "schedule.cooldown": "Seconds without load after each turn, so that what is left of it does not meet the next.",
    "schedule.seed": "What chance is drawn from: the same seed gives the same turns and the same times.",
    "schedule.pin": "Whether each lane is kept on one core, and the embedded target on the first.",
    "schedule.probe": "Whether half the load is tried for a second at the end, to see what limits each contender.",
}

OVERRIDES = {
    "reuse": "How many requests a client object serves before the next one is made.",
    "concurrency": "How many requests of this contender are on their way at once, in place of the load’s number.",
    "pool": dict(GLOSSARY)["pool"],
    "label": "What this contender is called everywhere, in place of the name made of its parts.",
    "read": "What is done with an answer: its bytes are taken, or its text or parsed JSON as the library gives them, "
    "or it is left once the headers are there.",
    "inside": "Whether the client is inside a FastAPI app, whose route awaits it (async), calls it and so blocks the "
    "event loop (blocking), or calls it in a thread (sync); ping is a route that calls nobody.",
    "processes": "How many processes run this contender; what is in flight is divided among them.",
    "dns_ttl": "Seconds for which a client object keeps a name that was looked up, 0 for not at all; none given, as "
    "the library does.",
    "python": "The Python of an environment of its own, such as 3.13, or 3.13t without the GIL; none given, the one "
    "that runs httptui.",
    "requires": "Packages of an environment of its own, parted by commas, such as httpx==0.27.2.",
}
"""What a contender of the list may have of its own."""

OWN_OF_THE_FORM = ("load.bound", "target.source")
"""Fields that no plan has: they say which of three values counts."""


@cache
def meaning_of(path: str) -> str:
    """What is shown of a field, which for any contender is such as `contender.read`: what it means, and on a line
    below what is allowed.
    """
    part, _, name = path.partition(".")
    if part == "contender":
        sentence = OVERRIDES[name]
    else:
        sentence = dict(GLOSSARY)[WORDS[path]] if path in WORDS else SENTENCES[path]
    allowed = "" if path in OWN_OF_THE_FORM else allowed_at(path)
    return f"{sentence}\nAllowed: {allowed}." if allowed else sentence
