"""The matrix of client × reuse × HTTP version × loop: its cells, and the effect of ticking one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from httptui.engines.registry import loop_without_a_name
from httptui.plan.model import HttpName, LoopName
from httptui.tui.forms.state import ContenderState, FormState, changed, contender_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from httptui.engines.registry import EngineInfo

MOST_CONTENDERS = 26
REUSES = ("shared", "per-worker", "per-request", "every-N")
HTTP_VERSIONS: tuple[str, ...] = get_args(HttpName)
LOOPS: tuple[str, ...] = get_args(LoopName)


@dataclass(frozen=True, slots=True)
class Column:
    """One of the sixteen ways to use a client; `every-N` stands for every N."""

    reuse: str
    http: str
    loop: str


COLUMNS = tuple(Column(reuse, http, loop) for reuse in REUSES for http in HTTP_VERSIONS for loop in LOOPS)


def column_of(contender: ContenderState) -> Column:
    """The column that a contender is ticked in; without a loop of its own that of its usual loop (or asyncio's)."""
    reuse = "every-N" if contender["reuse"].startswith("every-") else contender["reuse"]
    return Column(reuse, contender["http"], contender["loop"] or loop_without_a_name(contender["engine"]))


def ticked(state: FormState, engine: str, column: Column) -> tuple[int, ...]:
    """Indexes of the contenders in one cell: several, where they differ in pool, concurrency or N."""
    return tuple(
        index
        for index, one in enumerate(state.contenders)
        if one["engine"] == engine and column_of(one) == column
    )


def toggle(state: FormState, engine: str, column: Column, every: str = "100") -> FormState:
    """Tick a cell, or untick it with all its contenders; what was unticked comes back with its overrides.

    `every` is the N of a new contender in the column `every-N`.  A full list is left as it is.
    """
    indexes = ticked(state, engine, column)
    if indexes:
        for index in reversed(indexes):
            state = remove(state, index)
        return state
    room = MOST_CONTENDERS - len(state.contenders)
    reuse = f"every-{every.strip()}" if column.reuse == "every-N" else column.reuse
    back = tuple(
        one
        for one in state.removed
        if one["engine"] == engine and one["reuse"] == reuse and column_of(one) == column
    )[: max(room, 0)]
    if back:
        kept = tuple(one for one in state.removed if one not in back)
        return replace(state, contenders=state.contenders + back, removed=kept)
    loop = {} if column.loop == loop_without_a_name(engine) else {"loop": column.loop}
    return add(state, contender_state(engine, reuse=reuse, http=column.http, **loop))


def add(state: FormState, contender: ContenderState) -> FormState:
    """The state with one contender more; a full list is left as it is."""
    if len(state.contenders) >= MOST_CONTENDERS:
        return state
    return replace(state, contenders=(*state.contenders, contender))


def remove(state: FormState, index: int) -> FormState:
    """The state without one contender, which is remembered."""
    gone = state.contenders[index]
    rest = state.contenders[:index] + state.contenders[index + 1 :]
    removed = (gone, *(one for one in state.removed if one != gone))
    return replace(state, contenders=rest, removed=removed)


def duplicate(state: FormState, index: int) -> FormState:
    """The state with one contender twice, side by side, so that the two may differ in pool or concurrency."""
    if len(state.contenders) >= MOST_CONTENDERS:
        return state
    copied = changed(state.contenders[index], "label", "")
    contenders = (*state.contenders[: index + 1], copied, *state.contenders[index + 1 :])
    return replace(state, contenders=contenders)


def move(state: FormState, index: int, by: int) -> FormState:
    """The state with one contender moved up (-1) or down (1); at the ends it stays."""
    other = index + by
    if not 0 <= other < len(state.contenders):
        return state
    order = list(state.contenders)
    order[index], order[other] = order[other], order[index]
    return replace(state, contenders=tuple(order))


def rows_of(engines: Sequence[EngineInfo], extra: Sequence[EngineInfo]) -> tuple[EngineInfo, ...]:
    """The matrix's rows: engines that are installed, then those only the plan names, then those to be installed."""
    installed = [engine for engine in engines if engine.installed]
    missing = [engine for engine in engines if not engine.installed]
    return (*installed, *extra, *missing)


def describe(engine: EngineInfo, column: Column) -> str:
    """A cell in full words."""
    where = "threads" if engine.mode == "sync" else column.loop
    return f"{engine.name} · {column.reuse} · HTTP/{column.http} · {where}"


def why_not(engine: EngineInfo, column: Column) -> str:
    """Explain why an engine cannot be used in a way; return "" if it can."""
    if not engine.installed:
        return f"{engine.name} is not installed: {engine.install_hint}"
    if column.http not in engine.http_versions:
        return f"{engine.name} does not speak HTTP/{column.http}"
    if engine.mode == "sync" and column.loop != "asyncio":
        return f"{engine.name} runs in threads and has no event loop"
    return ""
