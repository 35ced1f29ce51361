"""Engines are told apart without being imported, and bad ones are named in one line."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from httptui.engines.base import AsyncEngine, SyncEngine
from httptui.engines.registry import engine_info, list_engines, load_engine, loop_without_a_name

MINE = """
from httptui.engines.base import AsyncEngine, Reply

class Common(AsyncEngine):
    package = "pytest"
    http_versions: tuple[str, ...] = ("1.1", "2")

class Mine(Common):
    abilities = ("redirects",)

    async def send(self, request: object) -> Reply:
        return 200, b"", "1.1"
"""
NO_CLIENT = """
import sys
from httptui.engines.registry import engine_info, list_engines
names = [info.name for info in list_engines()]
engine_info("httpx")
clients = {"aiohttp", "httpx", "httpx_aiohttp", "requests", "urllib3", "uvloop"} & set(sys.modules)
adapters = [name for name in sys.modules if name.startswith("httptui.engines.clients")]
print(len(names) >= 8, sorted(clients), adapters)
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A file with an engine of one's own."""
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


def test_the_built_in_engines_are_listed_by_name() -> None:
    names = [info.name for info in list_engines()]
    assert names == sorted(names)
    assert {
        "aiohttp",
        "http.client",
        "httpx",
        "httpx-aiohttp",
        "httpx-sync",
        "raw",
        "requests",
        "urllib3",
    } <= set(names)


def test_listing_imports_no_client_and_no_adapter(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_CLIENT], capture_output=True, text=True, check=True, cwd=project
    )
    assert done.stdout.split("\n")[0] == "True [] []"


def test_what_is_told_of_an_engine_is_what_its_class_says() -> None:
    for info in list_engines():
        engine = load_engine(info.reference)
        assert info.mode == ("async" if issubclass(engine, AsyncEngine) else "sync")
        assert (info.package, info.http_versions, info.abilities) == (
            engine.package,
            engine.http_versions,
            engine.abilities,
        )
        assert (info.reads, info.resolver) == (engine.reads, engine.resolver)
        assert (info.unsafe_shared, info.usual_loop) == (engine.unsafe_shared, engine.usual_loop)
        assert info.version == (
            metadata.version(engine.package) if engine.package else platform.python_version()
        )
        assert info.installed
        assert info.install_hint == (f"pip install {engine.package}" if engine.package else "")


def test_the_ceiling_alone_takes_uvloop_by_itself_and_asyncio_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loops = {info.name: loop_without_a_name(info.name) for info in list_engines()}
    assert {name for name, loop in loops.items() if loop == "uvloop"} == {"raw"}
    assert loop_without_a_name("no such engine") == "asyncio"
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert loop_without_a_name("raw") == "asyncio"


def test_an_engine_in_a_file_is_read_and_loaded(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mine.parent)
    info = engine_info("./mine.py:Mine")
    assert (info.mode, info.package, info.http_versions, info.abilities) == (
        "async",
        "pytest",
        ("1.1", "2"),
        ("redirects",),
    )
    assert info.reference == f"{mine}:Mine"
    assert issubclass(load_engine(info.reference), AsyncEngine)
    assert engine_info("mine.py:Mine").reference == info.reference


def test_a_missing_library_is_told_with_how_to_install_it(tmp_path: Path) -> None:
    path = tmp_path / "absent.py"
    path.write_text(
        "import no_such_client\nfrom httptui.engines.base import SyncEngine\n"
        "class Absent(SyncEngine):\n    package = 'no-such-client'\n"
    )
    info = engine_info(f"{path}:Absent")
    assert (info.version, info.installed) == (None, False)
    assert info.install_hint == "pip install no-such-client"
    with pytest.raises(ImportError, match="no_such_client"):
        load_engine(info.reference)


def test_an_engine_may_say_what_it_needs_and_is_then_never_missing(tmp_path: Path) -> None:
    path = tmp_path / "absent.py"
    path.write_text(
        "from httptui.engine import SyncEngine\n"
        "class Absent(SyncEngine):\n    package = 'no-such-client'\n"
        "    requires = ['no-such-client>=3', 'other']\n    python = '3.13'\n"
    )
    info = engine_info(f"{path}:Absent")
    assert (info.requires, info.python) == (("no-such-client>=3", "other"), "3.13")
    assert (info.version, info.installed) == (None, True)
    assert {(one.requires, one.python) for one in list_engines()} == {((), "")}


@pytest.mark.parametrize(
    ("source", "class_name", "told"),
    [
        ("x = 1", "Mine", "has no class 'Mine'; it has none"),
        ("class Other: pass", "Mine", "has no class 'Mine'; it has Other"),
        ("class Mine: pass", "Mine", "has to subclass AsyncEngine, CallbackEngine, SyncEngine by that name"),
        (
            "class Mine(Mine): pass",
            "Mine",
            "has to subclass AsyncEngine, CallbackEngine, SyncEngine by that name",
        ),
        ("class Mine(AsyncEngine): package = name()", "Mine", "package has to be a literal"),
        ("class Mine(AsyncEngine): package = 3", "Mine", "package has to be a string"),
        ("class Mine(AsyncEngine): resolver = True", "Mine", "resolver has to be a string"),
        ("class Mine(AsyncEngine): reads = 'text'", "Mine", "reads has to be a tuple of strings"),
        ("class Mine(SyncEngine): unsafe_shared = '2'", "Mine", "unsafe_shared has to be a tuple of strings"),
        (
            "class Mine(AsyncEngine): abilities = 'redirects'",
            "Mine",
            "abilities has to be a tuple of strings",
        ),
        ("class Mine(SyncEngine): requires = 'a'", "Mine", "requires has to be a tuple of strings"),
        ("class Mine(SyncEngine): python = 3.13", "Mine", "python has to be a string"),
        ("class Mine(AsyncEngine): usual_loop = 1", "Mine", "usual_loop has to be a string"),
        (
            "class Mine(AsyncEngine): usual_loop = 'trio'",
            "Mine",
            "usual_loop has to be one of asyncio, uvloop",
        ),
        ("class Mine(", "Mine", "is not valid Python"),
    ],
)
def test_a_file_without_a_readable_engine_is_told_in_one_line(
    source: str, class_name: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.py"
    path.write_text(source)
    with pytest.raises(LookupError, match=told) as caught:
        engine_info(f"{path}:{class_name}")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"cannot read .*gone\.py: No such file"):
        engine_info(f"{tmp_path}/gone.py:Mine")
    with pytest.raises(LookupError, match=r"cannot read .*gone\.py: No such file"):
        load_engine(f"{tmp_path}/gone.py:Mine")


def test_a_file_that_an_engine_misses_is_not_taken_for_its_own(mine: Path) -> None:
    mine.write_text(f"open('words.txt')\n{MINE}")
    with pytest.raises(FileNotFoundError, match=r"words\.txt"):
        load_engine(f"{mine}:Mine")


def test_an_unknown_name_is_told_with_those_that_exist_and_a_guess() -> None:
    with pytest.raises(
        LookupError, match=r"unknown engine 'aiohtp'; did you mean aiohttp\? there are .*urllib3"
    ):
        engine_info("aiohtp")
    with pytest.raises(LookupError, match="unknown engine 'zzz'; there are aiohttp"):
        engine_info("zzz")


def test_an_engine_without_send_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "half.py"
    path.write_text("from httptui.engines.base import SyncEngine\nclass Half(SyncEngine): pass\nNumber = 3\n")
    with pytest.raises(LookupError, match=r"Half in .* is not an engine"):
        load_engine(f"{path}:Half")
    with pytest.raises(LookupError, match="has no class Number"):
        load_engine(f"{path}:Number")


def test_a_third_party_engine_enters_by_the_same_door_and_never_hides_a_built_in_one(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = mine.parent / "third_party-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[httptui.engines]\nmine = mine:Mine\nraw = mine:Mine\nbroken = mine:Gone\nlost = no_such_module.x:Mine\n"
    )
    monkeypatch.syspath_prepend(mine.parent)
    names = [info.name for info in list_engines()]
    assert "mine" in names
    assert not {"broken", "lost"} & set(names)
    assert engine_info("raw").reference == "httptui.engines.clients.raw:Raw"
    assert "mine" not in sys.modules
    with pytest.raises(LookupError, match="has no class 'Gone'"):
        engine_info("broken")
    with pytest.raises(LookupError, match="there is no module no_such_module"):
        engine_info("lost")


def test_modes_are_read_from_the_base_class() -> None:
    modes = {info.name: info.mode for info in list_engines()}
    assert modes["requests"] == "sync"
    assert modes["aiohttp"] == "async"
    assert issubclass(load_engine("httptui.engines.clients.requests:Requests"), SyncEngine)


def test_what_is_remembered_of_an_engine_ends_when_its_file_changes(mine: Path) -> None:
    assert engine_info(f"{mine}:Mine").http_versions == ("1.1", "2")
    assert engine_info(f"{mine}:Mine") is engine_info(f"{mine}:Mine")
    mine.write_text(MINE.replace('("1.1", "2")', '("1.1",    )'))
    assert engine_info(f"{mine}:Mine").http_versions == ("1.1",)
    mine.unlink()
    with pytest.raises(LookupError, match="cannot read"):
        engine_info(f"{mine}:Mine")
