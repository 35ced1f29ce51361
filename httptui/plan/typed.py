"""Plans as people type them: converts each field to a text and back, by its type and declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from msgspec import UNSET, inspect

from httptui.plan.decode import default_at, kinds_of, words_at
from httptui.plan.field import Field, fields_of_plan, not_swept, tables_of
from httptui.plan.model import CHOICES, Contender, Plan, Stage
from httptui.plan.sweep import ORDER
from httptui.plan.texts import (
    headers_of,
    headers_text,
    lines_of,
    names_of,
    number_or_word,
    number_text,
    real_number,
    requirements_of,
    requirements_text,
    stages_of,
    stages_text,
    sweep_of,
    sweep_text,
    truth_of,
    truth_text,
    whole_number,
)

Kind = Literal["box", "choice", "line", "lines"]
"""A boolean, one of a few words, and text of one line or of several."""
Reading = tuple[Any, tuple[str, ...]]
"""The value that was read, UNSET if there is none, and the problems of those parts that were not."""


class Codec(NamedTuple):
    """Converts the values of a type to texts and back; `read` raises ValueError if nothing of a text can be read."""

    kind: Kind
    write: Callable[[Any], str]
    read: Callable[[str], Reading]


def _whole(read: Callable[[str], Any]) -> Callable[[str], Reading]:
    return lambda text: (read(text), ())


WHOLE = Codec("line", number_text, _whole(whole_number))
REAL = Codec("line", number_text, _whole(real_number))
TRUTH = Codec("box", truth_text, _whole(truth_of))
WORD = Codec("choice", str, _whole(str))
NUMBER_OR_WORD = Codec("line", str, _whole(number_or_word))
LINE = Codec("line", str, _whole(str))
TRIMMED = Codec("line", str, _whole(str.strip))
TEXT = Codec("lines", str, _whole(str))
HEADERS = Codec("lines", headers_text, headers_of)
STAGES = Codec("line", stages_text, stages_of)
SWEEP = Codec("line", sweep_text, sweep_of)
SIMPLE: Mapping[type[inspect.Type], Codec] = {
    inspect.BoolType: TRUTH,
    inspect.LiteralType: WORD,
    inspect.IntType: WHOLE,
    inspect.FloatType: REAL,
}
LISTS = {
    "lines": Codec("lines", "\n".join, _whole(lines_of)),
    "words": Codec("line", ", ".join, _whole(names_of)),
    "packages": Codec("line", requirements_text, _whole(requirements_of)),
}


@dataclass(frozen=True, slots=True)
class TypedField:
    """A field as people type it.  `words` are the values of a choice; an `optional` field may be left empty."""

    path: str
    field: Field
    codec: Codec
    usual: Any
    words: tuple[str, ...] = ()
    optional: bool = False

    @property
    def numeric(self) -> bool:
        """True if its values are numbers only."""
        return self.codec in (WHOLE, REAL)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """The values of a choice, each with its name on the screen."""
        called = dict(self.field.names)
        return tuple((word, called.get(word, word)) for word in self.words)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The texts to show in an empty control, the longest first: the default unless others are declared."""
        return self.field.empty or (self.text(self.usual),)

    def text(self, value: Any) -> str:
        """Write a value; "" for None and UNSET."""
        return "" if value is None or value is UNSET else self.codec.write(value)

    def value(self, text: str) -> Reading:
        """Read a text as plain data."""
        if self.field.give and not text.strip():
            return UNSET, (f"is empty; give {self.field.give}",)
        if self.optional and not (text if self.codec is LINE else text.strip()):
            return UNSET, ()
        try:
            return self.codec.read(text)
        except ValueError as problem:
            return UNSET, (str(problem),)

    def told(self, text: str) -> str:
        """Describe the text in a few words, such as "DNS cache 60 s"; "" if it is empty or the default."""
        text = text.strip()
        if text in ("", self.text(self.usual)):
            return ""
        return self.field.told.format(text) or f"{self.field.label} {text} {self.field.unit}".rstrip()


def _typed_field(path: str, field: Field) -> TypedField:
    codec, default = _codec_of(path, field), default_at(path)
    empty = ("",) if default is None or default is UNSET else ()
    words = (*empty, *words_at(path)) if codec is WORD else ()
    return TypedField(path, field, codec, default, words, _is_optional(codec, path, default))


def _is_optional(codec: Codec, path: str, default: Any) -> bool:
    """Return whether an empty text means no value.  Of fields that exclude each other only the usual one may be
    empty, and of a contender any number.
    """
    if path in CHOICE_OF:
        return path.rpartition(".")[2] == _names_of(CHOICE_OF[path])[0] and default is None
    of_contender = path.startswith(_CONTENDERS) and codec in (WHOLE, REAL)
    # "" is a label that somebody gave; a contender without a label has no text for it.
    absent = default is None or (default is UNSET and codec is not LINE)
    return absent or of_contender or codec is NUMBER_OR_WORD


def _codec_of(path: str, field: Field) -> Codec:
    kinds = kinds_of(path)
    if len(kinds) > 1 and any(isinstance(kind, inspect.IntType) for kind in kinds):
        return NUMBER_OR_WORD
    if simple := SIMPLE.get(type(kinds[0])):
        return simple
    match kinds[0]:
        case inspect.StrType(pattern=pattern):
            return TEXT if field.typed == "text" else LINE if pattern is None else TRIMMED
        case inspect.DictType(value_type=inspect.VarTupleType()):
            return SWEEP
        case inspect.DictType():
            return HEADERS
        case inspect.VarTupleType(item_type=inspect.StructType(cls=cls)) if cls is Stage:
            return STAGES
        case inspect.VarTupleType():
            return LISTS[field.typed or "lines"]
    raise TypeError(f"nobody can type {path}")


def _names_of(choice: str) -> tuple[str, ...]:
    """Return the names of the fields that exclude each other."""
    return tuple(name for name, _ in CHOICES[choice].names)


TABLES = tuple(name for name in tables_of(Plan) if name != "contender")
CHOICE_OF: Mapping[str, str] = {
    f"{choice.partition('.')[0]}.{name}": choice for choice in CHOICES for name in _names_of(choice)
}
"""Path of a field that excludes others → the choice among them."""
_DECLARED = fields_of_plan(Plan).items()
_CONTENDERS = "contender."
OF_A_PLAN: Mapping[str, TypedField] = {
    path: _typed_field(path, field) for path, field in _DECLARED if not path.startswith(_CONTENDERS)
}
"""All fields except those of contenders, by path."""
OF_A_CONTENDER: Mapping[str, TypedField] = {
    path.removeprefix(_CONTENDERS): _typed_field(path, field)
    for path, field in _DECLARED
    if path.startswith(_CONTENDERS)
}
"""The fields of a contender, by name."""
PATHS = (*CHOICES, *OF_A_PLAN)
"""The paths that have a text in a plan as it is typed."""


def texts_of(plan: Plan) -> dict[str, str]:
    """Write a plan without its contenders: the text of each of `PATHS`."""
    values = {path: _value_at(plan, path) for path in OF_A_PLAN}
    chosen_now = {choice: _given(choice, values) for choice in CHOICES}
    return chosen_now | {path: OF_A_PLAN[path].text(value) for path, value in values.items()}


def ambiguous_in(plan: Plan) -> dict[tuple[str, str], str]:
    """Return the words of a plan that look like numbers, by path and text, so that they are not read as such."""
    fields = (path for path, typed in OF_A_PLAN.items() if typed.codec is NUMBER_OR_WORD)
    values = ((path, _value_at(plan, path)) for path in fields)
    return {(path, value): value for path, value in values if isinstance(value, str)}


def contender_texts(contender: Contender) -> dict[str, str]:
    """Write a contender: its texts by name, without fields that are UNSET; a number at its default is ""."""
    return {
        name: "" if typed.numeric and value == typed.usual else typed.text(value)
        for name, typed in OF_A_CONTENDER.items()
        if (value := getattr(contender, name)) is not UNSET
    }


def _value_at(plan: Plan, path: str) -> Any:
    value: Any = plan
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _given(choice: str, values: Mapping[str, Any]) -> str:
    """Return which of the fields that exclude each other a plan gives: the last one that is not at its default."""
    names, table = _names_of(choice), choice.partition(".")[0]
    paths = {name: f"{table}.{name}" for name in names}
    given = [name for name, path in paths.items() if values[path] != OF_A_PLAN[path].usual]
    return given[-1] if given else names[0]


def alternatives(choice: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of those fields of a choice that may be given."""
    table = choice.partition(".")[0]
    return tuple(name for name in _names_of(choice) if _may_be_given(f"{table}.{name}", texts))


def chosen(choice: str, texts: Mapping[str, str]) -> str:
    """Return which field of a choice is given: as chosen, or the first if that one may not be; "" if none may."""
    allowed = alternatives(choice, texts)
    return texts[choice] if texts[choice] in allowed else next(iter(allowed), "")


def counts(path: str, texts: Mapping[str, str]) -> bool:
    """Return whether the text of a field becomes part of the plan."""
    if not _may_be_given(path, texts):
        return False
    choice = CHOICE_OF.get(path)
    return choice is None or chosen(choice, texts) == path.rpartition(".")[2]


def has_effect(path: str, texts: Mapping[str, str]) -> bool:
    """Return whether a field or a choice has an effect beside all other texts."""
    if path in CHOICES:
        return bool(alternatives(path, texts))
    useful = OF_A_PLAN[path].field.useful
    return counts(path, texts) and (useful is None or useful(texts))


def _may_be_given(path: str, texts: Mapping[str, str]) -> bool:
    only = OF_A_PLAN[path].field.only
    return only is None or only(texts)


def values_of(
    texts: Mapping[str, str], words: Mapping[tuple[str, str], str] | None = None
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Read a plan without contenders as plain dicts and lists; return it and the problems, each with its path.

    Texts that cannot be read and those that do not count are left out.  `words` are as of `ambiguous_in`.
    """
    values: dict[str, Any] = {table: {} for table in TABLES}
    problems: list[tuple[str, str]] = []
    for path, typed in OF_A_PLAN.items():
        if counts(path, texts):
            table, _, name = path.rpartition(".")
            read, wrong = typed.value(texts[path])
            problems += [(path, words) for words in wrong]
            if read is not UNSET:
                word = (words or {}).get((path, texts[path]))
                (values[table] if table else values)[name] = read if word is None else word
    if not not_swept(texts):
        values["schedule"]["kind"] = ORDER
    return values, problems


def contender_values(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Read a contender as plain data; return it and the problems, each with the name of its field."""
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, text in texts.items():
        read, wrong = OF_A_CONTENDER[name].value(text)
        problems += [(name, words) for words in wrong]
        if read is not UNSET:
            values[name] = read
    return values, problems
