"""What each field of the plan form means: a sentence, of the glossary where it has the word, and what is allowed."""

from __future__ import annotations

from functools import cache

from httptui.plans.decode import allowed_at
from tui.forms.glossary import GLOSSARY

WORDS = {
    "target.url": "target",
    "load.kind": "load",
    "load.stages": "stages",
    "load.think": "think",
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
    "target.headers": "Sent with every request, one on each line. env:NAME stands for a value of the environment.",
    "target.method": "The HTTP method of every request.",
    "target.body": "The body of every request, sent in UTF-8.",
    "target.verify": "Whether a certificate must be one that is trusted.",
    "target.ca_file": "A file of certificates to trust in place of the system’s.",
    "policy.timeout": "Seconds until a request is given up.",
    "policy.redirects": "How many redirects are followed; 0 follows none.",
    "policy.retries": "How often a request that failed is tried again; 0 never.",
    "policy.cookies": "Whether a client keeps the cookies that it is sent.",
    "policy.trust_env": "Whether clients heed HTTP_PROXY and the like of the environment.",
    "load.bound": "What says how long the load lasts.",
    "load.concurrency": "How many requests of each contender are on their way at once; in an open load, the most.",
    "load.seconds": "How long each contender is under load, in each round.",
    "load.requests": "How many requests each contender sends, in each round.",
    "load.rate": "Requests a second that are due, whatever comes back.",
    "load.arrivals": "Requests at even distances (constant), or at random ones as of many users (poisson).",
    "schedule.until": "When the run ends: when all is sent (done), or as soon as the order is settled (decided).",
    "schedule.rounds": "How often the load is repeated.",
    "schedule.blocks": "How many turns each contender has in a round; none given, as many as there is time for.",
    "schedule.rest": "Seconds without load between two rounds.",
    "schedule.cooldown": "Seconds without load after each turn, so that what is left of it does not meet the next.",
    "schedule.seed": "What chance is drawn from: the same seed gives the same turns and the same times.",
    "schedule.pin": "Whether each lane is kept on one core, and the embedded target on the first.",
}

OVERRIDES = {
    "reuse": "How many requests a client object serves before the next one is made.",
    "concurrency": "How many requests of this contender are on their way at once, in place of the load’s number.",
    "pool": dict(GLOSSARY)["pool"],
    "label": "What this contender is called everywhere, in place of the name made of its parts.",
}
"""What a contender of the list may have of its own."""


@cache
def meaning_of(path: str) -> str:
    """What is shown of a field: what it means, and on a line below what is allowed."""
    sentence = dict(GLOSSARY)[WORDS[path]] if path in WORDS else SENTENCES[path]
    allowed = "" if path == "load.bound" else allowed_at(path)
    return f"{sentence}\nAllowed: {allowed}." if allowed else sentence
