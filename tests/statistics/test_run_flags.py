from __future__ import annotations

import math
import random
import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from httptui.results.judge.blocks import BlockRecord
from httptui.results.judge.flags import flags_of
from httptui.results.judge.limiter_facts import MachineLoad

Factor = Callable[[str, int, int], float]


def records(factor: Factor, *, ids: str = "AB", blocks: int = 20, noise: float = 0.02) -> list[BlockRecord]:
    """Rates of 1000 times `factor(id, block, position)`, in random order, with a little noise."""
    source = random.Random(3)
    made = []
    for block in range(blocks):
        for position, key in enumerate(source.sample(ids, len(ids))):
            rate = 1000 * factor(key, block, position) * source.lognormvariate(0, noise)
            made.append(BlockRecord(id=key, block=block, position=position, epoch=0, ok=rate, seconds=1.0))
    return made


def steady(_key: str, _block: int, _position: int) -> float:
    return 1.0


def told(flags: tuple[object, ...]) -> dict[str, str]:
    return {flag.kind: flag.sentence for flag in flags}  # type: ignore[attr-defined]


def test_a_sound_run_has_no_flags() -> None:
    assert flags_of(records(steady, ids="ABC"), ["A", "B", "C"]) == ()


def test_what_slows_all_alike_down_is_no_flag() -> None:
    assert flags_of(records(lambda key, block, position: 0.5 ** (block / 20)), ["A", "B"]) == ()


def test_noise_names_who_varies_and_by_how_much() -> None:
    source = random.Random(2)
    noisy = records(
        lambda key, block, position: source.lognormvariate(0, 0.3) if key == "C" else 1.0, ids="ABC"
    )
    sentences = told(flags_of(noisy, ["A", "B", "C"]))
    assert list(sentences) == ["noise"]
    assert sentences["noise"].startswith("noise: against A, req/s vary from block to block by ")
    assert sentences["noise"].endswith(" % for C")


def test_a_contender_that_slows_down_by_itself_is_drift() -> None:
    drifting = records(lambda key, block, position: 1 - 0.02 * block if key == "B" else 1.0)
    sentence = told(flags_of(drifting, ["A", "B"]))["drift"]
    assert sentence.startswith("drift: against A, B lost 2")
    assert sentence.endswith("% (p < 0.001) between the first half of the blocks and the second")


@pytest.mark.parametrize(
    ("period", "words"),
    [(10, "each block resembles the one before"), (2, "blocks alternate")],
)
def test_neighbouring_blocks_that_depend_on_each_other_are_told(period: int, words: str) -> None:
    wave = records(
        lambda key, block, position: 1 + 0.1 * math.cos(2 * math.pi * block / period) * (key == "B")
    )
    sentence = told(flags_of(wave, ["A", "B"]))["autocorrelation"]
    assert words in sentence
    assert "for B" in sentence


@pytest.mark.parametrize("ids", ["AB", "ABCDE"])
def test_a_first_turn_that_is_slower_whoever_has_it_is_a_position_effect(ids: str) -> None:
    cold = records(lambda key, block, position: 0.9 if position == 0 else 1.0, ids=ids)
    sentence = told(flags_of(cold, list(ids)))["position effect"]
    assert re.search(r"the last turn of a block is on average 1?\d(\.\d)? % faster than the first", sentence)


def test_an_order_that_never_varies_shows_no_position_effect() -> None:
    fixed = [
        replace(record, position="AB".index(record.id))
        for record in records(lambda key, block, position: 0.9 if key == "A" else 1.0)
    ]
    assert flags_of(fixed, ["A", "B"]) == ()
    assert flags_of([replace(record, position=0) for record in fixed], ["A", "B"]) == ()


def test_stolen_cpu_time_is_told_with_whose() -> None:
    stolen = [replace(record, steal=0.12 if record.id == "B" else 0.01) for record in records(steady)]
    assert told(flags_of(stolen, ["A", "B"])) == {
        "steal": "steal: the host took CPU time for others, 12 % from B"
    }


def test_sharing_a_full_machine_is_told_and_how_to_settle_it() -> None:
    full = MachineLoad(cpu_busy=1.0, cores=2)
    told_now = told(flags_of(records(steady), ["A", "B"], schedule="concurrent", machine=full))
    assert list(told_now) == ["shared machine"]
    assert told_now["shared machine"].startswith("shared machine: both contenders together filled the CPU")
    assert "--schedule interleaved" in told_now["shared machine"]
    assert flags_of(records(steady), ["A", "B"], schedule="interleaved", machine=full) == ()
    assert (
        flags_of(records(steady), ["A", "B"], schedule="concurrent", machine=MachineLoad(cpu_busy=0.5)) == ()
    )


def test_a_full_machine_is_shared_by_two_or_more_of_which_one_had_a_success() -> None:
    full = MachineLoad(cpu_busy=1.0, cores=2)
    alone, three = records(steady, ids="A"), records(steady, ids="ABC")
    assert flags_of(alone, ["A"], schedule="concurrent", machine=full) == ()
    assert flags_of(three, [], schedule="concurrent", machine=full) == ()
    (flag,) = flags_of(three, ["B"], schedule="concurrent", machine=full)
    assert flag.sentence.startswith("shared machine: all contenders together filled the CPU")


def test_few_blocks_one_contender_and_failures_raise_no_false_alarm() -> None:
    assert flags_of(records(steady, blocks=5), ["A", "B"]) == ()
    assert flags_of(records(steady, ids="A"), ["A"]) == ()
    assert flags_of([], []) == ()
    dead = [replace(record, ok=0.0) if record.id == "B" else record for record in records(steady)]
    assert flags_of(dead, ["A", "B"]) == ()
    assert flags_of(dead, ["A"]) == ()
