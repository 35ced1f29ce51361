"""A plan written as TOML: only what differs from the defaults, so that files stay short."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import UNSET

from httptui.plans.plan import Contender, Load, Plan, Policy, Schedule, Target

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def plan_to_toml(plan: Plan) -> str:
    """The plan as TOML that `plan_from_toml` reads back to an equal plan."""
    blocks = [
        _lines({"name": plan.name}, {"name": ""})
        + _description(plan.description)
        + _lines({"expect": plan.expect, "compare": plan.compare}, {"expect": (), "compare": "alike"})
    ]
    target = _fields(plan.target)
    headers = target.pop("headers")
    blocks.append(_table("target", target, _fields(Target()), always="url"))
    if headers:
        blocks.append("[target.headers]\n" + _lines(headers, {}))
    for name, part, default in (
        ("policy", plan.policy, Policy()),
        ("load", plan.load, Load()),
        ("schedule", plan.schedule, Schedule()),
    ):
        blocks.append(_table(name, _fields(part), _fields(default)))
    blocks.append(
        _table("sweep", {path: tuple(map(_short, levels)) for path, levels in plan.sweep.items()}, {})
    )
    usual = _fields(Contender(engine=""))
    blocks += ["[[contender]]\n" + _lines(_fields(contender), usual) for contender in plan.contender]
    return "\n".join(block for block in blocks if block)


def _description(text: str) -> str:
    """The description on lines of its own, where it has several."""
    if "\n" not in text:
        return _lines({"description": text}, {"description": ""})
    lines = "\n".join(_text(line)[1:-1] for line in text.split("\n"))
    return f'description = """\n{lines}"""\n'


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
    """A text, a number, a truth, a struct or a tuple of such in TOML, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, msgspec.Struct):
        pairs = (f"{_key(name)} = {toml_value(one)}" for name, one in _fields(value).items())
        return f"{{ {', '.join(pairs)} }}"
    return _text(value) if isinstance(value, str) else repr(value)


def _short(number: float) -> float:
    """A whole number without its decimals, as one would write it."""
    return int(number) if number == int(number) else number


def _text(value: str) -> str:
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 0x20 or ord(character) == 0x7F else character
