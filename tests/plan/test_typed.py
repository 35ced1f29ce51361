"""Fields as people type them: each by its type and declaration, and only those that count."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from httptui.plan.decode import type_problems
from httptui.plan.field import Field, fields_of_plan
from httptui.plan.model import CHOICES, Contender, Load, Plan, Target
from httptui.plan.typed import (
    OF_A_CONTENDER,
    OF_A_PLAN,
    alternatives,
    chosen,
    contender_texts,
    contender_values,
    counts,
    has_effect,
    texts_of,
    values_of,
)

PLAN = Plan(contender=(Contender(engine="httpx"),))
USUAL = texts_of(PLAN)
ALL = OF_A_PLAN | {f"contender.{name}": typed for name, typed in OF_A_CONTENDER.items()}


def typed(**texts: str) -> dict[str, str]:
    """The usual texts but for some, each by its path with two _ for its dot."""
    return USUAL | {name.replace("__", "."): text for name, text in texts.items()}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("load.concurrency", "line"),
        ("load.kind", "choice"),
        ("schedule.pin", "box"),
        ("schedule.warmup", "line"),
        ("expect", "lines"),
        ("target.body", "lines"),
        ("policy.retry_on", "line"),
        ("contender.inside", "choice"),
        ("contender.pool", "line"),
    ],
)
def test_the_type_says_how_a_field_is_typed(path: str, kind: str) -> None:
    assert ALL[path].codec.kind == kind


def test_a_choice_has_the_words_of_its_type_in_their_order() -> None:
    assert ALL["load.kind"].words == ("closed", "open", "burst")
    assert ALL["compare"].options == (("alike", "alike"), ("as-is", "as is"))
    assert ALL["contender.inside"].words[0] == ""


@pytest.mark.parametrize("path", [path for path, one in ALL.items() if one.words])
def test_every_name_of_a_choice_is_of_one_of_its_words(path: str) -> None:
    assert set(dict(ALL[path].field.names)) <= set(ALL[path].words)


def test_an_empty_control_tells_the_default_where_nothing_else_is_declared() -> None:
    assert ALL["policy.timeout"].placeholders == ("30",)
    assert ALL["load.seconds"].placeholders == ("10",)
    assert ALL["target.dns_ms"].placeholders == ("none",)


@pytest.mark.parametrize(
    "path", [path for path in ALL if path not in ("target.body_base64", "contender.engine")]
)
def test_no_control_is_empty_without_a_word(path: str) -> None:
    assert ALL[path].codec.kind in ("choice", "box") or all(ALL[path].placeholders)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("schedule.warmup", " 10 ", 10),
        ("schedule.warmup", "1s", "1s"),
        ("schedule.warmup", "", UNSET),
        ("contender.pool", "library-defaults ", "library-defaults"),
        ("contender.pool", "9" * 12, "9" * 12),
        ("contender.processes", " ", UNSET),
        ("contender.python", " 3.13 ", "3.13"),
        ("contender.label", "", ""),
        ("target.ca_file", "", UNSET),
        ("target.ca_file", " ", " "),
        ("policy.per_host_rate", "", UNSET),
        ("schedule.pin", "true", True),
    ],
)
def test_a_text_stands_for_a_value_of_its_type(path: str, text: str, value: Any) -> None:
    assert ALL[path].value(text) == (value, ())


def test_a_text_that_no_box_has_is_told() -> None:
    assert ALL["schedule.pin"].value("yes") == (UNSET, ("“yes” is not true or false",))


def test_of_fields_that_exclude_each_other_one_counts() -> None:
    assert alternatives("load.bound", USUAL) == ("seconds", "requests", "stages")
    assert alternatives("load.bound", typed(load__kind="open")) == ("seconds", "stages")
    assert alternatives("load.bound", typed(sweep="pool = 1")) == ("seconds", "requests")
    assert alternatives("load.bound", typed(load__kind="burst")) == ()
    assert chosen("load.bound", typed(load__bound="requests")) == "requests"
    assert chosen("load.bound", typed(load__bound="requests", load__kind="open")) == "seconds"
    assert chosen("load.bound", typed(load__kind="burst")) == ""
    assert not has_effect("load.bound", typed(load__kind="burst"))
    assert [counts(path, typed(target__source="urls")) for path in ("target.url", "target.urls")] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("target", "load", "source", "bound"),
    [
        (Target(), Load(), "url", "seconds"),
        (Target(urls=("embedded/a",)), Load(requests=3), "urls", "requests"),
        (Target(urls_file="x"), Load(seconds=3), "urls_file", "seconds"),
    ],
)
def test_a_plan_says_which_of_them_it_gives(target: Target, load: Load, source: str, bound: str) -> None:
    texts = texts_of(Plan(target=target, load=load, contender=PLAN.contender))
    assert (texts["target.source"], texts["load.bound"]) == (source, bound)


def test_a_hidden_value_is_kept_in_the_plan_unless_no_plan_may_have_it() -> None:
    slow = typed(schedule__cooldown="0.5", load__rate="7")
    assert not has_effect("schedule.cooldown", slow)
    assert not has_effect("load.rate", slow)
    values, problems = values_of(slow)
    assert (values["schedule"]["cooldown"], "rate" in values["load"], problems) == (0.5, False, [])


def test_a_sweep_has_an_order_of_its_own() -> None:
    values, _ = values_of(typed(sweep="pool = 1, 2", schedule__rounds="7"))
    assert (values["schedule"]["kind"], "rounds" in values["schedule"]) == ("interleaved", False)


def test_a_contender_says_only_what_it_has_of_its_own() -> None:
    texts = contender_texts(Contender(engine="httpx", dns_ttl=60))
    assert "concurrency" not in texts
    assert (texts["processes"], texts["pool"], texts["dns_ttl"]) == ("", "concurrency", "60")
    assert contender_values(texts)[0]["dns_ttl"] == 60
    assert contender_values(texts | {"processes": "x"})[1] == [("processes", "“x” is not a whole number")]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("read", "json", "reads json"),
        ("read", "bytes", ""),
        ("processes", "4", "4 processes"),
        ("processes", "1", ""),
        ("dns_ttl", "60", "DNS cache 60 s"),
        ("python", "3.13", "Python 3.13"),
        ("requires", " ", ""),
    ],
)
def test_a_value_is_told_in_a_line_unless_it_is_the_usual_one(name: str, text: str, told: str) -> None:
    assert OF_A_CONTENDER[name].told(text) == told


@pytest.mark.parametrize("path", OF_A_PLAN)
def test_every_default_is_typed_as_it_is(path: str) -> None:
    one = OF_A_PLAN[path]
    value, problems = one.value(one.text(one.usual))
    assert (problems == ()) is (
        path not in ("target.urls", "target.urls_file", "load.requests", "load.stages")
    )
    assert problems or value is UNSET or type_problems(_at(path, value)) == ()


def _at(path: str, value: Any) -> dict[str, Any]:
    table, _, name = path.rpartition(".")
    contenders = {"contender": [{"engine": "raw"}]}
    return contenders | ({table: {name: value}} if table else {name: value})


def test_choices_are_no_fields_and_name_fields_of_their_table() -> None:
    declared: dict[str, Field] = fields_of_plan(Plan)
    for choice, field in CHOICES.items():
        assert choice not in declared
        assert {f"{choice.partition('.')[0]}.{name}" for name, _ in field.names} <= set(declared)
