"""What a comparison of two runs says first: only what is shown, once, and why nothing is where nothing is."""

from __future__ import annotations

from compared_reports import STEADY, contender, report, scaled

from httptui.compare.compare import compare
from httptui.compare.words import verdict_of
from httptui.results.report import Report

NAMES = ("aiohttp", "httpx", "requests")
LATER = "2026-11-21T10:00:00Z"
NOTHING = (
    "No change: no contender's own figures and those relative to the others both differ by more than two runs of the "
    "same build usually do."
)


def three(slower: float = 1.0, cpu_us: float = 100.0) -> Report:
    """The second of three contenders so many times as fast."""
    return report(
        *(
            contender(letter, name, scaled(slower), cpu_us=cpu_us)
            if name == "httpx"
            else contender(letter, name)
            for letter, name in zip("ABC", NAMES, strict=True)
        ),
        started=LATER,
    )


def test_who_changed_is_named_and_not_those_in_whose_figures_it_is_mirrored() -> None:
    assert verdict_of(compare(three(), three(0.5, 60.0))) == [
        "httpx · shared is slower (req/s −50 % [−50, −50]) and cheaper (CPU/req −40 % [−40, −40]), also relative to "
        "the others."
    ]


def test_each_of_several_that_changed_is_named() -> None:
    before = report(*(contender(letter, letter.lower()) for letter in "ABCDE"))
    factors = {"A": 0.5, "C": 2.0}
    after = report(
        *(contender(letter, letter.lower(), scaled(factors.get(letter, 1.0))) for letter in "ABCDE"),
        started=LATER,
    )
    found = verdict_of(compare(before, after))
    assert [line.partition(" (")[0] for line in found] == ["a · shared is slower", "c · shared is faster"]


def test_against_a_control_the_control_is_not_judged() -> None:
    assert verdict_of(compare(three(), three(0.5), "requests")) == [
        "httpx · shared is slower (req/s −50 % [−50, −50]), also relative to requests · shared."
    ]


def test_of_two_only_the_one_that_moved_is_named() -> None:
    before = report(contender("A", "aiohttp"), contender("B", "httpx"))
    after = report(contender("A", "aiohttp"), contender("B", "httpx", scaled(1.5)), started=LATER)
    assert verdict_of(compare(before, after)) == [
        "httpx · shared is faster (req/s +50 % [+49, +51]), also relative to the others."
    ]


def test_what_the_machine_did_to_all_is_no_change() -> None:
    slow = report(
        *(contender(letter, name, scaled(0.7)) for letter, name in zip("ABC", NAMES, strict=True)),
        started=LATER,
    )
    assert verdict_of(compare(three(), slow)) == [NOTHING]


def test_what_is_not_shown_is_not_said_to_be_the_same() -> None:
    assert verdict_of(compare(three(), three(0.99))) == [NOTHING]


def test_why_nothing_can_be_shown_is_told() -> None:
    few = report(*(contender(letter, name, STEADY[:2]) for letter, name in zip("ABC", NAMES, strict=True)))
    assert verdict_of(compare(few, few)) == ["Too little data to call a change."]
    alone = report(contender("A", "aiohttp"))
    assert verdict_of(compare(three(), alone)) == [
        "No other contender is in both runs, so a change of the machine cannot be ruled out."
    ]
    assert verdict_of(compare(three(), report(contender("A", "raw")))) == ["No contender is in both runs."]


def test_one_run_twice_and_runs_the_wrong_way_round_are_told() -> None:
    assert compare(three(), three()).notes[0] == "the two reports are one and the same"
    assert compare(three(), report(contender("A", "aiohttp"))).notes[0] == (
        "the earlier run started after the later one"
    )
