"""What y copies, where it goes, and what is told where a terminal may keep it."""

from __future__ import annotations

from pathlib import Path

import pytest
from driving import Opened, opened
from examples import finished, report_of

from httptui.tui.saving import copy_text, why_no_clipboard
from httptui.tui.settings import Settings

PLAIN = {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}


def told(it: Opened) -> list[tuple[str, str]]:
    """Title and text of every notice."""
    return [(notice.title, notice.message) for notice in it.app._notifications]


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal that has a clipboard for programs."""
    for name in ("TMUX", "STY", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_it_is_the_verdict_and_the_table_and_no_more() -> None:
    text = copy_text(report_of(finished()))
    assert text.startswith("# httptui: demo\n\n**A aiohttp · shared · uvloop serves this workload best")
    assert text.count("| A aiohttp · shared · uvloop |") == 1
    assert text.endswith("|\n")
    assert text.count("## ") == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"TMUX": "/tmp/tmux-1/default,1,0"}, "tmux passes it on only with set-clipboard on"),
        ({"STY": "1.pts-0"}, "GNU screen may not pass it on"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "this terminal has no clipboard for programs"),
        ({"TERM": "linux"}, "this terminal has no clipboard for programs"),
        ({"VTE_VERSION": "7600"}, "this terminal may keep programs from the clipboard"),
    ],
)
def test_where_a_clipboard_is_unlikely_is_known(changes: dict[str, str], reason: str) -> None:
    assert why_no_clipboard(PLAIN | changes) == reason


@pytest.mark.pilot
async def test_y_hands_it_to_the_terminal(surroundings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with opened(out=tmp_path) as it:
        await it.run()
        await it.finish()
        await it.pilot.press("y")
        assert it.screen.report is not None
        assert it.app.clipboard == copy_text(it.screen.report)
        assert told(it)[-1] == ("Copied", "Verdict and ranking, as Markdown.")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.pilot
async def test_y_keeps_a_file_too_where_the_terminal_may_not_pass_it_on(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    surroundings.setenv("TMUX", "socket")
    async with opened(out=tmp_path) as it:
        await it.run()
        await it.finish()
        await it.pilot.press("y")
        await it.until(lambda: bool(list(tmp_path.iterdir())) and bool(told(it)))
        (path,) = tmp_path.iterdir()
        assert path.name == "20260102-030405-demo-verdict.md"
        assert path.read_text() == it.app.clipboard
        await it.until(lambda: told(it)[-1][1].endswith(str(path)))
        assert told(it)[-1][1].startswith("tmux passes it on only with set-clipboard on")


@pytest.mark.pilot
async def test_the_settings_can_ask_for_a_file_alone(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with opened(out=tmp_path, settings=Settings(clipboard="file")) as it:
        await it.run()
        await it.pilot.press("y")
        await it.until(lambda: bool(told(it)))
        (path,) = tmp_path.iterdir()
        assert it.app.clipboard == ""
        assert told(it)[-1] == ("Written", str(path))
        assert "This run was not complete." in path.read_text()


@pytest.mark.pilot
async def test_before_any_run_there_is_nothing_to_copy() -> None:
    async with opened() as it:
        await it.pilot.press("y")
        assert told(it) == [("", "Nothing to copy yet; a run comes first.")]


@pytest.mark.pilot
async def test_a_folder_that_cannot_be_written_is_told(
    surroundings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    async with opened(out=tmp_path / "file", settings=Settings(clipboard="file")) as it:
        await it.run()
        await it.pilot.press("y")
        await it.until(lambda: bool(told(it)))
        assert told(it)[-1][0] == "Not copied"
