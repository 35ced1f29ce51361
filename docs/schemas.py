"""Writes the JSON Schemas of plans, reports and comparisons beside this file: `python -m docs.schemas`."""

from __future__ import annotations

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from httptui.compare.comparison import Comparison, SweepComparison
from httptui.plan.io import plan_schema
from httptui.results.report import Report
from httptui.sweeps.report import SweepReport

FOLDER = Path(__file__).parent


def schemas() -> dict[str, str]:
    """The text of each schema by its file's name."""
    return {
        "plan.schema.json": text_of(plan_schema()),
        "report.schema.json": text_of(msgspec.json.schema(Report)),
        "comparison.schema.json": text_of(msgspec.json.schema(Comparison)),
        "sweep.schema.json": text_of(msgspec.json.schema(SweepReport)),
        "sweep-comparison.schema.json": text_of(msgspec.json.schema(SweepComparison)),
    }


def text_of(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(even(schema), indent=2, ensure_ascii=False) + "\n"


def even(part: Any) -> Any:
    """The same with descriptions that do not keep the indentation of their source, which some Pythons strip."""
    if isinstance(part, dict):
        return {
            key: cleandoc(value) if key == "description" and isinstance(value, str) else even(value)
            for key, value in part.items()
        }
    return [even(item) for item in part] if isinstance(part, list) else part


if __name__ == "__main__":
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, "utf-8")
