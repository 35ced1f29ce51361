from __future__ import annotations

from math import inf

from httptui.results.judge.blocks import BlockRecord, costs_of, rates_of


def record(key: str, block: int, ok: float, cpu_us: float | None) -> BlockRecord:
    return BlockRecord(id=key, block=block, position=0, epoch=0, ok=ok, seconds=2.0, cpu_us=cpu_us)


RECORDS = [record("A", 0, 10.0, 50.0), record("B", 0, 0.0, 7.0), record("A", 3, 12.0, 0.0)]


def test_rates_keep_blocks_without_success() -> None:
    assert rates_of(RECORDS) == {"A": {0: 5.0, 3: 6.0}, "B": {0: 0.0}}


def test_costs_are_per_success_and_leave_out_what_is_not_known_or_too_small_to_measure() -> None:
    assert costs_of(RECORDS) == {"A": {0: 5.0}, "B": {0: inf}}
    assert costs_of([]) == {}
