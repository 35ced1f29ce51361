"""Every script compiles, stands as a formatter and a linter would leave it, and shows no secret."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from msgspec.structs import replace
from snippet_plans import ENGINES, every_plan

from httptui.codegen import no_snippet, snippet_of
from httptui.plan.model import Contender, Load, Plan, Policy, Target

TEXT_IS_UTF_8 = ("aiohttp", "aiosonic", "pycurl", "pycurl-async", "pyreqwest", "wreq")
CANARIES = ("abcdef99", "hunter22", "xyzzy42")


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    """Every script of every plan, by a file name."""
    found = {}
    for number, plan in enumerate(every_plan()):
        for index, contender in enumerate(plan.contender):
            script = snippet_of(plan, index)
            assert script is not None
            found[f"{contender.engine}_{contender.reuse}_{number}.py".replace("-", "_")] = script
    return found


@pytest.fixture(scope="module")
def folder(scripts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them."""
    folder = tmp_path_factory.mktemp("scripts")
    for name, script in scripts.items():
        (folder / name).write_text(script, "utf-8")
    return folder


def ruff(*arguments: str) -> str:
    """What ruff says; nothing where all is well."""
    command = [str(Path(sys.executable).with_name("ruff")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_each_compiles_and_shows_no_secret(scripts: dict[str, str]) -> None:
    assert len(scripts) > 500
    for name, script in scripts.items():
        compile(script, name, "exec")
        assert not [canary for canary in CANARIES if canary in script], name


@pytest.mark.parametrize("width", ["88", "100"])
def test_each_is_formatted(folder: Path, width: str) -> None:
    assert ruff("format", "--isolated", "--check", f"--line-length={width}", str(folder)) == ""


def test_each_is_clean_and_imports_what_it_uses_and_no_more(folder: Path) -> None:
    assert ruff("check", "--isolated", "--select=E4,E7,E9,F,I,B,UP,PIE,RET", str(folder)) == ""


def test_lines_are_short_enough_for_a_narrow_terminal(scripts: dict[str, str]) -> None:
    long = {
        line
        for script in scripts.values()
        for line in script.splitlines()
        if len(line) > 78 and not line.startswith(("URL = ", "BODY = ", "    "))
    }
    assert not long


def test_the_librarys_defaults_leave_all_knobs_alone() -> None:
    knobs = {
        "limit=",
        "limits=",
        "maxsize",
        "pool_block",
        "aiohttp.TCPConnector",
        "PoolConfig",
        "max_clients",
        "max_connections",
        "pool_max_size",
        "M_MAX",
        "HTTPAdapter",
        "TLS",
        "pool_timeout",
    }
    for engine in ENGINES:
        contender = Contender(engine=engine, reuse="per-request", pool="library-defaults")
        script = snippet_of(Plan(target=Target(url="https://example.com/"), contender=(contender,)), 0)
        assert script is not None
        assert not [knob for knob in knobs if knob in script], engine


@pytest.mark.parametrize(
    ("load", "requests"),
    [
        (Load(requests=123), 123),
        (Load(seconds=4), 1000),
        (Load(kind="burst", concurrency=50), 50),
        (Load(kind="open", rate=10, concurrency=2000), 2000),
    ],
)
def test_as_many_requests_are_sent_as_the_plan_has_or_a_round_number(load: Load, requests: int) -> None:
    script = snippet_of(Plan(load=load, contender=(Contender(engine="aiohttp"),)), 0)
    assert script is not None
    assert f"\nREQUESTS = {requests}\n" in script


def test_the_embedded_target_is_started_by_a_command_that_the_script_tells() -> None:
    plan = Plan(target=Target(url="https://embedded/"), contender=(Contender(engine="httpx", http="2"),))
    script = snippet_of(plan, 0)
    assert script is not None
    assert "# The target: httptui target --http2 --port 8099\n" in script
    assert 'URL = "https://127.0.0.1:8099/"\n' in script
    assert 'cafile=os.environ["CA_FILE"]' in script


def test_an_engine_without_a_script_says_so() -> None:
    plan = Plan(contender=(Contender(engine="raw"), Contender(engine="./mine.py:Mine")))
    assert snippet_of(plan, 0) is None
    assert snippet_of(plan, 1) is None
    assert "own ceiling" in no_snippet(Contender(engine="raw"))
    assert no_snippet(Contender(engine="./mine.py:Mine")).startswith("./mine.py:Mine has no script")
    assert "does not know" in no_snippet(Contender(engine="other"))


def test_a_client_inside_an_app_is_told_where_its_route_is() -> None:
    inside = Contender(engine="httpx", inside="fastapi-async")
    assert snippet_of(Plan(contender=(inside,)), 0) is None
    assert no_snippet(inside).startswith("fastapi-async is a route of a web application")


def test_a_label_cannot_leave_its_comment() -> None:
    odd = Contender(engine="aiohttp", label="a\nimport os  # \x1b[31m")
    script = snippet_of(Plan(contender=(odd,), policy=Policy()), 0)
    assert script is not None
    assert script.startswith("# a\N{REPLACEMENT CHARACTER}import os  #")
    assert "\x1b" not in script


def test_a_label_with_a_secret_of_the_plan_is_masked() -> None:
    plan = Plan(
        target=Target(url="http://127.0.0.1/?token=abcdef99"),
        contender=(Contender(engine="aiohttp", label="with abcdef99"),),
    )
    script = snippet_of(replace(plan), 0)
    assert script is not None
    assert script.startswith("# with ***\n")


def test_a_secret_within_a_plain_header_comes_from_the_environment() -> None:
    headers = {"Referer": "http://h.example/?page=2&access_token=abcdef99", "X-Upstream": "Bearer hunter2200"}
    script = snippet_of(Plan(target=Target(headers=headers), contender=(Contender(engine="aiohttp"),)), 0)
    assert script is not None
    assert '"Referer": f"http://h.example/?page=2&access_token={os.environ[\'ACCESS_TOKEN\']}"' in script
    assert '"X-Upstream": os.environ["X_UPSTREAM"]' in script
    compile(script, "script", "exec")


def test_a_script_tells_what_the_run_does_and_it_does_not() -> None:
    plan = Plan(
        load=Load(kind="open", rate=50, concurrency=7, requests=10),
        contender=(Contender(engine="aiohttp", processes=3),),
    )
    told = told_by(snippet_of(plan, 0))
    assert "Here: 4 requests, 3 in flight." in told
    assert "In the run 3 processes share the load; here one of them has its share." in told
    assert "The run sends at its rate, whatever comes back; here each worker waits for its answer." in told


def told_by(script: str | None) -> str:
    """All that its comments tell, without line breaks."""
    assert script is not None
    return " ".join(line.strip("# ") for line in script.splitlines() if line.startswith("#"))


BYTES = b"\x00\xff\\'\"\n and so on"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("key", [BYTES, b"\xffpassword=hunter22"], ids=["bytes", "secret"])
def test_headers_beyond_ascii_and_bodies_of_bytes_are_sent_as_the_plan_has_them(
    engine: str, key: bytes, tmp_path: Path
) -> None:
    target = Target(
        method="POST", headers={"X-Name": "Zoë", "X-Plain": "1"}, body_base64=b64encode(key).decode()
    )
    script = snippet_of(Plan(target=target, contender=(Contender(engine=engine),)), 0)
    assert script is not None
    assert "hunter22" not in script
    (tmp_path / "script.py").write_text(script, "utf-8")
    assert ruff("format", "--isolated", "--check", "--line-length=100", str(tmp_path)) == ""
    assert ruff("check", "--isolated", "--select=E4,E7,E9,F,I,B,UP,PIE,RET", str(tmp_path)) == ""
    constants: dict[str, object] = {}
    lines = [line for line in script.split("\n") if line.startswith("BODY = b")]
    exec("\n".join(["import os", "os.environ['BODY_IN_HEX'] = ''", *lines]), constants)
    assert constants["BODY"] == (key if key == BYTES else b"")
    shown = {"latin-1": '"Zoë".encode().decode("latin-1")', "bytes": '"Zoë".encode()'}
    form = "latin-1" if engine == "urllib3" else "text" if engine in TEXT_IS_UTF_8 else "bytes"
    assert f'"X-Name": {shown.get(form, chr(34) + "Zoë" + chr(34))}' in script
