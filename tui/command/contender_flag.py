"""One `-e` flag: `ENGINE[:REUSE][,key=value…]`, where ENGINE may be `./mine.py:MyEngine`."""

from __future__ import annotations

import re
from typing import Any

from httptui.errors import PlanError
from httptui.plans.decode import did_you_mean
from httptui.plans.field import fields_in
from httptui.plans.plan import Contender
from httptui.plans.request_checks import shown

KEYS = tuple(name for name in fields_in(Contender) if name not in ("engine", "reuse"))
_FILE_ENGINE = re.compile(r"(?P<engine>.*\.py:[^:]*)(?::(?P<reuse>.*))?")
_NUMBERS = ("concurrency", "processes", "pool")
_REPEATED = ("requires",)


def contender_of(flag: str) -> dict[str, Any]:
    """The fields of a contender, unchecked; PlanError where the flag cannot be taken apart."""
    head, *pairs = flag.split(",")
    file_engine = _FILE_ENGINE.fullmatch(head)
    engine, reuse = (file_engine["engine"], file_engine["reuse"]) if file_engine else _split(head)
    fields: dict[str, Any] = {"engine": engine}
    if reuse is not None:
        fields["reuse"] = reuse
    problems = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key not in KEYS:
            guess = did_you_mean(key, list(KEYS)) or f"; {', '.join(KEYS)}"
            problems.append(f"-e {shown(flag)}: unknown key {shown(key)}{guess}")
        elif not equals:
            problems.append(f"-e {shown(flag)}: {key} has no value; {key}=…")
        elif key in _REPEATED:
            fields[key] = [*fields.get(key, ()), value]
        elif key in fields:
            problems.append(f"-e {shown(flag)}: {key} is given twice")
        else:
            fields[key] = _typed(key, value)
    if problems:
        raise PlanError(*problems)
    return fields


def _split(head: str) -> tuple[str, str | None]:
    engine, colon, reuse = head.partition(":")
    return engine, reuse if colon else None


def _typed(key: str, value: str) -> str | float:
    if key == "dns_ttl" and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    return int(value) if key in _NUMBERS and re.fullmatch(r"-?[0-9]{1,9}", value) else value
