"""Settings, what is remembered, and what the app makes of both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from driving import opened
from examples import PLAN, FakeStart, running
from textual.binding import Binding

from httptui.tui.app import HttptuiApp
from httptui.tui.keymap import (
    BoundAction,
    binding_classes,
    bound_actions,
    keymap_problems,
    normal_keys,
    settings_here,
)
from httptui.tui.keys import key_names
from httptui.tui.memory import Memory, Remembered
from httptui.tui.panels.board_keys import RUN_BINDINGS, USUAL_KEYS
from httptui.tui.panels.columns import CLOSED, OPEN, Picked
from httptui.tui.panels.contenders import ContendersPanel
from httptui.tui.panels.panel import by_key
from httptui.tui.panels.ranking import ranking_note
from httptui.tui.panels.view import View
from httptui.tui.screens.help import key_groups
from httptui.tui.settings import (
    Settings,
    SettingsError,
    ThemeName,
    load_settings,
    settings_from_toml,
    settings_to_toml,
)
from httptui.tui.theme import THEME_NAMES
from httptui.tui.widgets.key_lines import HintLine, KeysLine


def problems_of(text: str) -> list[str]:
    """What is told of settings that must not be used."""
    with pytest.raises(SettingsError) as told:
        settings_from_toml(text)
    return str(told.value).splitlines()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("theme = 'lihgt'", 'settings: theme: "lihgt" is not allowed; '),
        (
            "frames_per_second = 0",
            "settings: frames_per_second: 0 is not allowed; a whole number from 1 to 10",
        ),
        ("frames_per_second = 2.5", "settings: frames_per_second: 2.5 is not allowed; a whole number"),
        pytest.param(
            f"frames_per_second = 0x{'f' * 4_000}",
            "settings: frames_per_second: a number of more than 60 digits is not allowed; a whole number",
            id="more digits than Python writes out",
        ),
        ("blocks = 1", "settings: blocks: 1 is not allowed; true or false"),
        ("colour = 'red'", "settings: colour: unknown field"),
        ("columns = 'p50'", "settings: columns: must be a list of texts"),
        ("columns = ['p5']", 'settings: columns[0]: no column is called "p5"; did you mean "p50"?'),
        ("columns = ['p50', 'p50']", 'settings: columns: "p50" is given twice'),
        ("keymap = 'vi'", "settings: keymap: must be a table of texts"),
        ("theme = ", "settings: not valid TOML: "),
    ],
)
def test_what_cannot_be_used_is_told_by_its_path(text: str, problem: str) -> None:
    assert problems_of(text)[0].startswith(problem)


def test_all_problems_are_told_at_once() -> None:
    assert len(problems_of("blocks = 1\nhints = 2\nnothing = 3\ncolumns = ['x']")) == 4


def test_settings_as_toml_read_back_the_same() -> None:
    settings = Settings(
        theme="light", columns=("p50", "conns/req"), hints=False, keymap={"run.stop": 's,"', "run.run": "r"}
    )
    assert settings_from_toml(settings_to_toml(settings)) == settings


def test_settings_with_control_characters_read_back_the_same() -> None:
    for code in (*range(0x21), 0x22, 0x5C, *range(0x7F, 0xA1), 0x2028, 0x10FFFF):
        settings = Settings(keymap={f"run.{chr(code)}": f"a{chr(code)}b", "run.stop": chr(code)})
        assert settings_from_toml(settings_to_toml(settings)) == settings, hex(code)


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("frames_per_second = 2\nblocks = true\nclipboard = 'file'")
    environ = {
        "HTTPTUI_CONFIG": str(path),
        "HTTPTUI_FRAMES_PER_SECOND": "8",
        "HTTPTUI_BLOCKS": "off",
        "HTTPTUI_COLUMNS": "p99, p50",
        "HTTPTUI_THEME": "",
        "HTTPTUI_OTHER": "is not ours",
    }
    assert load_settings(environ) == Settings(frames_per_second=8, clipboard="file", columns=("p99", "p50"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FRAMES_PER_SECOND", "many"),
        pytest.param("FRAMES_PER_SECOND", "9" * 5_000, id="more digits than Python reads"),
        ("BLOCKS", "maybe"),
        ("CLIPBOARD", "x"),
        ("COLUMNS", "p50,,p99"),
    ],
)
def test_a_variable_that_cannot_be_used_is_told_by_its_name(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"^HTTPTUI_{name}"):
        load_settings({f"HTTPTUI_{name}": text})


def test_a_file_that_was_named_must_be_there_and_the_usual_one_need_not(tmp_path: Path) -> None:
    assert load_settings({}) == Settings()
    with pytest.raises(SettingsError, match=r"there is no such file"):
        load_settings({"HTTPTUI_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize("data", [b"\xff", b"#" * 70_000])
def test_a_file_that_is_no_text_or_too_long_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=str(path)):
        load_settings({"HTTPTUI_CONFIG": str(path)})


def test_a_terminal_without_braille_gets_blocks_unasked() -> None:
    assert settings_here({"TERM": "linux"}).blocks
    assert not settings_here({"TERM": "xterm-256color"}).blocks


def test_the_themes_that_can_be_set_are_those_there_are() -> None:
    assert get_args(ThemeName) == THEME_NAMES


def test_columns_hold_under_any_kind_of_load() -> None:
    picked = Picked.exactly(("p99", "conns"))
    assert picked.names(is_open=False) == picked.names(is_open=True) == ("p99", "conns")
    assert set(Picked.exactly(()).names(is_open=False)) == set(CLOSED)
    assert set(Picked.exactly(()).names(is_open=True)) == set(OPEN)


# What is remembered.


def test_what_is_remembered_is_there_next_time(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "state.json"
    memory = Memory(path)
    memory.keep(theme="light")
    memory.keep(hinted=True)
    assert Memory(path).kept == Remembered(theme="light", hinted=True)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"theme": 3}', b"\xff"])
def test_a_broken_memory_is_as_good_as_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(data)
    assert Memory(path).kept == Remembered()


def test_a_memory_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "state.json")
    memory.keep(theme="light")
    assert memory.kept.theme == "light"


@pytest.mark.pilot
async def test_the_theme_chosen_last_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    app = HttptuiApp(PLAN, FakeStart(), memory=Memory(path))
    async with app.run_test(size=(100, 30)) as pilot:
        assert app.theme == "dark"
        app.theme = "high-contrast-light"
        await pilot.pause()
    assert json.loads(path.read_text())["theme"] == "high-contrast-light"
    assert HttptuiApp(PLAN, FakeStart(), memory=Memory(path)).theme == "high-contrast-light"


@pytest.mark.pilot
async def test_a_theme_that_the_settings_name_is_not_forgotten_for_another(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    app = HttptuiApp(PLAN, FakeStart(), settings=Settings(theme="light"), memory=memory)
    async with app.run_test(size=(100, 30)) as pilot:
        assert app.theme == "light"
        app.theme = "dark"
        await pilot.pause()
        assert [notice.message for notice in app._notifications] == [
            "The settings name light, which comes back next time."
        ]
    assert memory.kept.theme is None


def test_a_remembered_theme_that_is_no_more_gives_way(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"theme": "nord"}')
    assert HttptuiApp(PLAN, FakeStart(), memory=Memory(path)).theme == "dark"


@pytest.mark.pilot
async def test_a_newcomer_is_told_the_first_keys_once(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    app = HttptuiApp(PLAN, FakeStart(), settings=Settings(keymap={"run.run": "f9"}), memory=Memory(path))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        told = app.screen.query_one(HintLine).render_line(0).text
        assert told.strip() == "New here?  f9 runs the plan  ·  ? help  ·  ^p everything"
        await pilot.press("b")
        await pilot.pause()
        assert not app.screen.query(HintLine)
    again = HttptuiApp(PLAN, FakeStart(), memory=Memory(path))
    async with again.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert not again.screen.query(HintLine)


@pytest.mark.pilot
async def test_hints_can_be_turned_off(tmp_path: Path) -> None:
    app = HttptuiApp(PLAN, FakeStart(), settings=Settings(hints=False), memory=Memory(tmp_path / "s.json"))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert not app.screen.query(HintLine)


@pytest.mark.pilot
async def test_motion_blocks_columns_and_frames_are_as_set() -> None:
    settings = Settings(reduced_motion=True, blocks=True, columns=("p50",), frames_per_second=2)
    async with opened(settings=settings) as it:
        assert it.app.animation_level == "none"
        await it.run()
        assert it.screen.view.blocks
        assert it.screen.frames.seconds == 0.5
        assert it.text("contenders").splitlines()[0].split() == ["contender", "p50"]


# The keymap.

ACTIONS = {
    action.id: action
    for action in (
        BoundAction("app.quit", ("ctrl+q",), "quit", "", True),
        BoundAction("run.run", ("r",), "run", "", False),
        BoundAction("run.stop", ("s",), "stop", "", False),
        BoundAction("plan.use", ("f5",), "use", "", True),
        BoundAction("plan.skip", ("s",), "skip", "", False),
    )
}


@pytest.mark.parametrize(
    ("keymap", "problem"),
    [
        ({"run.stpo": "z"}, 'keymap.run.stpo: there is no such action; did you mean "run.stop"?'),
        ({"run.stop": "contrl+z"}, 'keymap.run.stop: "contrl+z" is no key'),
        ({"run.stop": "enterr"}, 'keymap.run.stop: "enterr" is no key; did you mean "enter"?'),
        ({"run.stop": ""}, "keymap.run.stop: a key is empty"),
        ({"run.stop": "z,ctrl+c"}, 'keymap.run.stop: "ctrl+c" always stops the run'),
        ({"plan.use": "u"}, 'keymap.plan.use: "u" could not be typed into a field any more'),
        ({"run.stop": "r"}, 'keymap.run.stop: "r" is the key of run.run too'),
        ({"run.stop": "z", "run.run": "z"}, 'keymap.run.run: "z" is the key of run.stop too'),
        ({"run.stop": "ctrl+q"}, 'keymap.run.stop: "ctrl+q" is the key of app.quit too'),
        ({"app.quit": "f5"}, 'keymap.app.quit: "f5" is the key of plan.use too'),
    ],
)
def test_a_keymap_that_cannot_be_used_is_told(keymap: dict[str, str], problem: str) -> None:
    assert [told for told in keymap_problems(keymap, ACTIONS) if told.startswith(problem)]


@pytest.mark.parametrize(
    "keymap",
    [
        {"run.stop": "z"},
        {"run.stop": "?,f9,ctrl+shift+a,[,space"},
        {"run.stop": "r", "run.run": "s"},
        {"run.stop": "f5"},
        {"plan.use": "f5,ctrl+u"},
    ],
)
def test_keys_can_be_swapped_and_used_again_on_other_screens(keymap: dict[str, str]) -> None:
    assert keymap_problems(keymap, ACTIONS) == []


def test_a_sign_is_the_key_that_writes_it() -> None:
    assert normal_keys("?, [,f9") == ("question_mark", "left_square_bracket", "f9")


def test_no_two_actions_of_the_app_have_the_same_key_unasked() -> None:
    actions = bound_actions()
    same = {name: ",".join(action.keys) for name, action in actions.items() if name.startswith("run.")}
    assert keymap_problems(same, actions) == []


@pytest.mark.pilot
async def test_the_users_keys_are_bound_shown_and_clicked() -> None:
    start = FakeStart()
    app = HttptuiApp(PLAN, start, settings=Settings(keymap={"run.run": "z,f9", "run.help": "f2"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        line = app.screen.query_one(KeysLine).render_line(0).text
        assert line.startswith(" z run")
        assert "f2 help" in line
        await pilot.press("r")
        assert not start.sessions
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Run (z f9)" in titles
        await pilot.press("f2")
        await pilot.pause()
        ((title, rows), *_), _ = key_groups(app)
        assert title == "Run"
        assert ("z f9", "Run the plan from the start") in rows
        await pilot.press("escape", "f9")
        assert len(start.sessions) == 1
        start.sessions[0].stop()


def test_every_key_of_ours_has_an_id_of_its_own_kind() -> None:
    unnamed = {
        f"{kind.__name__}: {binding.action}"
        for kind in binding_classes()
        for binding in Binding.make_bindings(vars(kind)["BINDINGS"])
        if not (binding.id and binding.id.count(".") == 1) and binding.description
    }
    assert not unnamed


# Sentences that name a key.


@pytest.mark.pilot
async def test_sentences_name_the_keys_of_the_keymap() -> None:
    keymap = {"run.run": "f9", "run.stop": "Z", "run.columns": "f3", "run.sort": "f4,s", "run.swap": "f6"}
    async with opened(settings=Settings(keymap=keymap)) as it:
        assert "press f9 to run" in it.text("header")
        assert it.screen.query_one(ContendersPanel).border_subtitle == "f3: columns"
        await it.pilot.press("f9")
        await it.until(lambda: it.screen.view.snapshot.sequence == 25)
        await it.pilot.pause()
        assert it.screen.query_one(ContendersPanel).border_subtitle == "↑ ↓: choose · f4: sort · f3: columns"
        await it.pilot.press("p")
        await it.pilot.pause()
        assert [notice.message for notice in it.app._notifications] == [
            "A run is on; Z stops it, then the plan can be changed."
        ]


def test_sentences_about_settling_and_ranking_name_the_keys_of_the_keymap() -> None:
    keys = key_names(RUN_BINDINGS, {"run.settle": "f7", "run.swap": "f6"})
    view = View(running(), status="running", keys=keys)
    assert by_key("settle it (--schedule interleaved)", view.keys) == "settle it (key f7)"
    assert "f6: by CPU per request" in ranking_note(view, 200, 1)


def test_a_key_is_named_as_it_is_shown() -> None:
    assert {USUAL_KEYS[action] for action in ("run", "help", "more", "less", "pause", "back", "open")} == {
        *("r", "?", "+", "-", "space", "esc", "enter"),
    }
    assert [USUAL_KEYS[f"point({step})"] for step in (-1, 1)] == ["↑", "↓"]
