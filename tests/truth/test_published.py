from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.published import PAGE, Kept, between_markers, command_line, publish, surroundings, table

EMPTY = "# Page\n\n<!-- one -->\n<!-- /one -->\n\n<!-- other -->\nold\n<!-- /other -->\nend\n"


def test_a_table_has_words_to_the_left_and_figures_to_the_right() -> None:
    assert table(("who", "how", "req/s"), [["A", "so", "12"]], words=2) == (
        "| who | how | req/s |\n| --- | --- | --: |\n| A | so | 12 |"
    )


def test_a_result_replaces_what_was_between_its_markers_and_nothing_else() -> None:
    once = between_markers(EMPTY, "other", "new \\1\n")
    assert once == EMPTY.replace("old", "new \\1")
    assert between_markers(once, "other", "new \\1") == once
    assert between_markers(EMPTY, "one", "first").startswith("# Page\n\n<!-- one -->\nfirst\n<!-- /one -->\n")


@pytest.mark.parametrize("page", ["", "<!-- one -->\n", EMPTY + EMPTY])
def test_a_page_without_its_one_place_is_refused(page: str) -> None:
    with pytest.raises(LookupError, match="'one'"):
        between_markers(page, "one", "text")


def test_only_write_changes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(EMPTY)
    publish("one", "body", write=False, page=page)
    assert page.read_text() == EMPTY
    publish("one", "body", write=True, page=page)
    assert "<!-- one -->\nbody\n<!-- /one -->" in page.read_text()
    assert page.stat().st_mode & 0o777 == 0o644
    assert capsys.readouterr().out == "body\nbody\n"


@pytest.mark.parametrize(
    "name",
    [
        "feed",
        "constructed",
        "limiter",
        "aa",
        "known effect",
        "sessions",
        "pacing",
        "overhead",
        "watching",
        "memory",
        "builds",
        "fastapi order",
        "faults",
    ],
)
def test_every_benchmark_has_its_place_on_the_page(name: str) -> None:
    assert f"<!-- {name} -->\nnew\n<!-- /{name} -->" in between_markers(PAGE.read_text(), name, "new")


def test_help_tells_how_long_it_takes() -> None:
    assert "about 7 minutes" in command_line("What it shows.", "7 minutes").format_help()


def test_a_result_tells_the_machine_and_how_busy_it_was() -> None:
    line = surroundings(1.234)
    assert "cores" in line
    assert "load average before: 1.23" in line


def test_parts_are_kept_for_a_run_that_goes_on_and_not_for_one_that_begins_anew() -> None:
    name = f"test-{os.getpid()}"
    kept = Kept(name, list[int], resumed=False)
    try:
        kept.keep("one", [1])
        kept.keep("two", [2, 3])
        assert Kept(name, list[int], resumed=True).parts == {"one": [1], "two": [2, 3]}
        assert Kept(name, list[int], resumed=False).parts == {}
    finally:
        kept.file.unlink()
