"""The campaign of faults: drawn by seed alone, and told by group."""

from __future__ import annotations

import os
import shutil
from typing import Any

import msgspec
import pytest

from benchmarks.faults import KINDS, body_of, fault_of, few_threads
from benchmarks.injecting import Outcome, run

FINE = Outcome(
    group="streams",
    fault="2>&-",
    code=0,
    seconds=3.0,
    lost=False,
    orphans=0,
    hung=False,
    wrong_code=False,
    traceback=False,
)


def outcome(**changes: Any) -> Outcome:
    return msgspec.structs.replace(FINE, **changes)


def test_a_seed_draws_the_same_faults_and_all_kinds_of_them() -> None:
    def drawn(seed: int) -> list[tuple[str, str]]:
        faults = [fault_of(seed, number) for number in range(200)]
        return [(fault.group, fault.name.partition("127.0.0.1")[0]) for fault in faults]

    assert drawn(1) == drawn(1) != drawn(2)
    assert len({group for group, _ in drawn(1)}) == len(set(KINDS))


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there is no such limit")
@pytest.mark.skipif(
    os.name == "posix" and os.geteuid() == 0 and shutil.which("setpriv") is None,
    reason="needs setpriv, as root",
)
@pytest.mark.parametrize("most", [1, 2, 4, 8, 12, 16, 24, 60])
def test_few_threads_are_told_and_never_a_bug(most: int) -> None:
    seen = run(few_threads(most))
    assert seen.faultless, seen
    if seen.code == 2:
        assert (
            "the system allows no further process or thread" in seen.words
            or "can't start new thread" in seen.words
        )
    if most == 60:
        assert seen.code == 0


def test_each_group_has_a_row_and_what_went_wrong_a_line() -> None:
    lines = body_of([FINE, outcome(group="kills", orphans=2, code=-9), outcome(lost=True)]).splitlines()
    assert lines[2:5] == [
        "| kills | 1 | 0 | 2 | 0 | 0 | 0 |",
        "| streams | 2 | 1 | 0 | 0 | 0 | 0 |",
        "| all | 3 | 1 | 2 | 0 | 0 | 0 |",
    ]
    assert lines[6:] == [
        "- kills, 2>&-: exit code -9 after 3.0 s",
        "- streams, 2>&-: exit code 0 after 3.0 s",
    ]
