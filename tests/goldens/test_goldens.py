"""Outputs are those recorded, and every change since the freeze is listed with its reason.

`python -m tests.goldens.record` records anew.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from tests.goldens.calling import steady
from tests.goldens.frozen import Case, cases, is_of, outputs_of
from tests.goldens.keys import key_lines
from tests.goldens.store import RECORD, changed, differences, intended, recorded, unlisted

pytestmark = pytest.mark.long

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_outputs_are_as_recorded(case: Case) -> None:
    before = {name: text for name, text in recorded().items() if is_of(name, case)}
    found = differences(before, outputs_of(case))
    assert not found, "\n\n".join((*found, f"if that is meant: {RECORD}, and say why in intended.toml"))


def test_everything_recorded_is_still_made() -> None:
    assert not [name for name in recorded() if not any(is_of(name, case) for case in CASES)]


def test_every_change_since_the_freeze_is_listed_with_its_reason() -> None:
    names, listed = changed(), intended()
    assert not unlisted(names, listed), "say why in intended.toml"
    assert not [pattern for pattern in listed if not any(fnmatchcase(name, pattern) for name in names)]
    assert all(listed.values())


def test_long_numbers_are_cut_and_nothing_else_is() -> None:
    text = "3.11.7 0.28 1.0 -20.0 12345.6789"
    assert steady(text) == text
    assert steady("0.30000000000000004 0.9999999999999999 1234567.8901234567") == "0.3 1.0 1234567.89"
    assert steady("[-0.19999999999999996, 1.2345678901234567e-07]") == "[-0.2, 1.23456789e-07]"


def test_a_schema_is_a_line_for_each_place() -> None:
    schema = {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": {
                "type": "object",
                "description": "Left out.",
                "properties": {
                    "one": {"type": "array", "items": {"$ref": "#/$defs/B"}},
                    "two": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/A"}], "default": None},
                    "three": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
                },
                "required": ["one"],
            },
            "B": {"title": "B", "enum": ["x", "y"]},
        },
    }
    assert key_lines(schema) == [
        '. {"required": ["one"], "type": "object"}',
        'one {"type": "array"}',
        'one[] {"enum": ["x", "y"]}',
        'two {"default": null}',
        'two {"type": "null"}',
        "two as further up",
        'three {"type": "object"}',
        'three.* {"minimum": 0, "type": "number"}',
    ]
