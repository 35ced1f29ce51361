"""Writes the JSON Schemas of plan and report beside this file: `python -m docs.schemas`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from httptui.plan_file import plan_schema
from httptui.report import Report

FOLDER = Path(__file__).parent


def schemas() -> dict[str, str]:
    """The text of each schema by its file's name."""
    return {
        "plan.schema.json": text_of(plan_schema()),
        "report.schema.json": text_of(msgspec.json.schema(Report)),
    }


def text_of(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, "utf-8")
