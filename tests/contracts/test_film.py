"""The film in the README is one that players can read, short, small, and names nobody."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from docs.recording import FILM, MOST_BYTES, as_cast

MOST_SECONDS = 30


def test_the_film_shows_a_whole_run_and_is_short_and_small() -> None:
    header, *pieces = [json.loads(line) for line in FILM.read_text("utf-8").splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 120, 40)
    assert all(first[0] <= second[0] for first, second in pairwise(pieces))
    assert pieces[-1][0] < MOST_SECONDS
    assert FILM.stat().st_size < MOST_BYTES
    shown = "".join(text for _, kind, text in pieces if kind == "o")
    for words in ("press ", "running", "p99 latency over time", "Measured", "done", "Ranking"):
        assert words in shown


def test_a_film_that_is_too_large_or_names_a_folder_of_ones_own_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        as_cast([(0.0, "x" * MOST_BYTES)], "large")
    with pytest.raises(ValueError, match="shows"):
        as_cast([(0.0, f"saved in {Path.home()}")], "telling")


def test_what_is_asked_of_a_terminal_someone_types_into_is_left_out_and_time_begins_with_the_picture() -> (
    None
):
    asked = "\x1b[?1049h\x1b[?1003h\x1b[?2026$p\x1b[>25u"
    cast = as_cast([(1.0, "\x1b[?2004h"), (1.5, asked), (2.0, "é")], "short")
    assert [json.loads(line) for line in cast.splitlines()[1:]] == [
        [0.0, "o", "\x1b[?1049h"],
        [0.5, "o", "é"],
    ]
