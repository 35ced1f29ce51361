"""How a contender is marked everywhere on the page: a letter on its colour, so that nothing rests on colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.colours import ON_DARK, ON_LIGHT
from httptui.ramp import Rgb, lightness, ramp
from httptui.reports.exports.html.markup import Html, tag
from httptui.reports.exports.results import Labelled, Lettered, id_of, label_of

LIGHT: Rgb = (0xFF, 0xFF, 0xFF)
DARK: Rgb = (0x12, 0x13, 0x15)
"""The page's grounds, as the style sheet has them."""
BLACK_FROM = 0.57
"""From this lightness on black is easier to read on a shade than white."""


def colour_class(contender: Lettered) -> str:
    """The classes that give an element a contender's colour; after eight it begins again, and says so."""
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
    """The style sheet's part that follows from the set, and from the shades of a grid."""
    light = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_LIGHT)) + _shades(LIGHT)
    dark = "".join(f".c{at}{{--mark:{colour}}}" for at, colour in enumerate(ON_DARK)) + _shades(DARK)
    return f"{light}\n@media screen and (prefers-color-scheme: dark){{{dark}}}\n"


def _shades(ground: Rgb) -> str:
    """A class for each shade that stands out from the ground, and black or white to write on it."""
    shades = list(enumerate(ramp(ground)))[1:]
    inks = ("#000000" if lightness(shade) >= BLACK_FROM else "#ffffff" for _, shade in shades)
    return "".join(
        f".h{at}{{--shade:#{''.join(f'{part:02x}' for part in shade)};--on-shade:{ink}}}"
        for (at, shade), ink in zip(shades, inks, strict=True)
    )


def _badge(letter: str) -> Html:
    return tag("b", letter, class_=f"badge {_colour_of(letter)}")


def _colour_of(letter: str) -> str:
    again, at = divmod(ord(letter[:1] or "A") - ord("A"), len(ON_LIGHT))
    return f"c{at} again" if again else f"c{at}"
