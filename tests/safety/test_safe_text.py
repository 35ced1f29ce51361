"""Text from elsewhere never carries what a terminal would obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.safe_text import in_place, safe_text

hostile = st.text(
    st.characters()
    | st.sampled_from("\x1b\x07\x9b\x9d\u202e\u2066\u200b\u200d\ufeff\r\n\x7f\ud800\U000e0041"),
    max_size=300,
)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain [bold] text é 漢", "plain [bold] text é 漢"),
        ("\x1b]52;c;cGF5bG9hZA==\x07", "\ufffd]52;c;cGF5bG9hZA==\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("a\r\nb\tc\0", "a\ufffd\ufffdb\ufffdc\ufffd"),
        ("abc\u202ecba\u2066\u200b", "abc\ufffdcba\ufffd\ufffd"),
        ("\ud800\x7f\ufeff", "\ufffd\ufffd\ufffd"),
    ],
)
def test_what_a_terminal_obeys_is_replaced(text: str, safe: str):
    assert safe_text(text) == safe


@given(hostile, st.integers(0, 250))
def test_the_result_is_short_printable_and_encodable(text: str, limit: int):
    safe = safe_text(text, limit)
    assert len(safe) <= limit
    assert not {unicodedata.category(character) for character in safe} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    safe.encode()


@given(hostile)
def test_doing_it_twice_changes_nothing(text: str):
    assert safe_text(safe_text(text)) == safe_text(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200))
def test_plain_text_stays_as_it_is(text: str):
    assert safe_text(text) == text


def test_a_cut_is_shown():
    assert safe_text("a" * 300, 10) == "a" * 9 + "…"


@given(hostile)
def test_in_place_each_character_keeps_its_place(text: str):
    shown = in_place(text)
    assert len(shown) == len(text)
    assert all(one in ("\t", safe_text(one)) for one in shown)
    assert all(
        after in (before, "\N{REPLACEMENT CHARACTER}") for before, after in zip(text, shown, strict=True)
    )
