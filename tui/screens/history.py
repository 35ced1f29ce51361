"""The saved reports: a line for each at the left, its contents at the right; to open, compare and delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, get_current_worker

from httptui.errors import HttptuiError
from httptui.report.saved import BrokenReport, Listed, SavedReport, SavedSweep, delete_report, saved_reports
from httptui.report.store import reports_folder
from httptui.safe_text import safe_text
from httptui.tui.forms.preset_text import when_text
from httptui.tui.keys import key_names, keys_of
from httptui.tui.panels.board_keys import RUN_BINDINGS
from httptui.tui.panels.panel import by_key
from httptui.tui.panels.sweep_view import SweepView
from httptui.tui.panels.view import View
from httptui.tui.screens.board_screen import PanelScreen
from httptui.tui.screens.compare import CompareScreen, CompareSweepsScreen
from httptui.tui.screens.dialogs import DeleteReportScreen
from httptui.tui.screens.past import PastRunScreen, PastSweepScreen, past_of
from httptui.tui.settings import USUAL, Settings
from httptui.tui.shown_reports import (
    CANNOT_BE_SHOWN,
    Compared,
    ComparedSweeps,
    compared_files,
    compared_sweep_files,
)
from httptui.tui.theme import badge_of
from httptui.tui.toolkit.drawing import from_sizes
from httptui.tui.widgets.key_lines import BoundKeys
from httptui.tui.widgets.lists import Page, PointedList
from httptui.units import format_rate, plural

if TYPE_CHECKING:
    from textual.app import ComposeResult


MUTED = "$text-muted"
BROKEN = "bold $text-error"
KINDS = {
    "winner": "$text-success",
    "tie": "$text-warning",
    "undecided": "$text-warning",
    "capped": "$text-warning",
    "invalid": "$text-error",
    "not comparable": "$text-error",
    "sweep": "$accent",
}
MARKED, NOT_MARKED = "✓ ", "  "
NOT_COMPLETE = "not complete"


def matching(reports: Sequence[Listed], words: str) -> tuple[Listed, ...]:
    """Return the reports whose listed texts contain every word, in any case."""
    wanted = words.lower().split()
    return tuple(report for report in reports if all(word in _haystack(report) for word in wanted))


def when_of(report: Listed, now: datetime) -> str:
    """Return the moment at which its run began, in the time zone of `now`."""
    return when_text(report.at.astimezone(now.tzinfo), now)


def leader_of(report: SavedReport | SavedSweep) -> str:
    """Return the best contender with its requests per second: "A aiohttp · shared 15 511 req/s"."""
    first = report.contenders[0] if report.contenders else None
    if first is None or not first.req_per_s:
        return "no requests succeeded"
    return f"{first.id} {first.label} {format_rate(first.req_per_s)} req/s"


def kind_of(report: SavedReport | SavedSweep) -> str:
    """Return the kind of verdict of a run, or "sweep"."""
    return "sweep" if isinstance(report, SavedSweep) else report.kind


def list_option(report: Listed, now: datetime, *, marked: bool) -> Content:
    """Return its moment, name and end; below, the request, the number of contenders and the leader."""
    mark = Content.styled(MARKED if marked else NOT_MARKED, "bold $accent")
    when = Content.styled(f"{when_of(report, now)}  ", MUTED)
    if isinstance(report, BrokenReport):
        name = Content.styled(safe_text(report.path.name), BROKEN)
        return Content.assemble(mark, when, name, "\n    ", Content.styled("cannot be read", MUTED))
    kind = kind_of(report)
    ended: list[tuple[str, str]] = [(kind, KINDS[kind])]
    ended += [] if report.complete else [(NOT_COMPLETE, "$text-warning")]
    words = Content(" · ").join([Content.styled(*part) for part in ended])
    count = plural(len(report.contenders), "contender")
    told = f"{report.axes} · " if isinstance(report, SavedSweep) else f"{leader_of(report)} · "
    below = f"{told}{count} · {report.target}"
    return Content.assemble(
        mark, when, Content.styled(report.name, "bold"), "  ", words, "\n    ", Content.styled(below, MUTED)
    )


def details_title(report: Listed | None, now: datetime) -> Content:
    """Return the title of the details."""
    if report is None:
        return Content("")
    name = safe_text(report.path.name) if isinstance(report, BrokenReport) else report.name
    return Content(f"{name} · {when_of(report, now)}")


def details_of(report: Listed | None, empty: str, keys: Mapping[str, str]) -> Content:
    """Return the details of a report, `empty` where there is none; with the run screen's `keys`."""
    if report is None:
        return Content(empty)
    file = _fact("file", safe_text(report.path.name))
    if isinstance(report, BrokenReport):
        return Content("\n").join(
            [
                Content.styled("This file cannot be read.", BROKEN),
                Content(""),
                Content(f"▲ {report.problem}"),
                file,
            ]
        )
    whole, upto = ("the whole sweep", "up to ") if isinstance(report, SavedSweep) else ("the whole run", "")
    ended = whole if report.complete else "cut short, or saved while it was on"
    lines = [Content(clause) for clause in by_key(report.sentence, keys).split("; ")]
    lines += [
        Content(""),
        *(_contender(one.id, one.label, one.req_per_s, one.state, upto) for one in report.contenders),
    ]
    lines += [
        Content(""),
        _fact("target", report.target),
        *([_fact("levels", report.axes)] if isinstance(report, SavedSweep) else []),
        _fact("lasted", f"{report.seconds:.1f} s, {ended}"),
    ]
    if isinstance(report, SavedReport) and report.flags:
        lines.append(_fact("flags", plural(report.flags, "flag")))
    return Content("\n").join([*lines, file])


def _contender(letter: str, label: str, req_per_s: float, state: str, upto: str) -> Content:
    figure = "dnf" if state == "dnf" else f"{upto}{format_rate(req_per_s)} req/s"
    return Content.assemble((f" {letter} ", badge_of(letter)), f"  {label}  ", Content.styled(figure, "bold"))


def _fact(name: str, value: str) -> Content:
    return Content.assemble((f"{name:8}", MUTED), Content(value))


def _haystack(report: Listed) -> str:
    texts = [report.path.name]
    if isinstance(report, BrokenReport):
        texts += ["cannot be read", report.problem]
    else:
        texts += [report.name, report.target, kind_of(report), report.sentence, f"{report.at:%Y-%m-%d}"]
        texts += [report.axes] if isinstance(report, SavedSweep) else []
        texts += [one.label for one in report.contenders]
        texts += [] if report.complete else [NOT_COMPLETE]
    return " ".join(texts).lower()


Shown = View | SweepView | Compared | ComparedSweeps
TOGETHER = 25
"""So many reports are read before they are listed."""


class ReportsList(PointedList):
    """The reports, by arrows and the keys of vi."""

    BINDING_GROUP_TITLE = "List of saved reports"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor_down", "next", show=False, id="history.cursor-down"),
        Binding("up,k", "cursor_up", "previous", show=False, id="history.cursor-up"),
        Binding("home,g", "first", "first", show=False, id="history.first"),
        Binding("end,G", "last", "last", show=False, id="history.last"),
    ]


class HistoryScreen(PanelScreen):
    """The reports of `out`, or of the reports folder; `now` gives the moment in the user's time zone."""

    CSS_PATH = "lists.tcss"
    BINDING_GROUP_TITLE = "Saved reports"
    HORIZONTAL_BREAKPOINTS = from_sizes(narrow=0, wide=90)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", priority=True, tooltip="Show the whole run", id="history.open"),
        Binding(
            "slash", "search", "search", key_display="/", tooltip="Search as you type", id="history.search"
        ),
        Binding("space", "mark", "mark", tooltip="Mark for a comparison; two at most", id="history.mark"),
        Binding(
            "c",
            "compare",
            "compare",
            tooltip="Compare the two that are marked, or the marked and the pointed one",
            id="history.compare",
        ),
        Binding(
            "d,delete",
            "delete",
            "delete",
            key_display="d",
            tooltip="Delete it, once you agree",
            id="history.delete",
        ),
        Binding("pageup", "page(-1)", "details up", show=False, id="history.details-up"),
        Binding("pagedown", "page(1)", "details down", show=False, id="history.details-down"),
        Binding("escape,q", "back", "back", key_display="esc", id="history.back"),
        Binding("f1,question_mark", "help", "help", key_display="?", id="history.help"),
    ]

    class Read(Message):
        """Some more reports have been read; `last`: these were all."""

        def __init__(self, reports: tuple[Listed, ...], *, last: bool) -> None:
            super().__init__()
            self.reports, self.last = reports, last

    class Made(Message):
        """A run, sweep or comparison is ready to be shown, or, as a text, why it cannot be."""

        def __init__(self, shown: Shown | str, when: str) -> None:
            super().__init__()
            self.shown, self.when = shown, when

    def __init__(
        self,
        out: Path | None = None,
        *,
        settings: Settings = USUAL,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__()
        self._out, self._settings, self._now = out, settings, now
        self._run_keys = key_names(RUN_BINDINGS, settings.keymap)
        self._reports: list[Listed] = []
        self._rows: tuple[Listed, ...] = ()
        self._marked: list[Path] = []
        self._reading = True

    def compose(self) -> ComposeResult:
        """Search and list, then the details."""
        yield Static("", id="history-title", markup=False)
        with Horizontal(id="history-body"):
            with Vertical(id="history-left") as left:
                left.border_title = "Saved reports"
                yield Input(placeholder="/ to search", id="history-search", compact=True)
                yield ReportsList(id="history-list", markup=False)
            with Page(id="history-detail") as detail:
                detail.border_title = "Result"
                yield Static("", id="history-text", markup=False)
        yield Static("", id="history-said", markup=False)
        yield BoundKeys()

    def on_mount(self) -> None:
        """Begin to read."""
        self.query_one(ReportsList).focus()
        self._list()
        self.run_worker(self._read, thread=True, group="reading")

    # Reading, away from the screen.

    def _read(self) -> None:
        """Read all reports of the folder; runs in a thread and touches no widget."""
        worker, some, problem = get_current_worker(), list[Listed](), ""
        try:
            for report in saved_reports(reports_folder(self._out)):
                if worker.is_cancelled:
                    return
                some.append(report)
                if len(some) == TOGETHER:
                    self.post_message(self.Read(tuple(some), last=False))
                    some = []
        except OSError as error:
            problem = f"The folder cannot be read: {error.strerror}"
        self.post_message(self.Read(tuple(some), last=True))
        if problem:
            self.post_message(self.Made(problem, ""))

    @on(Read)
    def _take(self, message: Read) -> None:
        self._reports += message.reports
        self._reports.sort(key=lambda report: report.at, reverse=True)
        self._reading = not message.last
        self._list()

    def _make(self, make: Callable[[], Shown], when: str = "") -> Worker[None]:
        """Make what is to be shown in a thread."""

        def made() -> None:
            try:
                shown: Shown | str = make()
            except CANNOT_BE_SHOWN as error:
                shown = safe_text(str(error), 400)
            if not get_current_worker().is_cancelled:
                self.post_message(self.Made(shown, when))

        return self.run_worker(made, thread=True, exclusive=True, group="making")

    @on(Made)
    def _show_made(self, message: Made) -> None:
        if isinstance(message.shown, str):
            self._say(message.shown)
        elif self.is_current:
            self.app.push_screen(self._screen_of(message.shown, message.when))

    def _screen_of(self, shown: Shown, when: str) -> Screen[None]:
        if isinstance(shown, View):
            return PastRunScreen(shown, when, settings=self._settings)
        if isinstance(shown, SweepView):
            return PastSweepScreen(shown, when, settings=self._settings)
        if isinstance(shown, ComparedSweeps):
            return CompareSweepsScreen(shown, self._now(), settings=self._settings)
        return CompareScreen(shown, self._now())

    # What the keys do.

    @on(OptionList.OptionSelected)
    def action_open(self) -> None:
        """Show the pointed run; from the search, go to what was found."""
        report = self._pointed()
        if self.query_one(Input).has_focus:
            self.query_one(ReportsList).focus()
            return
        if isinstance(report, BrokenReport):
            self._say(f"{safe_text(report.path.name)} cannot be read: {report.problem}")
        elif report is not None:
            self._make(partial(past_of, report), when_of(report, self._now()))

    def action_search(self) -> None:
        """Type what to search for."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _search(self) -> None:
        self._list()

    def action_mark(self) -> None:
        """Mark the pointed report, or clear its mark; a third one takes the place of the first."""
        report = self._pointed()
        if isinstance(report, BrokenReport):
            self._say("An unreadable report cannot be compared.")
        elif report is not None:
            if report.path in self._marked:
                self._marked.remove(report.path)
            else:
                self._marked = [*self._marked, report.path][-2:]
            self._list()

    def action_compare(self) -> None:
        """Compare two of a kind."""
        report, chosen = self._pointed(), list(self._marked)
        if len(chosen) == 1 and isinstance(report, SavedReport | SavedSweep) and report.path not in chosen:
            chosen.append(report.path)
        if len(chosen) < 2:
            self._say(f"Mark two reports with {keys_of(self.app, HistoryScreen)['mark']}, then compare them.")
            return
        one, other = chosen
        sweeps = sum(one.path in chosen for one in self._reports if isinstance(one, SavedSweep))
        if sweeps == 1:
            self._say("One is a run and the other a sweep; two of one kind can be compared.")
            return
        self._make(lambda: compared_sweep_files(one, other) if sweeps else compared_files(one, other))

    def action_delete(self) -> None:
        """Ask, then delete the pointed report."""
        report = self._pointed()
        if isinstance(report, BrokenReport):
            self._say("Only a report that can be read is deleted here; this file stays.")
        elif report is not None:
            path = report.path

            def answered(agreed: bool | None) -> None:
                if agreed:
                    self._delete(path)

            self.app.push_screen(DeleteReportScreen(path.name, str(path.parent)), answered)

    def _delete(self, path: Path) -> None:
        try:
            delete_report(path, reports_folder(self._out))
        except (HttptuiError, OSError) as error:
            self._say(safe_text(str(error), 400))
            return
        self._reports = [report for report in self._reports if report.path != path]
        self._marked = [marked for marked in self._marked if marked != path]
        self._list()
        self.notify(safe_text(path.name), title="Deleted", markup=False)

    def action_page(self, by: int) -> None:
        """Scroll the details."""
        self.query_one("#history-detail", Page).turn(by)

    def action_back(self) -> None:
        """From the search to the list, from a search to all reports, from these to the screen below."""
        search = self.query_one(Input)
        if search.has_focus:
            self.query_one(ReportsList).focus()
        elif search.value:
            search.value = ""
        else:
            super().action_back()

    # What is shown.

    @on(OptionList.OptionHighlighted)
    def _point(self) -> None:
        self._show()

    def _pointed(self) -> Listed | None:
        at = self.query_one(ReportsList).highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def _list(self) -> None:
        """List what matches, and keep pointing at the same one where it does, or else at the one in its place."""
        options, now = self.query_one(ReportsList), self._now()
        pointed, at = self._pointed(), options.highlighted or 0
        self._rows = matching(self._reports, self.query_one(Input).value)
        contents = [list_option(report, now, marked=report.path in self._marked) for report in self._rows]
        options.set_options([Option(content) for content in contents])
        paths = [report.path for report in self._rows]
        if pointed is not None and pointed.path in paths:
            options.highlighted = paths.index(pointed.path)
        elif paths:
            options.highlighted = min(at, len(paths) - 1) if pointed is not None else 0
        self.query_one("#history-title", Static).update(self._title())
        self._show()

    def _title(self) -> str:
        found = f"{len(self._rows)} of " if len(self._rows) < len(self._reports) else ""
        count = f"{found}{plural(len(self._reports), 'report')}"
        marked = f" · {len(self._marked)} of 2 marked" if self._marked else ""
        return f"httptui  saved · {count}{' so far' if self._reading else ''}{marked}"

    def _show(self) -> None:
        self._say("")
        report, now = self._pointed(), self._now()
        text = details_of(report, self._empty(), self._run_keys)
        self.query_one("#history-text", Static).update(text)
        detail = self.query_one("#history-detail")
        detail.border_title = details_title(report, now)
        detail.scroll_home(animate=False)

    def _empty(self) -> str:
        if self._reading:
            return "Reading …"
        return (
            "No report matches."
            if self._reports
            else f"No report is saved yet; {self._run_keys['save']} on the run screen saves one."
        )

    def _say(self, message: str) -> None:
        said = self.query_one("#history-said", Static)
        said.update(f"▲ {message}" if message else "")
        said.display = bool(message)
