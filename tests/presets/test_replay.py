"""A saved report as a plan: the same run again, and what no report can give back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from httptui.errors import PlanError
from httptui.plan.model import Contender, Load, Plan, Schedule, Stage, Target
from httptui.plan.secrets import redacted_plan
from httptui.presets import load_preset
from httptui.results.report import Report
from httptui.results.snapshot import Verdict

PLAN = Plan(
    name="mine",
    expect=("requests.response_p99 < 80ms", "errors == 0"),
    load=Load(kind="open", rate=50.0, arrivals="poisson", stages=(Stage(seconds=2.0, to=80.0),)),
    schedule=Schedule(kind="interleaved", seed=4711, rounds=3, warmup="250ms", until="decided"),
    contender=(Contender(engine="aiohttp", label="A"), Contender(engine="requests", reuse="every-7", pool=3)),
)
SECRETS = Target(
    url="http://me:hunter22@127.0.0.1/",
    headers={"X-Token": "s3cret-token", "Authorization": "Bearer env:NAME", "Accept": "*/*"},
    body="password=s3cret-word",
)


def saved(folder: Path, of: Plan | dict[str, Any], **changes: object) -> Path:
    report = Report(
        complete=True,
        started="2026-01-02T03:04:05+00:00",
        seconds=1.0,
        plan=redacted_plan(of) if isinstance(of, Plan) else of,
        environment={},
        contenders=(),
        ranking=(),
        verdict=Verdict("undecided", "Nothing ran."),
    )
    path = folder / "report.json"
    path.write_text(json.dumps(msgspec.to_builtins(report) | changes))
    return path


def problems_of(path: Path, *replaced: str) -> list[str]:
    with pytest.raises(PlanError) as caught:
        load_preset(str(path), replaced=frozenset(replaced))
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


def test_a_report_gives_back_its_plan_with_its_seed(tmp_path: Path):
    assert load_preset(str(saved(tmp_path, PLAN))) == PLAN


def test_a_report_far_longer_than_any_plan_is_read(tmp_path: Path):
    assert load_preset(str(saved(tmp_path, PLAN, environment={"long": "x" * 1_000_000}))) == PLAN


def test_every_masked_secret_is_named_by_its_field_with_the_flag_that_gives_it_anew(tmp_path: Path):
    path = saved(tmp_path, Plan(target=SECRETS, contender=PLAN.contender))
    assert problems_of(path) == [
        "target.url: holds *** in place of a secret, which no report keeps; give it again with --url",
        "target.headers.X-Token: holds *** in place of a secret, which no report keeps; "
        "give it again with -H 'X-Token: …'",
        "target.body: holds *** in place of a secret, which no report keeps; give it again with --data",
    ]


def test_a_masked_secret_that_is_given_anew_is_no_problem(tmp_path: Path):
    path = saved(tmp_path, Plan(target=SECRETS, contender=PLAN.contender))
    assert [line.partition(":")[0] for line in problems_of(path, "target.headers.x-token", "target.url")] == [
        "target.body"
    ]
    everything = frozenset({"target.headers.x-token", "target.url", "target.body"})
    plan = load_preset(str(path), check=False, replaced=everything)
    assert plan.target.headers["Authorization"] == "Bearer env:NAME"


def test_a_report_may_not_choose_what_code_runs_unless_its_contenders_are_replaced(tmp_path: Path):
    path = saved(tmp_path, Plan(contender=(Contender(engine="./mine.py:Mine"),)))
    assert problems_of(path) == ["contender[0].engine: a preset may not name a file of code; give it with -e"]
    assert load_preset(str(path), check=False, replaced=frozenset({"contender"})).contender


@pytest.mark.parametrize(
    ("plan", "changes", "problem"),
    [
        ({}, {}, "contender: missing; give at least one"),
        ({}, {"plan": None}, "contender: missing; give at least one"),
        ({"contender": 3}, {}, "contender: must be a list of tables ([[contender]] in TOML), not a number"),
        (
            {},
            {"schema": "httptui.report/9"},
            'schema: "httptui.report/9" cannot be repeated here; httptui.report/1',
        ),
        ({}, {"schema": "other/1"}, "schema: unknown field"),
    ],
)
def test_a_report_without_a_usable_plan_is_a_clear_line(
    plan: dict[str, Any], changes: dict[str, Any], problem: str, tmp_path: Path
):
    assert problem in problems_of(saved(tmp_path, plan, **changes))


def test_a_plan_in_json_is_no_report(tmp_path: Path):
    path = tmp_path / "plan.json"
    path.write_bytes(msgspec.json.encode(PLAN))
    assert load_preset(str(path)) == PLAN
