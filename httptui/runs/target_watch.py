"""Detection of a target that has stopped answering, from the lanes' frames alone; every time is an argument.

The target has failed if *each* contender under load fails: more than half of its requests failed for 3 s, or nothing
came back for longer than a request may take. Contenders are not added up, because one that fails for its own reason
often fails thousands of times a second and would outnumber the successes of the others. Where contenders take turns,
the 3 s continue from turn to turn. A contender that has never done better fails by itself while another one does
well.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence

from httptui.engines.protocol import Frame
from httptui.results.judge.verdict import Outage, commonest, failures_by_cause

NS = 1_000_000_000
FAILING_SHARE = 0.5
FAILING_SECONDS = 3.0
FEWEST_FAILURES = 5
"""Failures needed, so that a slow target is not given up for one failure; silence needs none."""
RECENT_NS = NS
GRACE_NS = NS // 2
"""Extra time in which the next request after a time-out may be answered."""


class TargetWatch:
    """Watches the contenders with these letters; a request may take `longest_request` seconds, retries included."""

    def __init__(self, letters: Sequence[str], longest_request: float) -> None:
        self._letters = letters
        self._patience_ns = int(max(FAILING_SECONDS, longest_request) * NS) + GRACE_NS
        self._of = [_Contender() for _ in letters]
        self._under_load: set[int] = set()
        self._alive = set(range(len(letters)))
        self._skipped_ns = 0
        self._reached_ns: int | None = None
        self._answered_ns = 0
        self._unanswered: set[int] = set()
        self._stretch: _Stretch | None = None

    def begin(self, lanes: Iterable[int], now_ns: int) -> None:
        """Begin a step, which puts these contenders under load together. Time between two steps does not count."""
        if self._reached_ns is None:
            self._reached_ns = self._answered_ns = now_ns
        self._skipped_ns += max(now_ns - self._skipped_ns - self._reached_ns, 0)
        self._under_load = set(lanes) & self._alive
        self._unanswered |= self._under_load
        for index in self._under_load:
            self._of[index].begin(self._answered_ns)

    def leave(self, index: int, *, dead: bool = False) -> None:
        """Note that a contender has finished this step, or is `dead`."""
        self._under_load.discard(index)
        if dead:
            self._alive.discard(index)

    def add(self, index: int, frame: Frame, messages: Mapping[str, str]) -> Outage | None:
        """Add a frame; return the outage that it proves, or None; `messages` are the first of each kind of error."""
        start_ns, end_ns = frame.start_ns - self._skipped_ns, frame.end_ns - self._skipped_ns
        now_ns = self._reached_ns = max(end_ns, self._reached_ns or end_ns)
        one = self._of[index]
        one.add(frame, start_ns, end_ns)
        if frame.ok or frame.error:
            self._answered_ns = max(self._answered_ns, end_ns)
            self._unanswered = set(self._under_load)
        if index not in self._under_load:
            return None
        states = {at: self._of[at].failing_since(now_ns, self._patience_ns) for at in self._under_load}
        if any(since == FINE for since in states.values()):
            self._stretch = None
            return None
        known = [since for since in states.values() if since is not None]
        if len(known) < len(states):
            return None
        stretch = self._stretch = self._stretch or _Stretch(now_ns)
        stretch.since_ns = min(stretch.since_ns, max(known))
        stretch.add(self._under_load, frame, messages)
        if now_ns - stretch.since_ns < FAILING_SECONDS * NS:
            return None
        silent = all(self._of[at].silent(now_ns, self._patience_ns) for at in self._under_load)
        proven = silent or ((frame.error or frame.timeout) and stretch.failed >= FEWEST_FAILURES)
        if silent:
            stretch.members |= self._unanswered & self._alive
        if not proven or self._own_failure(stretch.members):
            return None
        return self._outage(stretch, now_ns, silent=silent)

    def _own_failure(self, members: set[int]) -> bool:
        """Return whether the failing contenders never did better, while another did well when last under load."""
        others = self._alive - members
        return any(self._of[at].is_fine for at in others) and not any(self._of[at].was_fine for at in members)

    def _outage(self, stretch: _Stretch, now_ns: int, *, silent: bool) -> Outage:
        others = self._alive - stretch.members
        return Outage(
            seconds=(now_ns - (self._answered_ns if silent else stretch.since_ns)) / NS,
            share=None if silent else stretch.failed / (stretch.failed + stretch.ok),
            cause=commonest(stretch.causes),
            only=tuple(self._letters[at] for at in sorted(stretch.members)) if others else (),
        )


FINE = -1
"""Value of `failing_since` for a contender that does not fail."""


class _Contender:
    """State of one contender: `is_fine` in its last known time under load, `was_fine` at any time."""

    def __init__(self) -> None:
        self.is_fine = self.was_fine = False
        self._recent: deque[tuple[int, int, int]] = deque()
        self._failing_since: int | None = None
        self._quiet_since = 0

    def begin(self, quiet_since_ns: int) -> None:
        """Begin a time under load; no contender has had an answer since `quiet_since_ns`."""
        self._recent.clear()
        self._failing_since, self._quiet_since = None, quiet_since_ns

    def add(self, frame: Frame, start_ns: int, end_ns: int) -> None:
        """Add a frame."""
        failed = frame.error + frame.timeout
        if frame.ok or frame.error or not (frame.in_flight or failed or frame.cancelled):
            self._quiet_since = end_ns
        self._recent.append((end_ns, frame.ok, failed))
        while self._recent[0][0] <= end_ns - RECENT_NS:
            self._recent.popleft()
        ok, bad = (sum(counts[at] for counts in self._recent) for at in (1, 2))
        if not ok + bad:
            return
        self.is_fine = bad <= FAILING_SHARE * (ok + bad)
        self.was_fine = self.was_fine or self.is_fine
        if self.is_fine:
            self._failing_since = FINE
        elif self._failing_since in (None, FINE):
            self._failing_since = start_ns

    def silent(self, now_ns: int, patience_ns: int) -> bool:
        """Return whether nothing has come back for so long."""
        return now_ns - self._quiet_since > patience_ns

    def failing_since(self, now_ns: int, patience_ns: int) -> int | None:
        """Return since when the contender fails, FINE if it does not, or None if nothing is known yet."""
        return self._quiet_since if self.silent(now_ns, patience_ns) else self._failing_since


class _Stretch:
    """A time in which every contender under load fails: its start, members, counts and causes."""

    def __init__(self, since_ns: int) -> None:
        self.since_ns = since_ns
        self.members: set[int] = set()
        self.ok = self.failed = 0
        self.causes: Counter[str] = Counter()

    def add(self, members: set[int], frame: Frame, messages: Mapping[str, str]) -> None:
        """Add a frame of a failing contender."""
        self.members |= members
        self.ok += frame.ok
        self.failed += frame.error + frame.timeout
        self.causes.update(failures_by_cause(frame.errors, frame.status, messages))
