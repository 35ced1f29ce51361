"""Lanes whose clients come and go all the time report to the end; `benchmarks.lasting` does so for minutes."""

from __future__ import annotations

import pytest

from benchmarks.lasting import REUSES, plan_for, report_of, wrong_with

pytestmark = pytest.mark.slow


async def test_clients_that_come_and_go_keep_no_lane_from_reporting() -> None:
    engines = ("urllib3", "requests", "aiohttp", "pycurl")
    report = await report_of(plan_for(engines, REUSES, 2.0, in_flight=16))
    assert len(report.contenders) == len(REUSES) * len(engines)
    assert [problem for problem in map(wrong_with, report.contenders) if problem] == []
