"""The code of each contender on the screen: coloured, stepped through, copied and saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import Opened, opened
from examples import PLAN
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from httptui.codegen import snippet_of
from httptui.plan.model import Contender, Plan
from httptui.tui.control.snapshots import snapshot_of_plan
from httptui.tui.panels.code import CodePanel, code_of, draw_code, python_cells
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain, row_width
from httptui.tui.screens.code import CodeScreen
from httptui.tui.settings import Settings

WITHOUT = replace(PLAN, contender=(Contender(engine="raw"), Contender(engine="httpx", label="mine")))


def view_of(plan: Plan, chosen: str | None = None) -> View:
    return View(snapshot_of_plan(plan), plan=plan, chosen=chosen)


def title(it: Opened) -> str:
    return str(it.app.screen.query_one(CodePanel).border_title).strip()


def told(it: Opened) -> list[tuple[str, str]]:
    """Title and text of what the screen has told, the last one first."""
    return [(notice.title, notice.message) for notice in reversed(list(it.app._notifications))]


def test_tokens_have_the_colours_of_their_kind() -> None:
    code = 'def f(a):  # Why.\n    return a + 12, "é"  # x\nx = f"{{{a!r}}} {a[\'b\']}" or None\n'
    rows = [[(text, key) for text, key in row if key] for row in python_cells(code, 40)]
    assert rows == [
        [("def", "accent"), ("f", "strong"), ("# Why.", "dim")],
        [("return", "accent"), ("12", "warn"), ('"é"', "good"), ("# x", "dim")],
        [("f\"{{{a!r}}} {a['b']}\"", "good"), ("or", "accent"), ("None", "warn")],
    ]


def test_a_long_line_goes_on_below_set_in_by_a_step() -> None:
    code = f'x = {{\n    "agent": "{"one two " * 4}",\n}}\n'
    assert plain(python_cells(code, 24)).splitlines() == [
        "x = {                   ",
        '    "agent": "one two   ',
        "        one two one two ",
        '        one two ",      ',
        "}                       ",
    ]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))), st.integers(8, 60))
def test_any_text_in_quotes_fits_any_width_and_loses_nothing(text: str, width: int) -> None:
    from httptui.codegen.texts import expression

    line = f"URL = {expression((text,))}"
    rows = python_cells(f"{line}\n", width)
    assert {row_width(row) for row in rows} == {width}
    assert [one for one in plain(rows) if not one.isspace()] == [one for one in line if not one.isspace()]


def test_the_code_is_that_of_the_chosen_contender_or_of_the_first() -> None:
    assert code_of(view_of(PLAN)) == snippet_of(PLAN, 0)
    assert code_of(view_of(PLAN, "C")) == snippet_of(PLAN, 2)
    assert "no library but" in plain(draw_code(view_of(WITHOUT, "A"), 40))
    assert draw_code(View(snapshot_of_plan(PLAN)), 40) == ()


@pytest.mark.pilot
async def test_x_shows_the_code_and_arrows_step_through_the_contenders() -> None:
    async with opened(size=(80, 24)) as it:
        await it.pilot.press("x")
        assert isinstance(it.app.screen, CodeScreen)
        assert title(it) == "A  aiohttp · shared · uvloop  1 of 4"
        await it.pilot.press("right", "right")
        assert title(it) == "C  httpx · shared  3 of 4"
        await it.pilot.press("pagedown", "right", "right")
        assert title(it).startswith("A  aiohttp")
        assert it.app.screen.query_one(CodePanel).scroll_offset.y == 0
        await it.pilot.press("left")
        assert title(it).startswith("D  requests")
        await it.pilot.press("escape")
        assert it.app.screen is it.screen


@pytest.mark.pilot
async def test_it_begins_with_the_contender_that_is_looked_at_while_a_run_is_on() -> None:
    async with opened() as it:
        await it.run()
        await it.pilot.press("down", "down", "x")
        await it.pilot.pause()
        assert title(it).startswith("B  httpx-aiohttp")


@pytest.mark.pilot
async def test_y_copies_the_script_and_tells_where_a_terminal_may_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    async with opened() as it:
        await it.pilot.press("x", "right", "y")
        script = snippet_of(PLAN, 1)
        assert it.app.clipboard == script
        assert script is not None
        assert told(it)[0] == ("Copied", f"{len(script.splitlines())} lines")
        monkeypatch.setenv("TMUX", "1")
        await it.pilot.press("y")
        assert told(it)[0] == ("Copied", "tmux passes it on only with set-clipboard on; w saves it as a file")


@pytest.mark.pilot
async def test_y_saves_the_script_where_the_settings_send_copies_to_files(tmp_path: Path) -> None:
    async with opened(out=tmp_path, settings=Settings(clipboard="file")) as it:
        await it.pilot.press("x", "y")
        await it.until(lambda: bool(told(it)))
        assert it.app.clipboard == ""
    (path,) = tmp_path.iterdir()
    assert path.read_text("utf-8") == snippet_of(PLAN, 0)


@pytest.mark.pilot
async def test_w_saves_the_script_beside_the_reports(tmp_path: Path) -> None:
    async with opened(out=tmp_path) as it:
        await it.pilot.press("x", "left", "w")
        await it.until(lambda: bool(told(it)))
    (path,) = tmp_path.iterdir()
    assert path.name.endswith("-demo-d.py")
    assert path.read_text("utf-8") == snippet_of(PLAN, 3)


@pytest.mark.pilot
async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with opened(out=tmp_path / "file") as it:
        await it.pilot.press("x", "w")
        await it.until(lambda: bool(told(it)))
        assert told(it)[0][0] == "Not saved"


@pytest.mark.pilot
async def test_where_there_is_no_script_nothing_is_copied_or_saved(tmp_path: Path) -> None:
    async with opened(plan=WITHOUT, out=tmp_path) as it:
        await it.pilot.press("x", "y", "w")
        assert [text for _, text in told(it)] == ["This contender has no script."] * 2
        assert it.app.clipboard == ""
    assert not list(tmp_path.iterdir())
