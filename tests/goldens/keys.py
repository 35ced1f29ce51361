"""Lists the names that users' files, flags and programs rely on, one a line.

Descriptions, class names and module paths are left out, because they may change.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from inspect import get_annotations, signature
from pathlib import Path
from typing import Any

import msgspec

import httptui
from docs.schemas import schemas
from httptui.compare.compare import COMPARED
from httptui.compare.sweeps import COMPARED_FIELDS
from httptui.doctor.findings import CATALOGUE
from httptui.doctor.render import DoctorJson
from httptui.engines.base import AsyncEngine, Request, Settings, SyncEngine
from httptui.engines.registry import GROUP, engine_info
from httptui.plan.expectations import OPERATORS, QUANTITIES
from httptui.results.snapshot import Snapshot
from httptui.selftest import SelfTest
from httptui.sweeps.report import SweepSnapshot
from httptui.tui.cli.plan_options import KEYS
from httptui.tui.keymap import bound_actions
from httptui.tui.panels.columns import BY_NAME
from httptui.tui.settings import settings_schema

PROJECT = Path(__file__).resolve().parents[2]
Part = Mapping[str, Any]
NO_LIMITS = frozenset(
    {"$defs", "$ref", "$schema", "anyOf", "description", "items", "prefixItems", "properties", "title"}
)
"""Keywords that say where a place is or what it means, not what it may hold."""
FACTS = (
    "mode",
    "package",
    "http_versions",
    "abilities",
    "reads",
    "resolver",
    "methods",
    "unsafe_shared",
    "usual_loop",
    "sent_once",
)
"""Facts that an engine declares, independent of what is installed."""


def names_and_keys() -> Iterator[tuple[str, str]]:
    """Yield each list with the name of its file."""
    for name, text in schemas().items():
        yield f"{name.removesuffix('.schema.json')}.txt", _lines(*key_lines(json.loads(text)))
    yield "settings.txt", _lines(*key_lines(settings_schema()))
    yield "stream-run.txt", _lines(*key_lines(msgspec.json.schema(Snapshot)))
    yield "stream-sweep.txt", _lines(*key_lines(msgspec.json.schema(SweepSnapshot)))
    yield "doctor.txt", _lines(*key_lines(msgspec.json.schema(DoctorJson)), *_checks())
    yield "selftest.txt", _lines(*key_lines(msgspec.json.schema(SelfTest)))
    yield "actions.txt", _lines(*_actions())
    yield "engines.txt", _lines(*_engines())
    yield "words.txt", _lines(*_words())
    yield "python.txt", _lines(*_python())


def key_lines(schema: Part) -> list[str]:
    """Return a line for each place of a JSON Schema, such as `contenders[].latency_ms.p99 {"type": "number"}`."""
    return list(_places(schema, "", schema.get("$defs", {}), ()))


def _places(part: Part, path: str, defs: Mapping[str, Part], inside: tuple[str, ...]) -> Iterator[str]:
    if name := part.get("$ref", "").rpartition("/")[2]:
        if name in inside:
            yield f"{path} as further up"
            return
        own = {key: value for key, value in part.items() if key != "$ref"}
        yield from _places({**defs[name], **own}, path, defs, (*inside, name))
        return
    limits = {key: value for key, value in part.items() if key not in NO_LIMITS and not _is_place(key, value)}
    if limits or "anyOf" not in part:
        yield f"{path or '.'} {json.dumps(limits, ensure_ascii=False, sort_keys=True)}"
    for below, inner in _below(part):
        yield from _places(inner, f"{path}{below}" if path else below.removeprefix("."), defs, inside)


def _below(part: Part) -> Iterator[tuple[str, Part]]:
    """Yield each sub-schema with its suffix of the path."""
    for key, inner in part.get("properties", {}).items():
        yield f".{key}", inner
    for key, added in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(inner := part.get(key), dict):
            yield added, inner
    for place, inner in enumerate(part.get("prefixItems", ())):
        yield f"[{place}]", inner
    for inner in part.get("anyOf", ()):
        yield "", inner


def _is_place(key: str, value: object) -> bool:
    """Tell whether a key describes the values of a map, rather than forbidding unknown keys."""
    return key == "additionalProperties" and isinstance(value, dict)


def _checks() -> Iterator[str]:
    for group, checks in CATALOGUE.items():
        for name in checks:
            yield f"check {group}: {name}"


def _actions() -> Iterator[str]:
    """List the id and keys of every action; `first`: it has priority over typing."""
    for action in sorted(bound_actions().values()):
        yield f"{action.id}: {' '.join(action.keys)}{' (first)' if action.priority else ''}"


def _engines() -> Iterator[str]:
    """List the built-in engines by the names of their entry points, and their facts."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    yield f"entry points: {GROUP}"
    for name in sorted(project["entry-points"][GROUP]):
        info = engine_info(name)
        yield name
        yield from (f"  {fact}: {_told(getattr(info, fact))}" for fact in FACTS)


def _words() -> Iterator[str]:
    """List the names that flags and settings accept, beside the keys of a plan."""
    yield f"-e: {', '.join(KEYS)}"
    yield f"operators: {' '.join(OPERATORS)}"
    yield from (f"--expect {name}: {_told(units)}" for name, units in QUANTITIES.items())
    yield f"--threshold, of runs: {', '.join(COMPARED)}"
    yield f"--threshold, of sweeps: {', '.join(COMPARED_FIELDS)}"
    yield f"columns: {', '.join(BY_NAME)}"


def _python() -> Iterator[str]:
    """List the names that programs import, and those that engines of users rely on."""
    yield from (f"httptui.{name}" for name in sorted(httptui.__all__))
    yield from (f"httptui.run({name})" for name in signature(httptui.run).parameters)
    yield from (f"httptui.sweep({name})" for name in signature(httptui.sweep).parameters)
    for kind in (AsyncEngine, SyncEngine, Request, Settings):
        yield from (f"{kind.__name__}.{name}" for name in sorted(_public(kind)))


def _public(kind: type) -> set[str]:
    """Return the public names of a class and its bases, including fields without a default."""
    return {
        name
        for base in kind.__mro__
        if base.__module__ != "builtins"
        for name in (*vars(base), *get_annotations(base))
        if not name.startswith("_")
    }


def _told(value: object) -> str:
    if isinstance(value, Mapping | tuple | list):
        return ", ".join(f'"{one}"' if not one else str(one) for one in value) or "none"
    return str(value) or "none"


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
