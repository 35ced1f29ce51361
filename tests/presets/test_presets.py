"""The presets that come along, and those of users."""

from __future__ import annotations

from pathlib import Path

import pytest

from httptui.errors import PlanError
from httptui.plan.io import MOST_BYTES, checked_plan, plan_to_toml
from httptui.plan.model import UNSET, Plan, label_of
from httptui.presets import DEFAULT_PRESET, broken_presets, list_presets, load_preset, user_presets_folder
from httptui.statistics import blocks_to_part

NAMES = [
    "demo",
    "dns",
    "fanout-512",
    "fanout-as-published",
    "fastapi-fanout",
    "http2",
    "httpx-through-time",
    "knee",
    "leapcell-as-published",
    "leapcell-fair",
    "open-load",
    "pool-grid",
    "scraper-latency",
    "scraper-pool",
    "scraper-urls",
]


@pytest.fixture(autouse=True)
def users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the user's presets."""
    monkeypatch.setattr("httptui.presets.loader.platformdirs.user_config_path", lambda *_, **__: tmp_path)
    folder = user_presets_folder()
    folder.mkdir()
    return folder


def test_the_built_in_presets_are_listed_the_default_first():
    assert [info.name for info in list_presets()] == NAMES
    assert NAMES[0] == DEFAULT_PRESET
    assert broken_presets() == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_built_in_preset_can_be_run_as_it_is(name: str):
    plan = load_preset(name)
    assert checked_plan(plan) == plan
    assert plan.name == name
    assert plan.target.url.startswith(("embedded", "https://embedded"))


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_whose_first_place_may_be_tied_has_blocks_enough_to_part_the_others(name: str):
    plan = load_preset(name)
    if plan.schedule.kind != "interleaved" or plan.sweep or plan.schedule.blocks is None:
        return
    if name == "fastapi-fanout":
        assert (
            plan.contender[0].engine == "raw"
        )  # The route that calls nobody, which nobody else can tie with.
        return
    assert plan.schedule.blocks * plan.schedule.rounds >= blocks_to_part(len(plan.contender))


@pytest.mark.parametrize("name", NAMES)
def test_a_description_asks_a_question_first_and_says_what_to_look_at(name: str):
    first, _, rest = load_preset(name).description.partition("\n")
    assert first.endswith("?")
    assert len(first) <= 100
    assert "Look at" in rest


@pytest.mark.parametrize("name", NAMES)
def test_no_two_contenders_of_a_preset_look_alike(name: str):
    labels = [label_of(contender) for contender in load_preset(name).contender]
    assert len(set(labels)) == len(labels)


def test_leapcell_as_published_keeps_the_shape_of_the_article():
    plan = load_preset("leapcell-as-published")
    rows = [(row.engine, row.reuse, row.concurrency) for row in plan.contender]
    assert rows == [
        ("requests", "per-request", 1),
        ("requests", "shared", 1),
        ("httpx-sync", "per-request", 1),
        ("httpx", "shared", UNSET),
        ("httpx", "per-request", UNSET),
        ("aiohttp", "shared", UNSET),
        ("aiohttp", "per-request", UNSET),
    ]
    assert (plan.load.requests, plan.load.concurrency, plan.schedule.kind) == (100, 100, "sequential")
    assert {row.pool for row in plan.contender} == {"library-defaults"}


def test_leapcell_fair_gives_everyone_the_same():
    plan = load_preset("leapcell-fair")
    assert {row.concurrency for row in plan.contender} == {UNSET}
    assert ("httpx-sync", "shared") in {(row.engine, row.reuse) for row in plan.contender}
    assert plan.schedule.kind == "interleaved"


def test_fanout_is_three_bursts_of_512_with_a_second_of_rest():
    plan = load_preset("fanout-512")
    assert (plan.load.kind, plan.load.concurrency) == ("burst", 512)
    assert (plan.schedule.rounds, plan.schedule.rest, plan.schedule.warmup) == (3, 1, 1)
    assert plan.policy.timeout == 10


def test_open_load_gives_every_contender_the_same_arrivals():
    plan = load_preset("open-load")
    assert (plan.load.kind, plan.load.arrivals, plan.schedule.kind) == ("open", "poisson", "interleaved")
    assert {row.concurrency for row in plan.contender} == {UNSET}


def test_scraper_urls_has_twenty_pages_and_a_pool_as_large_as_its_semaphore():
    plan = load_preset("scraper-urls")
    assert len(set(plan.target.urls)) == 20
    assert (plan.target.order, plan.load.concurrency, plan.policy.timeout) == ("shuffle", 10, 30)
    assert {row.pool for row in plan.contender} == {"concurrency"}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_users_preset_is_listed_and_takes_the_place_of_a_built_in(users_own: Path):
    mine = Plan(name="demo", description="Mine?", contender=load_preset("demo").contender)
    write(users_own, "demo.toml", plan_to_toml(mine))
    write(users_own, "other.toml", plan_to_toml(mine))
    assert [info.name for info in list_presets()] == [NAMES[0], *sorted([*NAMES[1:], "other"])]
    assert load_preset("demo").description == "Mine?"


def test_a_broken_preset_is_told_and_hides_no_other(users_own: Path):
    write(users_own, "broken.toml", "[[contender]]\nengin = 'aiohttp'\n")
    assert [info.name for info in list_presets()] == NAMES
    (broken,) = broken_presets()
    assert broken.name == "broken"
    assert broken.problems[0].endswith('contender[0].engin: unknown field; did you mean "engine"?')


def test_a_preset_with_a_number_longer_than_python_writes_out_hides_no_other(users_own: Path):
    huge = f"0x{'f' * 4_000}"
    text = f"[schedule]\nseed = {huge}\nwarmup = {huge}\n[[contender]]\nengine = 'aiohttp'\n"
    write(users_own, "broken.toml", text)
    assert [info.name for info in list_presets()] == NAMES
    (broken,) = broken_presets()
    assert [problem.split(": ")[1] for problem in broken.problems] == ["schedule.seed", "schedule.warmup"]


@pytest.mark.parametrize("ending", [".toml", ".json"])
def test_a_file_is_loaded_by_its_path(tmp_path: Path, ending: str):
    text = (
        '{"contender": [{"engine": "aiohttp"}]}'
        if ending == ".json"
        else '[[contender]]\nengine = "aiohttp"\n'
    )
    path = write(tmp_path, f"plan{ending}", text)
    assert load_preset(str(path)).contender[0].engine == "aiohttp"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("demmo", 'no preset is called "demmo"; did you mean "demo"?'),
        ("zzz", "there are demo, dns, fanout-512"),
        ("me:canary@h", 'no preset is called "***@h"'),
        ("me:canary@h:80/x", "***@h:80/x: cannot be read: No such file or directory"),
        ("http:/me:can/ary@h/x", "***@h/x: cannot be read: No such file or directory"),
        ("missing.toml", "missing.toml: cannot be read: No such file or directory"),
        ("./", "cannot be read: Is a directory"),
        ("nul\0.toml", "cannot be read"),
        ("../../etc/passwd", "cannot be read"),
    ],
)
def test_a_preset_that_is_not_there_is_one_line(
    name: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PlanError) as caught:
        load_preset(name)
    assert len(caught.value.problems) == 1
    assert part in caught.value.problems[0]
    assert "ary" not in caught.value.problems[0]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"\xff\xff", "not a text file in UTF-8"),
        (b"#" * (MOST_BYTES + 1), "longer than 16 MiB"),
        (b"name = 3\n[[contender]]\nengine = 'aiohttp'", "name: 3 is not allowed"),
        (
            b"[[contender]]\nengine = './mine.py:Mine'",
            "contender[0].engine: a preset may not name a file of code",
        ),
        (b"[[contender]]\nengine = 'nobody'", "contender[0].engine: unknown engine 'nobody'"),
    ],
)
def test_a_file_that_is_no_plan_is_one_line(data: bytes, part: str, tmp_path: Path):
    path = tmp_path / "plan.toml"
    path.write_bytes(data)
    with pytest.raises(PlanError) as caught:
        load_preset(str(path))
    assert len(caught.value.problems) == 1
    assert part in caught.value.problems[0]


def test_what_depends_on_the_machine_can_be_left_for_later(tmp_path: Path):
    path = write(tmp_path, "plan.toml", "[[contender]]\nengine = 'nobody'\n")
    assert load_preset(str(path), check=False).contender[0].engine == "nobody"
