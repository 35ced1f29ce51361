"""What a report says of the machine."""

from __future__ import annotations

import json
import os
import platform
import socket
import time

import pytest

from httptui.report.environment import describe_environment, parse_quota
from httptui.runs.machine import OwnCost
from httptui.version import __version__


def test_it_states_what_is_needed_to_repeat_a_run():
    told = describe_environment()
    assert told["httptui"] == __version__
    assert told["python"]["version"] == platform.python_version()
    assert told["python"]["gil"] in (True, False)
    assert told["cpu"]["logical"] == os.cpu_count()
    assert len(told["cpu"]["load_average"]) == 3
    assert told["packages"]["aiohttp"]
    assert "asyncio" in told["loops"]
    assert set(told["limits"]) == {"open_files", "ephemeral_ports", "tcp_tw_reuse"}


def test_it_is_plain_json_and_names_nobody():
    text = json.dumps(describe_environment())
    assert socket.gethostname() not in text
    assert os.path.expanduser("~") not in text


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("200000 100000", 2.0),
        ("50000 100000", 0.5),
        ("max 100000", None),
        ("", None),
        (None, None),
        ("1 0", None),
    ],
)
def test_a_cgroup_quota_is_told_in_cores(text: str | None, cores: float | None):
    assert parse_quota(text) == cores


def test_what_leading_a_run_costs_is_this_process_own_cpu_time_and_how_often_it_woke():
    cost = OwnCost()
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    busy = cost.so_far()
    assert 1 < busy["cpu_percent_of_a_core"] <= 101
    assert busy["wakeups_per_s"] >= 0
    assert json.loads(json.dumps(busy)) == busy
