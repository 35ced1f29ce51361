"""Contenders in environments of their own: made once, found again, and told where they cannot be made."""

from __future__ import annotations

import asyncio
import sys
from importlib import metadata
from pathlib import Path

import psutil
import pytest
from endings import still_running

from httptui.errors import BuildRefusedError, ExitCode
from httptui.grants import builds_of
from httptui.plan.abilities import environment_of
from httptui.plan.checks import check_plan
from httptui.plan.model import Contender, Load, Plan, Schedule
from httptui.plan.requests import shown
from httptui.results.report import Report
from httptui.runs import environments
from httptui.runs.conductor import run
from httptui.runs.environments import (
    EnvironmentSpec,
    NoWheelError,
    UnmadeEnvironmentError,
    commands,
    create_environment,
    existing_environment,
    name_of,
)
from httptui.tui.cli.allowing import granted

pytestmark = pytest.mark.long


async def report_of(plan: Plan, *granted: str) -> Report:
    async with run(plan, consent=frozenset(granted)) as items:
        return [item async for item in items if isinstance(item, Report)][-1]


def plan_of(*contenders: Contender) -> Plan:
    return Plan(
        load=Load(concurrency=2, requests=20),
        schedule=Schedule(kind="sequential", warmup=0),
        contender=contenders,
    )


def test_a_wish_has_one_name_whatever_the_order_and_another_for_another_interpreter() -> None:
    spec = EnvironmentSpec(("a==1", "b"))
    assert name_of(spec) == name_of(EnvironmentSpec(("b", "a==1")))
    others = (EnvironmentSpec(("a==2", "b")), EnvironmentSpec(("a==1", "b"), "3.13"))
    assert len({name_of(one) for one in (spec, *others)}) == 3


def engine_of(name: str, requires: str, python: str = "", client: str = "") -> str:
    """The source of an engine that needs packages."""
    return (
        "from httptui.engine import Reply, Request, SyncEngine\n\n\n"
        f"class {name}(SyncEngine):\n    package = {client!r}\n    requires = {requires}\n    python = {python!r}\n\n"
        "    def send(self, request: Request) -> Reply:\n        return 200, b'', '1.1'\n"
    )


def test_what_an_engine_requires_comes_first_and_the_contenders_python_counts(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(engine_of("Mine", "['a>=1', 'b']", "3.12", "no-such-client"))
    mine = f"{tmp_path}/mine.py:Mine"
    assert environment_of(Contender(engine=mine)) == (("a>=1", "b"), "3.12")
    both = Contender(engine=mine, requires=("a==2", "b"), python="3.13")
    assert environment_of(both) == (("a>=1", "b", "a==2"), "3.13")
    assert environment_of(Contender(engine="raw", requires=("a",))) == (("a",), "")
    assert not environment_of(Contender(engine="raw")).is_own
    assert not environment_of(Contender(engine="nowhere.py:Mine")).is_own
    assert check_plan(plan_of(Contender(engine=mine, loop="uvloop"))) == (
        f"contender[0].loop: {shown(mine)} runs in threads and has no event loop; leave it out",
    )
    assert granted((), plan_of(both), build=True) == builds_of(("a>=1", "b", "a==2"))


def test_what_no_plan_could_require_no_engine_can(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(engine_of("Mine", "['--pre', 'a']", "2.7"))
    mine = f"{tmp_path}/mine.py:Mine"
    first, second = check_plan(plan_of(Contender(engine=mine)))
    begin = f"contender[0].engine: {shown(mine)}"
    assert first.startswith(f'{begin} requires "--pre", which is not allowed; a package')
    assert second == f'{begin} has the python "2.7"; a version such as 3.13'


def test_an_environment_cut_short_is_not_found(tmp_path: Path) -> None:
    spec = EnvironmentSpec(("a",))
    python = tmp_path / name_of(spec) / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert existing_environment(spec, tmp_path) is None
    (tmp_path / name_of(spec) / environments.WHOLE).touch()
    assert existing_environment(spec, tmp_path) == str(python)


def test_an_interpreter_that_is_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnmadeEnvironmentError, match=r"no python3\.98 on the path"):
        commands(EnvironmentSpec((), "3.98"), tmp_path)


async def test_what_cannot_be_installed_leaves_nothing_and_is_told(tmp_path: Path) -> None:
    spec = EnvironmentSpec(("httptui-has-no-such-package==0.0.1",))
    with pytest.raises(UnmadeEnvironmentError, match="httptui-has-no-such-package"):
        await create_environment(spec, tmp_path)
    assert list(tmp_path.iterdir()) == []


UV = """#!/bin/sh
echo "$@" >> {told}
case "$*" in
*--only-binary*) printf '  ╰─▶ Because odd==1 has no usable\\n      wheels, it fails\\n'; exit 1;;
venv*) mkdir -p "$5/bin" && ln -s {python} "$5/bin/python";;
esac
"""


def _fake_uv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tool in the place of uv that finds no wheel and writes down what it was asked."""
    folder.mkdir()
    told = folder / "told"
    (folder / "uv").write_text(UV.format(told=told, python=sys.executable))
    (folder / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return told


async def test_only_wheels_are_taken_unless_building_was_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, places = _fake_uv(tmp_path / "tools", monkeypatch), tmp_path / "environments"
    with pytest.raises(NoWheelError, match="odd==1"):
        await create_environment(EnvironmentSpec(("odd==1",)), places)
    assert not (places / name_of(EnvironmentSpec(("odd==1",)))).exists()
    assert "--only-binary :all: odd==1" in told.read_text().splitlines()[-1]
    assert existing_environment(EnvironmentSpec(("odd==1",)), places) is None
    await create_environment(EnvironmentSpec(("odd==1",)), places, build=True)
    assert "--only-binary" not in told.read_text().splitlines()[-1]
    assert existing_environment(EnvironmentSpec(("odd==1",)), places) is not None


async def test_a_run_is_refused_before_any_load_where_a_package_would_have_to_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_uv(tmp_path / "tools", monkeypatch)
    monkeypatch.setenv("HTTPTUI_ENVIRONMENTS", str(tmp_path / "environments"))
    plan = plan_of(Contender(engine="raw"), Contender(engine="raw", requires=("odd==1",)))
    with pytest.raises(
        BuildRefusedError, match=r"^B asks for odd==1, .*; if it may, add --allow-build$"
    ) as caught:
        await report_of(plan)
    assert (caught.value.packages, caught.value.exit_code) == (("odd==1",), ExitCode.REFUSED)


async def test_a_host_that_was_granted_lets_no_package_of_its_name_be_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _fake_uv(tmp_path / "tools", monkeypatch)
    monkeypatch.setenv("HTTPTUI_ENVIRONMENTS", str(tmp_path / "environments"))
    plan = plan_of(Contender(engine="raw", requires=("api.mine.com",)))
    with pytest.raises(BuildRefusedError):
        await report_of(plan, "api.mine.com")
    assert "--only-binary" in told.read_text().splitlines()[-1]


async def test_what_a_tool_has_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    tool = tmp_path / "uv"
    tool.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(started)!r}, 'w').write(str(child.pid))\nchild.wait()\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    making = asyncio.create_task(create_environment(EnvironmentSpec(("a",)), tmp_path / "environments"))
    while not (started.exists() and started.read_text()):
        await asyncio.sleep(0.01)
    child = psutil.Process(int(started.read_text()))
    making.cancel()
    await asyncio.wait({making})
    assert still_running([child]) == []


async def test_what_an_engine_requires_is_built_only_where_that_was_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_uv(tmp_path / "tools", monkeypatch)
    monkeypatch.setenv("HTTPTUI_ENVIRONMENTS", str(tmp_path / "environments"))
    (tmp_path / "mine.py").write_text(engine_of("Mine", "['odd==1']"))
    plan = plan_of(Contender(engine=f"{tmp_path}/mine.py:Mine"))
    with pytest.raises(BuildRefusedError, match=r"^A asks for odd==1") as caught:
        await report_of(plan)
    assert caught.value.packages == ("odd==1",)
    report = await report_of(plan, *granted((), plan, build=True))
    assert report.contenders[0].requests.ok == 20


NIQUESTS = """
from httptui.engine import Reply, Request, SyncEngine


class Niquests(SyncEngine):
    package = "niquests"
    requires = ["niquests>=3"]

    def open(self) -> None:
        import niquests

        self._session = niquests.Session()
        self._session.trust_env = False

    def send(self, request: Request) -> Reply:
        headers = dict(request.headers)
        answer = self._session.request(
            request.method, request.url, headers=headers, data=request.body or None, allow_redirects=False
        )
        return answer.status_code, answer.content, "1.1"

    def close(self) -> None:
        self._session.close()
"""


async def test_a_client_that_takes_the_place_of_another_ones_packages_is_compared_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """niquests installs a fork of urllib3 under its name, so that it cannot be where requests is."""
    monkeypatch.setenv("HTTPTUI_ENVIRONMENTS", str(tmp_path / "environments"))
    (tmp_path / "clients.py").write_text(NIQUESTS)
    engine = f"{tmp_path}/clients.py:Niquests"
    plan = plan_of(
        Contender(engine=engine),
        Contender(engine="requests"),
        Contender(engine=engine, requires=("niquests<99",)),
    )
    assert check_plan(plan) == ()
    report = await report_of(plan)
    for contender in report.contenders:
        assert (contender.state, contender.requests.ok) == ("finished", 20), contender.cause
    theirs, own, also = (contender.versions for contender in report.contenders)
    assert theirs["niquests"].split(".")[0] >= "3"
    assert "niquests" in also
    assert own["requests"] == metadata.version("requests")
    assert len(list((tmp_path / "environments").glob("*/environment.json"))) == 2


@pytest.mark.slow
async def test_a_contender_without_a_place_for_its_environment_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HTTPTUI_ENVIRONMENTS", str(tmp_path / "file" / "environments"))
    report = await report_of(plan_of(Contender(engine="raw", requires=("a",)), Contender(engine="raw")))
    unmade, other = report.contenders
    assert (unmade.state, other.state, other.requests.ok) == ("dnf", "finished", 20)
    assert (unmade.cause or "").startswith("it could not be started: ")


async def test_two_versions_of_one_client_run_side_by_side_and_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPTUI_ENVIRONMENTS", str(tmp_path))
    plan = plan_of(
        Contender(engine="httpx", requires=("httpx==0.27.2",)),
        Contender(engine="httpx"),
        Contender(engine="raw", requires=("httptui-has-no-such-package",)),
    )
    assert check_plan(plan) == ()
    report = await report_of(plan)
    old, own, unmade = report.contenders
    assert (old.state, old.requests.ok, own.requests.ok) == ("finished", 20, 20)
    assert old.label == "httpx · shared · httpx==0.27.2"
    assert unmade.state == "dnf"
    assert "its environment could not be made" in (unmade.cause or "")
    assert old.versions["httpx"] == "0.27.2" != own.versions["httpx"]
    kept = [place.stat().st_mtime_ns for place in tmp_path.glob("*/environment.json")]
    await report_of(plan_of(plan.contender[0]))
    assert [place.stat().st_mtime_ns for place in tmp_path.glob("*/environment.json")] == kept


async def test_of_several_that_want_the_same_one_makes_it_and_the_others_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"
    tool = tmp_path / "uv"
    tool.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"open({str(calls)!r}, 'a').write(sys.argv[1] + '\\n')\n"
        "if sys.argv[1] == 'venv':\n"
        "    python = pathlib.Path(sys.argv[-1], 'bin', 'python')\n"
        "    python.parent.mkdir(parents=True)\n    python.touch()\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    spec, folder = EnvironmentSpec(("a",)), tmp_path / "environments"
    pythons = await asyncio.gather(*(create_environment(spec, folder) for _ in range(3)))
    assert pythons == [existing_environment(spec, folder)] * 3
    assert calls.read_text().split() == ["venv", "pip"]
    assert [place.name for place in folder.iterdir()] == [name_of(spec)]
