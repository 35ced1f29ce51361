"""Going back in time on the run screen, during and after a run."""

from __future__ import annotations

import pytest
from driving import Opened, opened
from examples import FakeStart, finished, running
from msgspec.structs import replace

from httptui.results.snapshot import Snapshot

pytestmark = pytest.mark.pilot

SEQUENCES = range(1, 26)


def moments() -> list[Snapshot]:
    """A run's snapshots, four a second."""
    return [replace(running(number / 4), sequence=number) for number in SEQUENCES]


def rewindable() -> FakeStart:
    """Runs with a past."""
    return FakeStart(*moments(), last=replace(finished(), sequence=26))


def shown(it: Opened) -> int:
    """The number of the snapshot that is shown."""
    return it.screen.view.snapshot.sequence


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["["], 24),
        (["comma"], 24),
        (["shift+left"], 24),
        (["[", "[", "[", "]"], 23),
        (["[", "[", "full_stop", "shift+right"], 25),
        (["<"], 15),
        (["<", "<", ">"], 15),
        (["{"], 1),
        (["home"], 1),
        (["{", "["], 1),
        (["{", "}"], 25),
        (["]"], 25),
        ([">"], 25),
    ],
    ids=str,
)
async def test_keys_go_back_and_forth_frame_by_frame_and_hold_the_picture(
    keys: list[str], number: int
) -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.pilot.press(*keys)
        assert shown(it) == number
        assert it.screen.view.frozen


async def test_the_first_line_tells_when_the_picture_was_taken_and_how_far_back_that_is() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.pilot.press("f")
        assert "FROZEN  at 6.2/10 s" in it.text("header")
        assert "back" not in it.text("header")
        await it.pilot.press(*["["] * 8)
        assert "FROZEN  at 4.2/10 s · 2.0 s back" in it.text("header")
        assert "65 923" not in it.text("contenders")


async def test_how_far_back_it_is_grows_while_the_run_goes_on_and_the_rest_stays() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.pilot.press("[")
        before = it.text("throughput"), it.text("events")
        it.screen.control.take(replace(running(9.0), sequence=36))
        await it.until(lambda: "3.0 s back" in it.text("header"))
        assert (it.text("throughput"), it.text("events")) == before


async def test_f_goes_live_again() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.pilot.press("{", "f")
        assert not it.screen.view.frozen
        assert shown(it) == 25
        assert "● running 6.2/10 s" in it.text("header")


async def test_after_a_run_its_past_and_its_end_can_be_seen() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.finish()
        await it.pilot.press("[")
        await it.pilot.pause()
        assert shown(it) == 25
        assert "FROZEN  at 6.2/10 s · 3.8 s back" in it.text("header")
        assert not it.screen.query_one("#verdict").display
        await it.pilot.press("]")
        await it.pilot.pause()
        assert it.screen.query_one("#verdict").display
        assert it.screen.view.frozen
        await it.pilot.press("f")
        assert "✓ done · 10.0 s" in it.text("header")


async def test_a_line_of_the_past_ends_where_it_did_then() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.pilot.press("{")
        drawn = [
            len(line.split("┤")[-1].rstrip()) for line in it.text("throughput").splitlines() if "┤" in line
        ]
        assert 0 < max(drawn) < 8


async def test_before_a_run_there_is_no_past() -> None:
    async with opened(rewindable()) as it:
        await it.pilot.press("[", "]", "{", "}")
        assert not it.screen.view.frozen


async def test_another_run_has_another_past() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.finish()
        await it.pilot.press("{", "r")
        assert not it.screen.view.frozen
        await it.until(lambda: shown(it) == 25)
        await it.pilot.press("{")
        assert shown(it) == 1
        assert it.screen.running


async def test_one_can_still_choose_a_contender_and_a_scale_in_the_past() -> None:
    async with opened(rewindable()) as it:
        await it.run()
        await it.pilot.press("[", "[", "down", "l")
        assert shown(it) == 23
        assert it.screen.view.chosen == "A"
        assert "log scale" in str(it.screen.query_one("#throughput").border_title)
