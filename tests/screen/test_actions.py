"""Whatever can be done on a screen can be found: by its key, in the last line or the help, and in the palette."""

from __future__ import annotations

from typing import Any

import pytest
from driving import opened
from textual.binding import Binding
from textual.screen import Screen
from ways import EMBEDDED, WAYS, consent

from httptui.tui.keymap import binding_classes
from httptui.tui.keys import Key, actions_now
from httptui.tui.panels.board_keys import RUN_KEYS, SWEEP_KEYS
from httptui.tui.screens.help import groups_elsewhere, groups_while_on, key_groups
from httptui.tui.widgets.key_lines import BoundKeys, KeysLine

pytestmark = pytest.mark.pilot


def screens() -> list[type[Screen[Any]]]:
    """Every screen of ours that has keys."""
    return [kind for kind in binding_classes() if issubclass(kind, Screen)]


def test_every_screen_with_keys_is_looked_at() -> None:
    assert {kind.__name__ for kind in screens()} == set(WAYS)


@pytest.mark.parametrize("keys", [RUN_KEYS, SWEEP_KEYS])
def test_the_help_of_saving_names_every_file_that_is_written(keys: tuple[Key, ...]) -> None:
    (saving,) = [key for key in keys if key.action == "save"]
    assert saving.help == "Save JSON, Markdown, HTML and a picture of the screen"


@pytest.mark.parametrize("name", list(WAYS))
async def test_every_action_has_a_key_and_is_in_the_help_and_in_the_palette(name: str) -> None:
    async with opened(plan=EMBEDDED, size=(200, 50)) as it:
        await it.run()
        await it.finish()
        await WAYS[name](it)
        await it.until(lambda: type(it.app.screen).__name__ == name)
        screen = it.app.screen
        screen.set_focus(None)
        await it.pilot.pause()
        bound = {(active.binding.action, active.binding.key) for active in screen.active_bindings.values()}
        found = {action.action: action for action in actions_now(screen) if action.node is screen}
        told = {command.title: command for command in it.app.get_system_commands(screen)}
        helped = {words for _, rows in key_groups(it.app)[0] for _, words in rows}
        helped |= {words for _, rows in groups_elsewhere(it.app) for _, words in rows}
        named = [binding for binding in Binding.make_bindings(type(screen).BINDINGS) if binding.description]
        enabled = [binding for binding in named if screen.check_action(*parsed(binding.action))]
        assert enabled
        for binding in enabled:
            assert (binding.action, binding.key) in bound, "another key hides it"
            action = found[binding.action]
            assert f"{action.name[:1].upper()}{action.name[1:]} ({' '.join(action.keys)})" in told
            assert action.help in helped or name == "HelpScreen"
        assert screen.is_modal or screen.query(BoundKeys) or screen.query(KeysLine), "no line tells the keys"


def parsed(action: str) -> tuple[str, tuple[object, ...]]:
    """An action's name and its parameters."""
    from textual.actions import parse

    _, name, parameters = parse(action)
    return name, parameters


async def test_a_command_of_the_palette_does_what_its_key_does() -> None:
    async with opened() as it:
        await it.run()
        commands = {command.title: command for command in it.app.get_system_commands(it.screen)}
        await commands["Freeze (f)"].callback()
        assert it.screen.view.frozen


async def test_the_palette_of_a_dialog_has_its_own_actions_and_none_of_those_below() -> None:
    async with opened() as it:
        await consent(it)
        await it.pilot.pause()
        titles = [command.title for command in it.app.get_system_commands(it.app.screen)]
        assert any(title.startswith("Refuse") for title in titles)
        assert not any(title.startswith("Run ") for title in titles)


async def test_help_tells_the_keys_of_the_screen_it_was_opened_from_first() -> None:
    async with opened() as it:
        await it.pilot.press("p")
        await it.until(lambda: it.app.screen is not it.screen)
        await it.pilot.press("f1")
        await it.pilot.pause()
        titles = [title for title, _ in key_groups(it.app)[0]]
        assert titles[0] == "Presets"
        assert "Run" in titles
        assert "Plan form" in [title for title, _ in groups_elsewhere(it.app)]


@pytest.mark.parametrize(
    "name", [name for name in WAYS if name not in ("RunScreen", "ContenderScreen", "SweepScreen")]
)
async def test_q_goes_back_from_every_screen_unless_one_is_typing(name: str) -> None:
    async with opened(plan=EMBEDDED) as it:
        await it.run()
        await it.finish()
        await WAYS[name](it)
        await it.until(lambda: type(it.app.screen).__name__ == name)
        above = it.app.screen
        above.set_focus(None)
        await it.pilot.press("q")
        await it.until(lambda: it.app.screen is not above)


async def test_what_only_a_run_can_do_is_in_the_help_before_it_under_a_title_of_its_own() -> None:
    async with opened(plan=EMBEDDED) as it:
        ((title, rows),) = groups_while_on(it.app)
        assert title == "Run · while a run is on"
        assert [keys for keys, _ in rows] == ["s", "+", "-", "space", "d"]
        await it.run()
        assert groups_while_on(it.app) == []
        await it.finish()
        assert [name for name, _ in groups_while_on(it.app)] == [title]


async def test_a_panel_that_is_shown_and_one_that_is_shown_alone_go_by_two_names() -> None:
    async with opened() as it:
        await it.run()
        titles = [command.title for command in it.app.get_system_commands(it.screen)]
        assert {"Errors (n)", "Errors alone (8)"} <= set(titles)
