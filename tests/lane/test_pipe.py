"""Whatever a library says reaches the parent as text that it can read."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.protocol import encoded

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@given(st.dictionaries(ANY_TEXT, st.lists(ANY_TEXT)))
def test_every_text_can_be_read(message: dict[str, object]) -> None:
    msgspec.json.decode(encoded(message))


def test_a_lone_surrogate_is_told_by_its_escape() -> None:
    assert msgspec.json.decode(encoded({"header": "a\udcff"})) == {"header": r"a\udcff"}
    assert msgspec.json.decode(encoded({"whole": "😀"})) == {"whole": "😀"}


def test_what_is_no_json_is_told_in_its_words() -> None:
    assert msgspec.json.decode(encoded({"a": b"\xff.", "b": ValueError})) == {"a": r"\xff.", "b": "a type"}
