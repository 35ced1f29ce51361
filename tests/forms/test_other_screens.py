"""Presets, consent and help in use."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from form_examples import PLAN, PRESETS, Host
from msgspec import structs
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, Static

from httptui.plan.model import Target
from httptui.presets import PresetInfo, user_presets_folder
from httptui.presets.loader import save_preset
from httptui.presets.recent import recent_plans, remember
from httptui.tui.forms.words import GLOSSARY
from httptui.tui.screens.dialogs import ConsentScreen
from httptui.tui.screens.help import HelpScreen, key_groups
from httptui.tui.screens.plan import PlanScreen
from httptui.tui.screens.presets import PresetList, PresetsScreen

pytestmark = pytest.mark.pilot


def text_of(screen: Screen[object], selector: str) -> str:
    return str(screen.query_one(selector, Static).content)


@pytest.mark.parametrize(
    ("kind", "width", "name"),
    [
        (PlanScreen, 120, "-wide"),
        (PlanScreen, 80, "-medium"),
        (PlanScreen, 60, "-narrow"),
        (PresetsScreen, 120, "-wide"),
        (PresetsScreen, 60, "-narrow"),
    ],
)
async def test_a_screen_is_made_for_its_width_before_it_is_drawn(
    kind: type[PlanScreen | PresetsScreen], width: int, name: str
) -> None:
    screen = PlanScreen(PLAN) if kind is PlanScreen else PresetsScreen(PRESETS)
    async with Host(HelpScreen()).run_test(size=(width, 24)):
        next(iter(screen.compose()))
        assert screen.classes == {name}


async def test_typing_filters_arrows_point_and_enter_loads() -> None:
    screen = PresetsScreen(PRESETS)
    app = Host(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        assert screen.query_one(PresetList).option_count == 3
        await pilot.press("down", "up", *"four")
        await pilot.pause()
        assert screen.query_one(PresetList).option_count == 1
        assert "httpx, four sockets" in text_of(screen, "#presets-text")
        await pilot.press("enter")
    assert app.answers == [PLAN]


async def test_a_plan_without_a_description_begins_with_what_it_asks_for() -> None:
    preset = PresetInfo("silent", "", structs.replace(PLAN, description=" "), Path("silent.toml"))
    screen = PresetsScreen((preset,))
    async with Host(screen).run_test(size=(120, 40)):
        assert text_of(screen, "#presets-text").split("\n")[0] == "target    GET http://127.0.0.1:8099/"


async def test_a_preset_that_sends_variables_is_loaded_once_that_was_allowed(tmp_path: Path) -> None:
    plan = structs.replace(PLAN, target=structs.replace(PLAN.target, headers={"X": "env:TOKEN"}))
    preset = PresetInfo("theirs", "", plan, tmp_path / "theirs.toml")
    for press, answers in ((("escape",), []), ((*"127.0.0.1", "enter"), [plan])):
        app = Host(PresetsScreen((preset,)))
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.press("enter")
            await pilot.pause()
            assert "sends TOKEN of your environment to 127.0.0.1" in text_of(app.screen, "#consent-reason")
            await pilot.press(*press)
            await pilot.pause()
        assert app.answers == answers
    app = Host(PresetsScreen((preset,), for_form=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
    assert app.answers == [plan]


async def test_a_broken_preset_is_listed_with_its_error_and_not_loaded() -> None:
    screen = PresetsScreen(PRESETS)
    app = Host(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("up")
        await pilot.pause()
        assert 'did you mean "seconds"?' in text_of(screen, "#presets-text")
        await pilot.press("enter")
        await pilot.pause()
        assert text_of(screen, "#presets-said").startswith("▲ typo cannot be read: ")
        assert app.answers == []
        await pilot.press("escape")
    assert app.answers == [None]


async def test_a_broken_file_of_the_user_is_among_the_presets() -> None:
    folder = user_presets_folder()
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("[load]\nsecnds = 3\n")
    screen = PresetsScreen()
    async with Host(screen).run_test(size=(120, 40)) as pilot:
        await pilot.press(*"mine")
        await pilot.pause()
        assert "secnds" in text_of(screen, "#presets-text")


async def test_a_filter_that_matches_nothing_says_so() -> None:
    screen = PresetsScreen(PRESETS)
    app = Host(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"zzz", "down", "enter")
        await pilot.pause()
        assert text_of(screen, "#presets-text") == "No preset matches."
        assert text_of(screen, "#presets-said") == "▲ No preset matches; clear the filter."
    assert app.answers == []


async def test_the_first_click_points_and_the_second_loads() -> None:
    screen = PresetsScreen(PRESETS)
    app = Host(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.click("#presets-list", offset=(3, 3))
        await pilot.pause()
        assert screen.query_one(PresetList).highlighted == 1
        assert app.answers == []
        await pilot.click("#presets-list", offset=(3, 0))
        await pilot.pause()
        assert screen.query_one(PresetList).highlighted == 0
        await pilot.click("#presets-list", offset=(3, 0))
    assert app.answers == [PLAN]


async def test_the_button_loads() -> None:
    app = Host(PresetsScreen(PRESETS))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#presets-load")
    assert app.answers == [PLAN]


async def test_no_secret_of_a_preset_is_on_the_screen() -> None:
    app = Host(PresetsScreen(PRESETS))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        await pilot.pause()
        picture = app.export_screenshot()
        assert "Cookie" in picture
        assert not any(canary in picture for canary in ("hunter22", "abcdef99", "xyzzy42"))


async def test_presets_of_ones_own_and_recent_plans_stand_in_groups_and_a_key_leads_to_the_newest() -> None:
    own = structs.replace(PLAN, name="own")
    save_preset(own, "own")
    remember(PLAN)
    remember(structs.replace(PLAN, name="newest"))
    screen = PresetsScreen()
    app = Host(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        options = screen.query_one(PresetList)
        headings = [str(option.prompt) for option in options.options if option.disabled]
        assert headings == ["── Your own ──", "── Ready to run ──", "── Recent ──"]
        assert screen.query_one("#presets-detail").border_title == "own"
        await pilot.press("f3")
        await pilot.pause()
        assert str(screen.query_one("#presets-detail").border_title).startswith("newest · run today ")
        await pilot.press("down", "down")
        await pilot.pause()
        assert screen.query_one("#presets-detail").border_title == "own"
        await pilot.press("up", "enter")
    assert app.answers == [PLAN]


async def test_no_recent_plan_is_said() -> None:
    screen = PresetsScreen(PRESETS)
    async with Host(screen).run_test(size=(120, 40)) as pilot:
        await pilot.press("f3")
        await pilot.pause()
        assert text_of(screen, "#presets-said") == "▲ No plan that was run is listed."


async def test_a_recent_plan_asks_in_the_form_for_the_secrets_that_were_not_kept() -> None:
    remember(structs.replace(PLAN, target=Target(url="http://me:hunter22@127.0.0.1/")))
    screen = PresetsScreen(recent_plans())
    app = Host(screen)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Its secrets were not saved" in text_of(screen, "#presets-text")
        assert "hunter22" not in app.export_screenshot()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, PlanScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is screen
        await pilot.press("enter")
        await pilot.pause()
        app.screen.query_one("#target-url", Input).value = "http://me:again33@127.0.0.1/"
        await pilot.pause()
        await pilot.press("f5")
    assert app.answers == [structs.replace(PLAN, target=Target(url="http://me:again33@127.0.0.1/"))]


@pytest.mark.parametrize("typed", ["api.example.com", "API.example.COM"])
async def test_consent_is_given_by_typing_the_host(typed: str) -> None:
    app = Host(ConsentScreen("api.example.com", "It is a public host."))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*typed, "enter")
    assert app.answers == [True]


async def test_consent_is_given_by_the_button_once_the_host_is_typed() -> None:
    app = Host(ConsentScreen("a.b", "It is a public host."))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#consent-yes")
        assert app.answers == []
        await pilot.press(*"a.b")
        await pilot.pause()
        await pilot.click("#consent-yes")
    assert app.answers == [True]


async def test_another_name_gives_no_consent_and_stays() -> None:
    screen = ConsentScreen("api.example.com", "It is a public host.")
    app = Host(screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"example.com", "enter")
        await pilot.pause()
        assert app.answers == []
        assert screen.query_one(Input).value == "example.com"
        assert "not the name" in text_of(screen, "#consent-said")
        await pilot.press("escape")
    assert app.answers == [False]


async def test_an_empty_name_is_no_consent_even_for_an_empty_host() -> None:
    app = Host(ConsentScreen("", "Odd."))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "escape")
    assert app.answers == [False]


async def test_hostile_text_in_a_reason_is_shown_as_text() -> None:
    app = Host(ConsentScreen("x[/b]", "[@click=app.quit]hello[/] \x1b]52;c;AA\x07"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        picture = app.export_screenshot()
        assert "[@click=app.quit]hello[/]" in picture.replace("&#160;", " ")
        assert "\x1b" not in picture


class Bound(Screen[None]):
    """A screen with a key that nothing else knows."""

    BINDING_GROUP_TITLE = "Odd screen"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z,Z", "zap", "zap", tooltip="Zap it all"),
        Binding("y", "hidden", "hidden thing", show=False),
    ]


async def test_help_tells_the_keys_that_are_bound_now() -> None:
    app = Host(Bound())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        groups, _ = key_groups(app)
        assert ("Odd screen", [("z Z", "Zap it all"), ("y", "hidden thing")]) in groups


async def test_help_shows_every_word_and_closes() -> None:
    app = Host(Bound())
    async with app.run_test(size=(100, 200)) as pilot:
        app.push_screen(HelpScreen())
        await pilot.pause()
        picture = app.export_screenshot().replace("&#160;", " ")
        assert "Zap it all" in picture
        assert all(f"{term}" in picture for term, _ in GLOSSARY)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, Bound)
