"""Structural validation: checks plain mappings against the plan's types, and finds every problem in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import inspect

from httptui.plan.field import tables_of
from httptui.plan.model import Plan
from httptui.plan.requests import shown
from httptui.safe_text import safe_text

MOST_DEPTH = 8
_UNREPEATED = {"headers", "body", "url", "urls"}


def type_problems(data: object, kind: type[msgspec.Struct] = Plan, name: str = "plan") -> tuple[str, ...]:
    """Return all structural problems, each with its path, of data that should be a plan or another struct.

    Empty if `msgspec` accepts the data. `name` is the word for the whole in messages.
    """
    if too_deep(data):
        return (f"{name}: nested more than {MOST_DEPTH} deep",)
    return tuple(_problems(kind, data, ""))


def too_deep(data: object) -> bool:
    """Return whether lists and tables are nested deeper than in any plan."""
    level = [data]
    for _ in range(MOST_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def did_you_mean(word: object, known: list[str]) -> str:
    """Return a suffix that suggests the nearest known word, or ""."""
    near = get_close_matches(word[:200], known, n=1, cutoff=0.6) if isinstance(word, str) else []
    return f'; did you mean "{near[0]}"?' if near else ""


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else []


def _problems(annotation: Any, value: object, path: str) -> Iterator[str]:
    kind = type_of(annotation)
    if isinstance(kind, inspect.StructType):
        yield from _table_problems(kind.cls, value, path)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(kind.item_type, inspect.StructType):
        yield from _list_problems(kind, kind.item_type.cls, value, path)
    elif isinstance(kind, inspect.VarTupleType):
        yield from _text_list_problems(kind, value, path)
    elif isinstance(kind, inspect.DictType) and isinstance(kind.value_type, inspect.VarTupleType):
        yield from _number_lists_problems(kind, kind.value_type, value, path)
    elif isinstance(kind, inspect.DictType):
        yield from _text_table_problems(value, path)
    else:
        yield from _leaf_problems(annotation, kind, value, path)


@cache
def type_of(annotation: Any) -> inspect.Type:
    """Return the type that an annotation describes; cached, because a form decodes at each keystroke."""
    return inspect.type_info(annotation)


@cache
def fields_of(struct: type) -> dict[str, msgspec.structs.FieldInfo]:
    """Return the fields of a struct by name; cached, because each call evaluates all annotations."""
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def _table_problems(struct: type, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path or 'plan'}: must be a table, not {_kind_of(value)}"
        return
    dot = f"{path}." if path else ""
    fields = fields_of(struct)
    for key in value:
        if key not in fields:
            yield f"{dot}{safe_text(str(key), 60)}: unknown field{did_you_mean(key, list(fields))}"
    for name, field in fields.items():
        if name in value:
            yield from _problems(field.type, value[name], f"{dot}{name}")
        elif field.required:
            yield f"{dot}{name}: missing{'; give at least one' if name == 'contender' else ''}"


def _list_problems(kind: inspect.VarTupleType, struct: type, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, (list, tuple)):
        yield f"{path}: must be a list of tables ([[{path}]] in TOML), not {_kind_of(value)}"
        return
    yield from _length_problems(kind, value, path)
    for index, item in enumerate(value[: kind.max_length]):
        yield from _table_problems(struct, item, f"{path}[{index}]")


def _text_list_problems(kind: inspect.VarTupleType, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, (list, tuple)):
        yield f"{path}: must be a list of texts, not {_kind_of(value)}"
        return
    yield from _length_problems(kind, value, path)
    for index, item in enumerate(value[: kind.max_length]):
        if not isinstance(item, str):
            yield f"{path}[{index}]: must be text, not {_kind_of(item)}"
        elif not _fits(kind.item_type, item):
            what = "this text" if path.rpartition(".")[2] in _UNREPEATED else shown(item)
            yield f"{path}[{index}]: {what} is not allowed; {_allowed(kind.item_type)}"


def _fits(kind: inspect.Type, text: str) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _fits(kind.type, text)
    assert isinstance(kind, inspect.StrType)
    return (kind.max_length is None or len(text) <= kind.max_length) and (
        kind.pattern is None or re.search(kind.pattern, text) is not None
    )


def _length_problems(kind: inspect.VarTupleType, value: Sequence[object], path: str) -> Iterator[str]:
    low, high = kind.min_length or 0, kind.max_length
    if len(value) < low or (high is not None and len(value) > high):
        yield f"{path}: {len(value)} given; from {low} to {high}"


def _text_table_problems(value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: must be a table of texts, not {_kind_of(value)}"
        return
    for key, text in value.items():
        if not isinstance(key, str) or not isinstance(text, str):
            yield f"{path}.{safe_text(str(key), 60)}: must be text, not {_kind_of(text)}"


def _number_lists_problems(
    kind: inspect.DictType, lists: inspect.VarTupleType, value: object, path: str
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: must be a table of lists of numbers, not {_kind_of(value)}"
        return
    if kind.max_length is not None and len(value) > kind.max_length:
        yield f"{path}: {len(value)} lists given; at most {kind.max_length}"
    for key, numbers in list(value.items())[: kind.max_length]:
        where = f"{path}.{safe_text(str(key), 60)}"
        if not isinstance(numbers, (list, tuple)):
            quoted = "; a path with dots is one key, in quotes" if isinstance(numbers, dict) else ""
            yield f"{where}: must be a list of numbers, not {_kind_of(numbers)}{quoted}"
            continue
        yield from _length_problems(lists, numbers, where)
        for index, number in enumerate(numbers[: lists.max_length]):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                repeated = f"{shown(number)} is" if isinstance(number, str) else f"{_kind_of(number)} is"
                yield f"{where}[{index}]: {repeated} not allowed; a number"


def _leaf_problems(annotation: Any, kind: inspect.Type, value: object, path: str) -> Iterator[str]:
    try:
        msgspec.convert(value, annotation)
    except msgspec.ValidationError:
        repeated = path.rpartition(".")[2] not in _UNREPEATED and isinstance(value, (str, int, float))
        what = shown(value) if repeated else f"this {_kind_of(value).removeprefix('a ')}"
        yield f"{path}: {what} is not allowed; {_allowed(kind)}{did_you_mean(value, _words(kind))}"


@cache
def field_at(path: str) -> msgspec.structs.FieldInfo:
    """Return the field at a path of a plan; a path such as `contender.read` stands for any contender's."""
    table, _, name = path.rpartition(".")
    return fields_of(tables_of(Plan)[table] if table else Plan)[name]


@cache
def kinds_of(path: str) -> tuple[inspect.Type, ...]:
    """Return the types that the value at a path may have, without None and metadata."""
    return tuple(_plain_kinds(type_of(field_at(path).type)))


def _plain_kinds(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        yield from _plain_kinds(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for part in kind.types:
            yield from _plain_kinds(part)
    elif not isinstance(kind, inspect.NoneType):
        yield kind


def default_at(path: str) -> Any:
    """Return the default at a path; UNSET if there is none."""
    field = field_at(path)
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return msgspec.UNSET if field.default is msgspec.NODEFAULT else field.default


def words_at(path: str) -> tuple[str, ...]:
    """Return the words allowed at a path, in the order of their declaration."""
    return tuple(_words_in(field_at(path).type))


def _words_in(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for part in get_args(annotation):
            yield from _words_in(part)


def is_list(path: str) -> bool:
    """Return whether the value at a path is a list or a table of values."""
    return isinstance(kinds_of(path)[0], (inspect.VarTupleType, inspect.DictType))


def allowed_at(path: str) -> str:
    """Describe the values allowed at a path, if it holds a number or one of a few words; otherwise ""."""
    told = (inspect.IntType, inspect.FloatType, inspect.LiteralType)
    return _allowed(type_of(field_at(path).type)) if isinstance(kinds_of(path)[0], told) else ""


def _allowed(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra_json_schema or {}).get("description")) or _allowed(kind.type)
    if isinstance(kind, inspect.UnionType):
        return " or ".join(_allowed(part) for part in kind.types if not isinstance(part, inspect.NoneType))
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(f'"{word}"' for word in _words(kind))
    if isinstance(kind, (inspect.IntType, inspect.FloatType)):
        return _allowed_number(kind)
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    if isinstance(kind, inspect.StrType):
        low, high = kind.min_length or 0, kind.max_length
        return "text" if high is None else f"text of {low} to {high} characters"
    return "see the schema"


def _allowed_number(kind: inspect.IntType | inspect.FloatType) -> str:
    name = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    low = f" from {kind.ge}" if kind.ge is not None else f" above {kind.gt}" if kind.gt is not None else ""
    high = f" to {kind.le}" if kind.le is not None else ""
    return f"{name}{low}{high}"


def _words(kind: inspect.Type) -> list[str]:
    if isinstance(kind, inspect.UnionType):
        return [word for part in kind.types for word in _words(part)]
    return sorted(str(word) for word in kind.values) if isinstance(kind, inspect.LiteralType) else []


def _kind_of(value: object) -> str:
    names: Mapping[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        dict: "a table",
        list: "a list",
        tuple: "a list",
        type(None): "nothing",
    }
    return names.get(type(value), safe_text(type(value).__name__, 40))
