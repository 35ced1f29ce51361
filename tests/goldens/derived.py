"""Derives reports from saved ones: slower ones to compare with, and ones in which many things went wrong.

It edits the JSON, whose keys are stable, so that it depends on no type of the product.
"""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

FACTORS = (1.22, 1.26, 1.24, 1.28, 1.25)
"""Factors by which the first contender is slower, used in turn for its blocks."""
MEAN = 1.25
SHARES_ABOVE = (0.5, 0.1, 0.01, 0.001)
"""Shares of latencies above p50, p90, p99 and p99.9."""
LATENCIES = ("p50", "p90", "p99", "p99.9", "max", "mean")
LONG_NS = 30_000_000_000


def slowed(data: bytes) -> bytes:
    """Make the first contender of a run or sweep 25 % slower, a year later and with another aiohttp."""
    report: Json = json.loads(data)
    report["started"] = str(int(report["started"][:4]) + 1) + report["started"][4:]
    report["environment"]["packages"]["aiohttp"] = "99.0.0"
    first = report["contenders"][0]
    if "points" in report:
        for point in report["points"]:
            if point["contender"] == first["id"]:
                _slow_point(point)
    else:
        _slow_contender(first)
    return _written(report)


def detailed(data: bytes) -> bytes:
    """Add to each slice what the saved reports are too old to have: credit and latencies."""
    report: Json = json.loads(data)
    for contender in report["contenders"]:
        latency = contender["latency_ms"]
        for piece in contender["slices"]:
            wander = 1 + 0.1 * (piece["block"] % 3 - 1)
            piece["credit"] = piece["ok"] - 0.5
            piece["latency"] = {
                "count": piece["ok"],
                "mean_ms": latency["mean"] * wander,
                "above": [piece["ok"] * share * wander for share in SHARES_ABOVE],
            }
    return _written(report)


def troubled_run(data: bytes) -> bytes:
    """Turn a run into one at a fixed rate, cut short, in which requests failed in every way."""
    report: Json = json.loads(data)
    first, second, *_, last = report["contenders"]
    report["complete"] = False
    report["plan"]["name"] = "troubled <run>"
    report["plan"]["load"] = {"kind": "open", "rate": 250.0, "concurrency": 10, "seconds": 8.0}
    report["verdict"] = {"kind": "invalid", "sentence": "Invalid: 9 % of the requests failed; A lost most."}
    report["flags"] = [
        {"kind": "failures", "sentence": "failures: A had 14 failed requests"},
        {"kind": "steal", "sentence": "steal: the hypervisor took 12 % of the CPU"},
        {"kind": "changed by hand", "sentence": "changed by hand: the rate, after 1.5 s"},
    ]
    report["warnings"] = ["certificates are not verified, so <anyone> & everyone may answer"]
    report["expectations"] = [
        _expectation("A.p99 < 5ms", met=False, actual=8.1),
        _expectation("A.req_per_s > 10", met=True, actual=230.0),
        {**_expectation("rank(B) == 1", met=False, actual=None), "id": "B", "decided": False},
    ]
    report["events"] = [
        {"seconds": 0.5, "text": "B is ready", "level": "info"},
        {"seconds": 2.0, "text": "A: 503 for the first time", "level": "warning"},
        {"seconds": 3.0, "text": f"{last['id']}: its process ended", "level": "error"},
    ]
    report["changes"] = [{"seconds": 1.5, "text": "rate 200 → 250"}]
    for contender in report["contenders"]:
        _open(contender)
    _fail(first)
    second["requests"]["dropped"] = 9
    second["response_ms"] |= {"censored": 9, "at_most": {"max": None}, "never": ["max"]}
    _end(report, last)
    return _written(report)


def troubled_sweep(data: bytes) -> bytes:
    """Cut a sweep short: its last contender is lost and has no figures at half of the levels."""
    report: Json = json.loads(data)
    last = report["contenders"][-1]
    last["cause"] = "its process ended: killed by signal 9"
    own = [point for point in report["points"] if point["contender"] == last["id"]]
    for point in own[len(own) // 2 :]:
        levels, contender = point["levels"], point["contender"]
        point.clear()
        point |= {"levels": levels, "contender": contender}
    own[0]["failed"] = 12
    report["complete"] = False
    report["plan"]["name"] = "troubled <sweep>"
    report["verdict"] = {"kind": "not comparable", "sentence": "Not comparable: answers differ; see below."}
    report["warnings"] = ["the target is the limit at <most> levels"]
    report["events"] = [{"seconds": 3.0, "text": f"{last['id']}: its process ended", "level": "error"}]
    return _written(report)


def _slow_contender(contender: Json) -> None:
    for piece in contender["slices"]:
        factor = FACTORS[piece["block"] % len(FACTORS)]
        for name in ("seconds", "cpu_us"):
            piece[name] *= factor
        _scale(piece.get("latency") or {}, ("mean_ms",), factor)
    contender["req_per_s"] /= MEAN
    _scale(contender, ("seconds", "cpu_us_per_request"), MEAN)
    if contender["latency_ms"] is not None:
        _scale(contender["latency_ms"], LATENCIES, MEAN)
    counts = contender["histogram"]["counts"]
    contender["histogram"]["counts"] = [[int(value * MEAN), count] for value, count in counts]


def _slow_point(point: Json) -> None:
    for turn in point.get("slices", ()):
        factor = FACTORS[turn["block"] % len(FACTORS)]
        turn["req_per_s"] /= factor
        _scale(turn, ("cpu_us_per_request", "p50_ms", "p99_ms"), factor)
    for name in ("req_per_s", "cpu_us_per_request", "p50_ms", "p99_ms"):
        factor = 1 / MEAN if name == "req_per_s" else MEAN
        _scale(point.get(name) or {}, ("value", "low", "high"), factor)


def _scale(table: Json, names: tuple[str, ...], factor: float) -> None:
    for name in names:
        if table.get(name) is not None:
            table[name] *= factor


def _open(contender: Json) -> None:
    """Add what a load at a fixed rate measures: response times and the rate offered."""
    contender["response_ms"] = {name: 1.5 * contender["latency_ms"][name] for name in LATENCIES}
    contender["response_histogram"] = contender["histogram"]
    contender["offered_per_s"] = 250.0
    contender["late_p99_ms"] = 0.4


def _fail(contender: Json) -> None:
    """Add failures of several kinds, retries, lookups, lower bounds, and CPU time of the tool itself."""
    contender["label"] = "=aiohttp | <i>shared</i>"
    contender["requests"] |= {"error": 11, "timeout": 3, "cancelled": 1, "retried": 5}
    contender["errors"] = {"disconnected": 4, "http_status": 7, "timeout": 3}
    contender["first_messages"] = {"disconnected": "Server <disconnected>", "http_status": "503"}
    contender["status"] = {**contender["status"], "302": 3, "503": 4}
    contender["first_answers"] = {
        "302": {"status": "302", "headers": [["Location", "/login?next=/"]], "body": "", "bytes": 0},
        "503": {"status": "503", "headers": [["Retry-After", "5"]], "body": "try <later>", "bytes": 11},
    }
    contender["latency_ms"] |= {"censored": 4, "at_most": {"p99.9": None, "max": None}}
    contender["lower_bounds"] = {"counts": [[LONG_NS, 4]]}
    contender["own_cpu_us_per_request"] = contender["cpu_us_per_request"] / 4
    contender["dns_lookups"] = 12


def _end(report: Json, contender: Json) -> None:
    """Mark a contender as not finished: without figures and without a rank."""
    contender |= {
        "state": "dnf",
        "cause": "its process ended: killed by signal 9",
        "req_per_s": 0.0,
        "latency_ms": None,
        "response_ms": None,
        "cpu_us_per_request": None,
        "slices": [],
        "status": {},
        "histogram": {"counts": []},
        "response_histogram": None,
    }
    contender["requests"] = dict.fromkeys(contender["requests"], 0)
    for ranking in ("ranking", "cpu_ranking"):
        report[ranking] = [place for place in report[ranking] if place["id"] != contender["id"]]


def _expectation(text: str, *, met: bool, actual: float | None) -> Json:
    found = "is open" if actual is None else f"has {actual:g}"
    return {"text": text, "id": "A", "met": met, "actual": actual, "sentence": f"{text}: A {found}"}


def _written(report: Json) -> bytes:
    return json.dumps(report, ensure_ascii=False).encode()
