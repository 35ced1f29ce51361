"""Presets of the user's own and recent plans: what is written, and what is never written."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from httptui.errors import PlanError
from httptui.plan.model import MOST_BODY_BYTES, Contender, Load, Plan, Stage, Target
from httptui.presets import list_presets, load_preset, recent, user_presets_folder
from httptui.presets.loader import save_preset, suggested_name, user_preset_path
from httptui.presets.recent import MOST_RECENT, recent_path, recent_plans, remember

PLAN = Plan(
    name="mine",
    description='Two lines.\nAnd a "quote".',
    target=Target(url="embedded/delay/5", headers={"X-One": "1"}),
    load=Load(kind="open", rate=5, stages=(Stage(seconds=1, to=50),)),
    contender=(Contender(engine="aiohttp"), Contender(engine="httpx", pool=4)),
    expect=("errors == 0",),
)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_saved_preset_is_found_by_its_name_and_is_the_same_plan() -> None:
    path = save_preset(PLAN, "my-plan_2")
    assert path == user_presets_folder() / "my-plan_2.toml"
    assert load_preset("my-plan_2") == PLAN
    assert "my-plan_2" in {info.name for info in list_presets()}
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_preset_is_replaced_only_where_that_is_asked_for() -> None:
    save_preset(PLAN, "mine")
    other = structs.replace(PLAN, description="other")
    with pytest.raises(PlanError, match='name: a preset "mine" exists already'):
        save_preset(other, "mine")
    assert load_preset("mine") == PLAN
    save_preset(other, "mine", replace=True)
    assert load_preset("mine") == other


@pytest.mark.parametrize("name", ["", "-a", "a b", "../a", "a/b", "a.toml", "é", "a\n", "x" * 61])
def test_a_name_that_could_be_a_path_or_is_none_is_refused(name: str) -> None:
    with pytest.raises(PlanError, match="is no name of a preset"):
        user_preset_path(name)


def test_a_plan_that_could_not_be_read_again_is_not_saved() -> None:
    with pytest.raises(PlanError, match="may not name a file of code"):
        save_preset(structs.replace(PLAN, contender=(Contender(engine="./mine.py:Mine"),)), "code")
    huge = structs.replace(PLAN, target=Target(method="POST", body="\x01" * 4_000_000))
    with pytest.raises(PlanError, match="longer than 16 MiB"):
        save_preset(huge, "huge")
    assert not user_presets_folder().exists()


def test_a_plan_with_the_longest_body_is_saved_and_remembered() -> None:
    large = structs.replace(PLAN, target=Target(method="POST", body="x " * (MOST_BODY_BYTES // 2)))
    save_preset(large, "large")
    assert load_preset("large").target == large.target
    remember(large, NOON)
    assert recent_plans()[0].plan.target == large.target


def test_a_folder_that_cannot_be_written_is_told() -> None:
    user_presets_folder().parent.mkdir(parents=True)
    user_presets_folder().write_text("in the way")
    with pytest.raises(PlanError, match="cannot be written"):
        save_preset(PLAN, "mine")


@pytest.mark.parametrize(
    ("text", "name"), [("Héllo, World!", "Hello-World"), ("demo", "demo"), ("…", ""), ("a" * 80, "a" * 60)]
)
def test_a_plans_name_suggests_that_of_its_preset(text: str, name: str) -> None:
    assert suggested_name(text) == name


def numbered(number: int) -> Plan:
    return structs.replace(PLAN, load=Load(concurrency=number))


def test_recent_plans_are_the_newest_first_each_once_and_no_more_than_twenty() -> None:
    for number in range(1, 31):
        remember(numbered(number), NOON + timedelta(seconds=number))
    remember(numbered(15), NOON + timedelta(minutes=1))
    found = recent_plans()
    assert [one.plan.load.concurrency for one in found] == [15, *range(30, 15, -1), 14, 13, 12, 11]
    assert len(found) == MOST_RECENT
    assert found[0].at == NOON + timedelta(minutes=1)
    assert found[0].plan == numbered(15)


def test_a_recent_plan_keeps_no_secret_and_only_its_owner_can_read_it() -> None:
    target = Target(
        url="http://me:hunter22@127.0.0.1/?token=abcdef99",
        method="POST",
        headers={"Authorization": "Bearer xyzzy42", "X-Key": "env:KEY"},
        body="user=me&password=plugh77",
    )
    remember(structs.replace(PLAN, target=target))
    text = recent_path().read_text()
    assert not any(canary in text for canary in ("hunter22", "abcdef99", "xyzzy42", "plugh77"))
    assert recent_plans()[0].plan.target.headers == {"Authorization": "***", "X-Key": "env:KEY"}
    if os.name == "posix":
        assert stat.S_IMODE(recent_path().stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"plans": 3}', '{"plans": [{"at": "x"}]}', "\xff" * 9])
def test_a_damaged_file_hides_no_later_plan(damage: str) -> None:
    recent_path().parent.mkdir(parents=True)
    recent_path().write_text(damage)
    assert recent_plans() == ()
    remember(PLAN, NOON)
    assert [one.plan for one in recent_plans()] == [PLAN]


def test_an_entry_that_is_no_plan_any_more_hides_no_other() -> None:
    remember(PLAN, NOON)
    text = (
        recent_path()
        .read_text()
        .replace('"plans": [', '"plans": [{"at": "2026-01-01T00:00:00Z", "plan": {}},')
    )
    recent_path().write_text(text)
    assert [one.plan for one in recent_plans()] == [PLAN]


def test_of_plans_that_are_too_long_together_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST_BYTES", 50_000)
    plans = [structs.replace(PLAN, target=Target(method="POST", body=letter * 20_000)) for letter in "abc"]
    for plan in plans:
        remember(plan, NOON)
    assert [one.plan.target for one in recent_plans()] == [plans[2].target, plans[1].target]
    remember(structs.replace(PLAN, target=Target(method="POST", body="d" * 45_000)), NOON)
    assert [len(one.plan.target.body) for one in recent_plans()] == [45_000]
