"""The conformance run against engines that misbehave in a known way, and against one that does not."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
from broken_engines import BROKEN, MISSED

from httptui.doctor import examiner
from httptui.doctor.examiner import examine
from httptui.doctor.findings import Examination, Finding
from httptui.engines.registry import engine_info

EXACT = (
    "AddsAHeader",
    "AlwaysVerifies",
    "ClaimsHttp2",
    "ClaimsRedirects",
    "DropsTheBody",
    "FailsToOpen",
    "HangsOnClose",
    "IgnoresThePool",
    "Miscounts",
    "ReadsTooLittle",
    "ReordersHeaders",
    "RepliesInWords",
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


async def examined(references: list[str]) -> dict[str, Examination]:
    """Class name → examination."""
    async with aclosing(examine([engine_info(reference) for reference in references])) as running:
        return {one.engine.rpartition(":")[2]: one async for one in running}


@pytest.fixture(scope="module")
def examinations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Examination]:
    path = tmp_path_factory.mktemp("engines") / "broken.py"
    path.write_text(BROKEN)
    return asyncio.run(examined([f"{path}:{name}" for name in MISSED]))


@pytest.mark.parametrize("name", MISSED)
def test_what_an_engine_does_wrong_is_found(name: str, examinations: dict[str, Examination]) -> None:
    found = {finding.check for finding in examinations[name].findings if finding.passed is False}
    assert found >= MISSED[name]
    assert bool(found) == bool(MISSED[name]), found


@pytest.mark.parametrize("name", EXACT)
def test_one_fault_is_not_taken_for_another(name: str, examinations: dict[str, Examination]) -> None:
    found = {finding.check for finding in examinations[name].findings if finding.passed is False}
    assert found == MISSED[name]


def test_a_finding_says_what_was_seen(examinations: dict[str, Examination]) -> None:
    assert examinations["AddsAHeader"].finding("headers added").said == "X-Mine: 1"
    assert examinations["IgnoresThePool"].finding("pool size").said == "6 connections for 1 to 2"
    assert examinations["FailsToOpen"].finding("first request").said == "open: RuntimeError: no client today"
    assert "not (status, body, version)" in examinations["RepliesInWords"].finding("first request").said


def test_an_engine_that_cannot_be_imported_has_that_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "unloadable.py"
    path.write_text(
        "import no_such_library\nfrom httptui.engines.base import SyncEngine\nclass Mine(SyncEngine):\n    pass\n"
    )
    found = asyncio.run(examined([f"{path}:Mine"]))["Mine"].findings
    assert [(one.check, one.passed) for one in found if one.passed is not None] == [("loads", False)]
    assert "no_such_library" in found[0].said


async def test_an_examination_that_breaks_off_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(engine: str) -> tuple[Finding, ...]:
        raise RuntimeError(engine)

    monkeypatch.setattr(examiner, "connections_of_lanes", broken)
    with pytest.raises(RuntimeError, match="raw"):
        await examined(["raw"])
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not [task for task in others if "doctor" in repr(task.get_coro())]
