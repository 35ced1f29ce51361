"""Plans as TOML, JSON and plain mappings, in and out, and their JSON Schema."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, structs

from httptui.errors import PlanError
from httptui.plan.checks import check_plan
from httptui.plan.decode import type_problems
from httptui.plan.field import fields_in, tables_of
from httptui.plan.model import Contender, Plan, Stage
from httptui.plan.urls import in_one_form, with_urls_read
from httptui.safe_text import safe_text

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def plan_to_toml(plan: Plan) -> str:
    """Write the plan as TOML that `plan_from_toml` reads back to an equal plan."""
    values, usual = _fields(plan), _fields(Plan(contender=()))
    blocks: list[str] = []
    own: dict[str, Any] = {}
    for name, value in values.items():
        if name == "contender":
            each = _fields(Contender(engine=""))
            blocks += ["[[contender]]\n" + _lines(_fields(contender), each) for contender in value]
        elif isinstance(value, msgspec.Struct):
            blocks += _tables(name, value, usual[name])
        elif isinstance(value, dict):
            levels = {path: tuple(map(_short, levels)) for path, levels in value.items()}
            blocks.append(_table(name, levels, {}))
        else:
            own[name] = value
    return "\n".join(block for block in (_own_lines(own, usual), *blocks) if block)


def _own_lines(values: dict[str, Any], usual: dict[str, Any]) -> str:
    """Write the values that are in no table; a text of several lines on lines of its own."""
    return "".join(
        _text_of_lines(name, value)
        if isinstance(value, str) and "\n" in value
        else _lines({name: value}, usual)
        for name, value in values.items()
    )


def _text_of_lines(name: str, text: str) -> str:
    lines = "\n".join(_text(line)[1:-1] for line in text.split("\n"))
    return f'{_key(name)} = """\n{lines}"""\n'


def _tables(name: str, struct: msgspec.Struct, usual: msgspec.Struct) -> Iterator[str]:
    """Write a table and those within it; the URL is never left out."""
    values = _fields(struct)
    within = {key: values.pop(key) for key, value in list(values.items()) if isinstance(value, dict)}
    yield _table(name, values, _fields(usual), always="url")
    yield from (f"[{name}.{key}]\n{_lines(table, {})}" for key, table in within.items() if table)


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(struct, name) for name in struct.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def _table(name: str, values: dict[str, Any], usual: dict[str, Any], always: str = "") -> str:
    lines = _lines(values, {key: value for key, value in usual.items() if key != always})
    return f"[{name}]\n{lines}" if lines else ""


def _lines(values: dict[str, Any], usual: dict[str, Any]) -> str:
    return "".join(
        f"{_key(name)} = {toml_value(value)}\n"
        for name, value in values.items()
        if value is not None and (name not in usual or value != usual[name])
    )


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def toml_value(value: object) -> str:
    """Write a text, a number, a boolean, a struct or a tuple of such in TOML, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, msgspec.Struct):
        pairs = (f"{_key(name)} = {toml_value(one)}" for name, one in _fields(value).items())
        return f"{{ {', '.join(pairs)} }}"
    return _text(value) if isinstance(value, str) else repr(value)


def _short(number: float) -> float:
    """Return a whole number as an int, as one would write it."""
    return int(number) if number == int(number) else number


def _text(value: str) -> str:
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 or ord(character) == 0x7F else character


MOST_BYTES = 16 * 1024 * 1024
"""Room for the longest body and the longest list of URLs, each character escaped."""
MOST_KEY_PARTS = 32

# A text or a comment of TOML, whatever is in it; possessive, so that each is read once.
_TEXTS = re.compile(
    r'"""(?:[^\\"]|\\.|"{1,2}(?!"))*+"""'
    r"|'''(?:[^']|'{1,2}(?!'))*+'''"
    r'|"(?:[^"\\\n]|\\.)*+"|'
    r"'[^'\n]*+'|#[^\n]*+",
    re.DOTALL,
)
_DEEP_KEY = re.compile(rf"(?<![\w.-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{MOST_KEY_PARTS}}}")


def plan_from_mapping(data: object) -> Plan:
    """Decode and check what TOML or JSON gave; PlanError lists every problem by path."""
    return check_decoded(decode_plan(data))


def check_decoded(plan: Plan) -> Plan:
    """Return a decoded plan, with the URLs of its file read, if it can be run; PlanError lists every problem."""
    plan = _in_one_form(with_urls_read(plan))
    if problems := check_plan(plan):
        raise PlanError(*problems)
    return plan


def _in_one_form(plan: Plan) -> Plan:
    """Return the plan with each address in its URLs in normal form."""
    target = plan.target
    url, urls = in_one_form(target.url), tuple(map(in_one_form, target.urls))
    if (url, urls) == (target.url, target.urls):
        return plan
    return structs.replace(plan, target=structs.replace(target, url=url, urls=urls))


def decode_plan(data: object) -> Plan:
    """Decode without the checks that need the whole plan; for plans that are still to be completed."""
    if problems := type_problems(data):
        raise PlanError(*problems)
    try:
        return msgspec.convert(data, Plan)
    except (msgspec.ValidationError, RecursionError, ValueError) as error:
        raise PlanError(f"plan: {safe_text(str(error))}") from None


def checked_plan(plan: Plan) -> Plan:
    """Check a plan made in Python, whose values nothing checked, and read its URL file; PlanError if invalid."""
    try:
        data = msgspec.to_builtins(plan)
    except (TypeError, ValueError, RecursionError) as error:
        raise PlanError(f"plan: {safe_text(str(error))}") from None
    return plan_from_mapping(data)


def plan_from_toml(text: str) -> Plan:
    """Decode and check a plan in TOML; PlanError lists every problem."""
    return plan_from_mapping(mapping_from_toml(text))


def plan_from_json(text: str) -> Plan:
    """Decode and check a plan in JSON; PlanError lists every problem."""
    return plan_from_mapping(mapping_from_json(text))


def mapping_from_toml(text: str) -> dict[str, Any]:
    """Read TOML as plain values, within the size that a plan may have."""
    _check_size(text)
    # Its parser takes a time with the square of a key's length.
    if _DEEP_KEY.search(_TEXTS.sub("_", text)):
        raise PlanError("plan: nested too deep")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise PlanError("plan: nested too deep") from None
    except ValueError as error:
        raise PlanError(f"plan: not valid TOML: {safe_text(str(error))}") from None


def mapping_from_json(text: str) -> object:
    """Read JSON as plain values, within the size that a plan may have; refuse NaN, Infinity and repeated keys."""
    _check_size(text)
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    except RecursionError:
        raise PlanError("plan: nested too deep") from None
    except ValueError as error:
        raise PlanError(f"plan: not valid JSON: {safe_text(str(error))}") from None


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan."""
    schema = json.loads(msgspec.json.encode(msgspec.json.schema(Plan)))
    structs_in: tuple[type[msgspec.Struct], ...] = (Plan, Stage, *tables_of(Plan).values())
    for struct in structs_in:
        properties = schema["$defs"][struct.__name__]["properties"]
        for name, field in fields_in(struct).items():
            properties[name] |= {"description": field.meaning}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "httptui plan", **schema}


def _check_size(text: str) -> None:
    if len(text) > MOST_BYTES:
        raise PlanError(f"plan: longer than {MOST_BYTES // 1024 // 1024} MiB")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key is given twice in one object")
    return table
