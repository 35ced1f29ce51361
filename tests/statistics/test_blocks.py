from __future__ import annotations

from httptui.verdicts.blocks import BlockRecord, costs_of, rates_of


def record(key: str, block: int, rate: float, cost: float | None) -> BlockRecord:
    return BlockRecord(id=key, block=block, position=0, epoch=0, req_per_s=rate, cpu_us_per_request=cost)


RECORDS = [record("A", 0, 10.0, 5.0), record("B", 0, 0.0, None), record("A", 3, 12.0, 0.0)]


def test_rates_keep_blocks_without_success() -> None:
    assert rates_of(RECORDS) == {"A": {0: 10.0, 3: 12.0}, "B": {0: 0.0}}


def test_costs_leave_out_what_is_not_known_or_too_small_to_measure() -> None:
    assert costs_of(RECORDS) == {"A": {0: 5.0}}
    assert costs_of([]) == {}
