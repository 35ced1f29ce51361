"""Equal work: contenders are compared only if they did the same for each success.

Work is unequal if two contenders sent other requests (a path or method rewritten, other encodings accepted), got
answers of another size or status, reached the target with another share of their requests, retried another share, or
had another number in flight. Tolerances absorb chance: bodies that vary, and a few failures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile, zip_longest
from typing import NamedTuple

from msgspec import Struct

from httptui.engines.errors import is_success
from httptui.engines.protocol import Sent
from httptui.plan.model import Plan
from httptui.plan.urls import split_target
from httptui.results.judge.limiter_facts import BASELINE, failed_share
from httptui.results.snapshot import ContenderView, Flag
from httptui.units import format_count, format_percent, listed, plural

TOLERANCE = 0.02
FEW_BYTES = 3
"""Difference of mean sizes allowed beyond the tolerance, because numbers in small bodies vary in length."""
CERTAIN = 4.0
"""Standard errors beyond which a difference is not chance; more than two, because failures come in clusters."""
MOST_NAMED = 2
BEFORE_DIFFERENCE, LONGEST = 20, 60
"""Characters of a long path shown before its first difference, and in total."""
FAILED = "failed"
AS_IS = "--compare as-is ranks them all the same"


class Work(Struct, frozen=True, kw_only=True):
    """Work of a contender beyond its view.

    - `bytes`, `bytes_squared`: sums over its successes of body bytes and their squares; None if it reads headers
      only.
    - `sent`: its first few requests as sent.
    - `requests_at_target`: the embedded target's count, None for a foreign target.
    - `foreign`: requests that its app refused.
    """

    bytes: int | None = None
    bytes_squared: float = 0.0
    sent: tuple[Sent | None, ...] = ()
    requests_at_target: int | None = None
    foreign: int = 0


class Unequal(NamedTuple):
    """Differences of one contender's work from that of the reference, the most important first."""

    id: str
    differences: tuple[str, ...]


def unequal_work(plan: Plan, views: Sequence[ContenderView], work: Mapping[str, Work]) -> tuple[Unequal, ...]:
    """Return the contenders, all with successes, whose work differs from that of the others.

    The reference is the one that agrees with most others; among these the one with the fewest failures, then the
    first.
    """
    embedded = split_target(plan.target.all_urls[0]).embedded
    sides = [_Side(view, work.get(view.id, Work())) for view in views]
    found = {
        (one.id, other.id): tuple(_differences(one, other, plan, embedded=embedded))
        for one in sides
        for other in sides
        if one is not other
    }
    if not any(found.values()):
        return ()
    alike = {
        side.id: sum(not found[side.id, other.id] for other in sides if other is not side) for side in sides
    }
    failed = {side.id: failed_share(side.view) for side in sides}
    yardstick = max(alike, key=lambda key: (alike[key], -failed[key]))
    return tuple(
        Unequal(side.id, found[side.id, yardstick])
        for side in sides
        if side.id != yardstick and found[side.id, yardstick]
    )


def told(unequal: Sequence[Unequal]) -> str:
    """Describe differences in words: "B got 100 bytes per answer where A got 100 000; C and D had 1 request …"."""
    named: dict[str, list[str]] = {}
    for one in unequal:
        named.setdefault(" and ".join(one.differences[:MOST_NAMED]), []).append(one.id)
    clauses = [f"{listed(ids)} {difference}" for difference, ids in named.items()]
    more = len(clauses) - MOST_NAMED
    return "; ".join(clauses[:MOST_NAMED]) + (f"; {plural(more, 'more difference')}" if more > 0 else "")


def unequal_flag(unequal: Sequence[Unequal], *, as_is: bool) -> tuple[Flag, ...]:
    """Return the flag of a run whose contenders did unequal work; `as_is` means that the plan ranks them anyway."""
    if not unequal:
        return ()
    end = "the plan compares them as they are" if as_is else f"these are not ranked; {AS_IS}"
    return (Flag("unequal work", f"unequal work: {told(unequal)}; {end}"),)


class _Side(NamedTuple):
    view: ContenderView
    work: Work

    @property
    def id(self) -> str:
        return self.view.id


def _differences(one: _Side, other: _Side, plan: Plan, *, embedded: bool) -> Iterator[str]:
    """Yield how the first differs from the second, each as a predicate: "got … where B got …"."""
    yield from _as_sent(one, other, embedded=embedded)
    yield from _sizes(one, other)
    yield from _outcomes(one, other)
    yield from _at_target(one, other)
    yield from _retries(one, other)
    if plan.load.kind != "open" and not _near(one.view.concurrency, other.view.concurrency):
        mine, its = (plural(side.view.concurrency, "request") for side in (one, other))
        yield f"had {mine} in flight where {other.id} had {its}"


def _as_sent(one: _Side, other: _Side, *, embedded: bool) -> Iterator[str]:
    """Yield the differences of the first request that the two sent differently."""
    for mine, its in zip_longest(one.work.sent, other.work.sent):
        if mine is None or its is None:
            continue
        found = list(_request_differences(mine, its, other.id, embedded=embedded))
        if found:
            yield from found
            return


def _request_differences(mine: Sent, its: Sent, other: str, *, embedded: bool) -> Iterator[str]:
    if mine.target != its.target:
        my_path, its_path = _around_difference(mine.target, its.target)
        yield f"requested the path {my_path} where {other} requested {its_path}"
    if mine.method != its.method:
        yield f"sent the method {mine.method} where {other} sent {its.method}"
    if (mine.body_bytes or 0) != (its.body_bytes or 0):
        sizes = (plural(request.body_bytes or 0, "byte") for request in (mine, its))
        yield f"sent a body of {next(sizes)} where {other} sent {next(sizes)}"
    encodings = [_encodings(request.accept_encoding) for request in (mine, its)]
    # The embedded target ignores it.
    if not embedded and encodings[0] != encodings[1]:
        mine_told, its_told = (", ".join(sorted(names)) or "none" for names in encodings)
        yield f"accepted the encodings {mine_told} where {other} accepted {its_told} (set Accept-Encoding with -H)"


def _around_difference(*texts: str) -> tuple[str, ...]:
    """Cut long texts that differ to the part around their first difference."""
    alike = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip_longest(*texts)))
    start = max(alike - BEFORE_DIFFERENCE, 0)
    return tuple(
        f"{'…' if start else ''}{text[start : start + LONGEST]}{'…' if len(text) > start + LONGEST else ''}"
        for text in texts
    )


def _encodings(value: str | None) -> frozenset[str]:
    names = {part.partition(";")[0].strip().lower() for part in (value or "").split(",")}
    return frozenset(names - {"", "identity"})


def _sizes(one: _Side, other: _Side) -> Iterator[str]:
    my_size, its_size = _mean_bytes(one), _mean_bytes(other)
    if my_size is None or its_size is None:
        return
    (mine, my_spread), (its, its_spread) = my_size, its_size
    slack = TOLERANCE * max(mine, its) + FEW_BYTES + CERTAIN * math.hypot(my_spread, its_spread)
    if abs(mine - its) > slack:
        mine_told, its_told = (format_count(round(mean)) for mean in (mine, its))
        yield f"got {mine_told} bytes per answer where {other.id} got {its_told}"


def _mean_bytes(side: _Side) -> tuple[float, float] | None:
    """Return the mean body size of successes, with its standard error."""
    count, total = side.view.requests.ok, side.work.bytes
    if not count or total is None:
        return None
    mean = total / count
    variance = max(side.work.bytes_squared / count - mean**2, 0.0)
    # Squares of large sizes leave rounding errors that are not variance.
    return mean, math.sqrt(variance / count) if variance > 1e-9 * mean**2 else 0.0


def _outcomes(one: _Side, other: _Side) -> Iterator[str]:
    """Yield the outcome that the first had more often by the largest share."""
    mine, its = (_outcome_counts(side.view) for side in (one, other))
    sums = [side.view.requests.done for side in (one, other)]
    differing = {
        name: mine.get(name, 0) / sums[0] - its.get(name, 0) / sums[1]
        for name in mine.keys() | its.keys()
        if _shares_differ(mine.get(name, 0), sums[0], its.get(name, 0), sums[1])
    }
    if not differing:
        return
    # Failures are the most informative, since every other share follows from them.
    name = FAILED if FAILED in differing else max(sorted(differing), key=lambda key: differing[key])
    shares = [
        format_percent(counts.get(name, 0) / total) for counts, total in zip((mine, its), sums, strict=True)
    ]
    if name == FAILED:
        yield f"failed in {shares[0]} of requests where {other.id} failed in {shares[1]}"
    else:
        yield f"got status {name} in {shares[0]} of answers where {other.id} got it in {shares[1]}"


def _outcome_counts(view: ContenderView) -> dict[str, int]:
    # A lane runs foreign code, which may report a status that is not a number.
    successes = {
        code: count for code, count in view.status.items() if code.isdecimal() and is_success(int(code))
    }
    return successes | {FAILED: view.requests.error + view.requests.timeout}


def _shares_differ(mine: int, my_total: int, its: int, its_total: int) -> bool:
    """Return whether two shares differ by more than the tolerance and more than chance allows."""
    if not my_total or not its_total:
        return False
    difference = abs(mine / my_total - its / its_total)
    pooled = (mine + its) / (my_total + its_total)
    error = math.sqrt(pooled * (1 - pooled) * (1 / my_total + 1 / its_total))
    return difference > TOLERANCE and difference > CERTAIN * error


def _at_target(one: _Side, other: _Side) -> Iterator[str]:
    """Yield a difference in the share of counted requests that reached the embedded target."""
    my_range, its_range = _arrived(one), _arrived(other)
    if my_range is None or its_range is None:
        return
    (low, high), (its_low, its_high) = my_range, its_range
    if high * (1 + TOLERANCE) < its_low or low > its_high * (1 + TOLERANCE):
        mine_told, its_told = (
            format_percent((ends[0] + ends[1]) / 2) for ends in ((low, high), (its_low, its_high))
        )
        yield f"reached the target with {mine_told} of requests where {other.id} reached it with {its_told}"


def _arrived(side: _Side) -> tuple[float, float] | None:
    """Return bounds on requests at the target per request sent; None before the end, or if unknown.

    Failed requests may never have arrived, and those in flight at the end may or may not have been counted there.
    """
    view, arrived, most = side.view, side.work.requests_at_target, most_arrivals(side.view, side.work)
    if arrived is None or most is None:
        return None
    slack = _slack(view)
    least = view.warmup_requests + sum(view.status.values()) - slack
    return None if least <= slack else (arrived / most, arrived / least)


def most_arrivals(view: ContenderView, work: Work) -> int | None:
    """Return the most requests that a contender can have sent to the embedded target.

    None before the end, for a foreign target, and for a route that makes no call.
    """
    if (
        work.requests_at_target is None
        or view.state not in ("finished", "stopped")
        or view.inside == BASELINE
    ):
        return None
    requests = view.requests
    sent = view.warmup_requests + requests.planned - requests.dropped + requests.retried
    return sent + _slack(view)


def _slack(view: ContenderView) -> int:
    """Return how many requests may have been in flight at the end."""
    return 2 * view.concurrency


def _retries(one: _Side, other: _Side) -> Iterator[str]:
    counts = [
        (requests.retried, requests.done + requests.retried)
        for requests in (one.view.requests, other.view.requests)
    ]
    if _shares_differ(*counts[0], *counts[1]):
        mine_told, its_told = (format_percent(retried / sent) for retried, sent in counts)
        yield f"sent {mine_told} of requests again where {other.id} sent {its_told} again"


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(one, other)
