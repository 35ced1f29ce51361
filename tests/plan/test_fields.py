"""What is said of a plan's fields is said once, of every field, and reaches flags, schema and page."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docs.plan import page
from httptui.plan.decode import fields_of, type_problems
from httptui.plan.field import Field, fields_in, fields_of_plan
from httptui.plan.io import plan_schema
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Stage, Target
from httptui.tui.cli.plan_flags import PlanFlags, plan_of_flags
from httptui.tui.cli.plan_options import FLAGS, NAMES
from httptui.tui.cli.run import run
from httptui.tui.forms.words import meaning_of

STRUCTS = (Plan, Target, Policy, Stage, Load, Schedule, Contender)
TABLES = {"target", "policy", "load", "schedule", "contender"}
FIELDS = fields_of_plan(Plan)
PRESET = Plan(contender=(Contender(engine="httpx"),))


def example_plan(path: str, field: Field) -> dict[str, Any]:
    """A plan in plain values in which one field is its example."""
    table, _, name = path.rpartition(".")
    value = tomllib.loads(f"{name} = {field.example}")
    if table == "contender":
        return {"contender": [{"engine": "raw"} | value]}
    return {"contender": [{"engine": "raw"}]} | ({table: value} if table else value)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_field_is_told(struct: Any) -> None:
    assert set(fields_in(struct)) == set(fields_of(struct)) - (TABLES if struct is Plan else set())
    assert all(field.meaning.endswith(".") and field.label for field in fields_in(struct).values())


@pytest.mark.parametrize("path", FIELDS)
def test_every_example_is_allowed(path: str) -> None:
    assert type_problems(example_plan(path, FIELDS[path])) == ()


def test_no_two_fields_have_the_same_flag() -> None:
    assert max(Counter(field.option for field in FLAGS.values()).values()) == 1


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_the_schema_says_what_fields_mean(struct: Any) -> None:
    properties = plan_schema()["$defs"][struct.__name__]["properties"]
    for name, field in fields_in(struct).items():
        assert properties[name]["description"] == field.meaning


def test_the_help_has_every_flag_and_nothing_else_of_a_plan() -> None:
    told = CliRunner().invoke(run, ["--help"]).output
    assert [field.option for field in FLAGS.values() if f"--{field.option}" not in told] == []
    options = {option.name for option in run.params if hasattr(option, "group")}
    assert options == NAMES


@pytest.mark.parametrize(
    ("given", "path", "value"),
    [
        ({"redirects": 3}, "policy.redirects", 3),
        ({"retry_wait": "250ms"}, "policy.retry_wait", 0.25),
        ({"retry_on": ("timeout", "503")}, "policy.retry_on", ("timeout", "503")),
        ({"cookies": True}, "policy.cookies", True),
        ({"trust_env": True}, "policy.trust_env", True),
        ({"dns_delay": 20.0}, "target.dns_ms", 20.0),
        ({"rest": "1m"}, "schedule.rest", 60.0),
    ],
)
def test_a_flag_sets_its_field(given: dict[str, Any], path: str, value: object) -> None:
    table, _, name = path.partition(".")
    before = PRESET if "retry_on" not in given else plan_of_flags(PRESET, PlanFlags(retries=1))
    plan = plan_of_flags(before, PlanFlags(**given))
    assert getattr(getattr(plan, table), name) == value


def test_a_flag_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="no flag is called lop"):
        PlanFlags(lop=1)


def test_the_form_explains_a_field_as_the_schema_does() -> None:
    assert meaning_of("load.rate") == f"{FIELDS['load.rate'].meaning}\nAllowed: a number above 0 to 1000000."


def test_the_reference_is_what_its_command_writes(project: Path) -> None:
    assert (project / "docs" / "plan.md").read_text("utf-8") == page()


def test_the_reference_says_when_a_field_may_be_given(project: Path) -> None:
    page = (project / "docs" / "plan.md").read_text("utf-8")
    assert "Only for an open load." in page.partition("### `load.rate`")[2].partition("###")[0]
    assert (
        "Has an effect only with retries." in page.partition("### `policy.retry_on`")[2].partition("###")[0]
    )
    assert "Only for a closed or open load, without a sweep." in page
