"""How a contender is marked everywhere on the page: a letter on its colour, so that nothing rests on colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.colours import ON_DARK, ON_LIGHT
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.results import Labelled, Lettered, id_of, label_of


def colour_class(contender: Lettered) -> str:
    """The class that gives an element a contender's colour; the set begins again after eight."""
    return _colour_of(id_of(contender))


def badge(contender: Lettered) -> Html:
    """The letter on its colour."""
    return _badge(id_of(contender))


def named(contender: Labelled) -> Html:
    """Letter and label."""
    return lettered(id_of(contender), label_of(contender))


def lettered(letter: str, label: str) -> Html:
    """The same where only those two are known."""
    return tag("span", _badge(letter), tag("span", label), class_="named")


def legend(contenders: Sequence[Labelled]) -> Html:
    """Which letter is whose."""
    return tag("p", *(named(contender) for contender in contenders), class_="legend")


def colour_rules() -> str:
    """The style sheet's part that follows from the set."""
    light = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_LIGHT))
    dark = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_DARK))
    return f"{light}\n@media screen and (prefers-color-scheme: dark){{{dark}}}\n"


def _badge(letter: str) -> Html:
    return tag("b", letter, class_=f"badge {_colour_of(letter)}")


def _colour_of(letter: str) -> str:
    return f"c{(ord(letter[:1] or 'A') - ord('A')) % len(ON_LIGHT)}"
