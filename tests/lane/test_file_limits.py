"""How a process makes room for its connections."""

from __future__ import annotations

import subprocess
import sys

import pytest

from httptui.engines.files import OTHER_FILES, raised_limit

ENDLESS = 2**63 - 1


@pytest.mark.parametrize(
    ("connections", "soft", "hard", "raised"),
    [
        (100, 1_024, 4_096, None),
        (960, 1_024, 4_096, None),
        (961, 1_024, 4_096, 1_025),
        (10_000, 1_024, 4_096, 4_096),
        (10_000, 4_096, 4_096, None),
        (10_000, 1_024, ENDLESS, 10_000 + OTHER_FILES),
        (10_000, ENDLESS, ENDLESS, None),
    ],
)
def test_a_limit_is_raised_as_far_as_it_must_and_may_be(
    connections: int, soft: int, hard: int, raised: int | None
) -> None:
    assert raised_limit(connections, soft, hard, ENDLESS) == raised


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_process_raises_its_own_limit() -> None:
    script = (
        "import resource\n"
        "from httptui.engines.files import make_room_for\n"
        "hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))\n"
        "make_room_for(136)\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "200\n"
