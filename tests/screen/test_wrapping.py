"""Wrapped sentences keep numbers whole."""

from __future__ import annotations

import pytest

from httptui.tui.panels.panel import wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("requests 1 670 in the warm-up", 10, ["requests", "1 670 in", "the", "warm-up"]),
        ("slower by 13 % for B", 12, ["slower by", "13 % for B"]),
        ("it took 118 µs of CPU", 13, ["it took", "118 µs of CPU"]),
        ("one of 4 contenders", 8, ["one of 4", "contende", "rs"]),
        ("", 20, []),
        ("a narrow one", 3, ["a narrow", "one"]),
    ],
)
def test_a_number_stays_with_its_thousands_and_its_unit(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert wrapped("the sentence goes on and on", 12, 2) == ["the sentence", "goes on …"]
