"""One frame of a run: a snapshot, and the user's choices of what is shown of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from httptui.plan.model import Plan
from httptui.results.snapshot import ContenderView, Event, Snapshot, is_shared
from httptui.tui.control.session import Status
from httptui.tui.panels.board_keys import USUAL_KEYS
from httptui.tui.panels.columns import AS_USUAL, BY_LETTER, Picked, Sorting, ordered


def in_time(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return events by their moments."""
    return tuple(sorted(events, key=lambda event: event.seconds))


@dataclass(frozen=True, slots=True)
class View:
    """One frame.  `status` is the session's, which a snapshot cannot know before it starts or after it fails; `notes`
    are the app's own events; `behind` counts the seconds of the run after a frozen frame; `plan` is shown before a
    run; `chosen` is a contender's letter; `swapped` puts the second ranking first; `picked` are the table's columns,
    and `sorting` is its order; `keys` has the key of each action of the run screen, for sentences that name one.
    """

    snapshot: Snapshot
    status: Status = "idle"
    notes: tuple[Event, ...] = ()
    frozen: bool = False
    behind: float = 0.0
    log: bool = False
    blocks: bool = False
    plan: Plan | None = None
    chosen: str | None = None
    swapped: bool = False
    picked: Picked = AS_USUAL
    sorting: Sorting = BY_LETTER
    keys: Mapping[str, str] = field(default_factory=lambda: USUAL_KEYS, compare=False)

    @property
    def over(self) -> bool:
        """True if the run has ended."""
        return self.status in ("done", "stopped", "invalid")

    @property
    def events(self) -> tuple[Event, ...]:
        """The run's events and the app's notes, in order of time."""
        return in_time((*self.snapshot.events, *self.notes))

    @property
    def is_open(self) -> bool:
        """True if the load is open, so that response times differ from service times."""
        if self.plan is not None:
            return self.plan.load.kind == "open"
        return any(contender.response_ms is not None for contender in self.snapshot.contenders)

    @property
    def is_shared(self) -> bool:
        """True if all contenders at once filled the machine, so that CPU per request tells more than req/s."""
        return is_shared(self.snapshot.flags)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that the table may show."""
        return self.picked.names(is_open=self.is_open)

    @property
    def rows(self) -> tuple[ContenderView, ...]:
        """The contenders in the order of the table."""
        return ordered(self.snapshot.contenders, self.sorting)

    def contender(self, letter: str | None) -> ContenderView | None:
        """The contender of a letter, or None."""
        return next((view for view in self.snapshot.contenders if view.id == letter), None)
