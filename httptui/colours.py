"""Colours on the screen and on a page: of contenders, and of heat maps and grids.

Contenders have Okabe and Ito's set, in an order that keeps neighbours apart. Each is darkened or lifted until it can
be read on its ground; black, the eighth of the set, is a grey. Source: M. Okabe, K. Ito, "Color Universal Design"
(https://jfly.uni-koeln.de/color/).

Shades of heat maps go away from the background in even steps of lightness, so that larger values stand out more: on a
dark background from indigo over blue and teal to a pale green, on a light one in reverse. Lightness is that of OKLab,
in which equal steps look equal. Source: B. Ottosson, "A perceptual color space for image processing"
(https://bottosson.github.io/posts/oklab/).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

ON_LIGHT = ("#0067A5", "#8F5400", "#006B49", "#9E3A76", "#666100", "#B03A0A", "#3D4FB5", "#595959")
ON_DARK = ("#56B4E9", "#E69F00", "#00B386", "#CC79A7", "#F0E442", "#E8743B", "#6A9BE8", "#B8B8B8")


LEVELS = 12
FIRST_STEP = 0.1
LIGHTEST, DARKEST = 0.96, 0.24
INDIGO, GREEN = 290.0, 155.0
CHROMA = 0.135
MIDDLE = 0.6
WIDE, SMALLEST = 20, 1e-9
"""Shades are logarithmic if values span this ratio and the least is not zero."""

Rgb = tuple[int, int, int]


@lru_cache(maxsize=32)
def ramp(ground: Rgb) -> tuple[Rgb, ...]:
    """Return the background, and `LEVELS` colours that stand out from it increasingly."""
    start = lightness(ground)
    away = FIRST_STEP if start < MIDDLE else -FIRST_STEP
    last = LIGHTEST if start < MIDDLE else DARKEST
    first = start + away
    steps = (first + (last - first) * step / (LEVELS - 1) for step in range(LEVELS))
    return (ground, *(_colour(step) for step in steps))


def shades(values: Sequence[float]) -> Callable[[float], int]:
    """Return a function from a value to its shade, 1 for the least to `LEVELS` for the greatest.

    Steps are equal factors over a wide range, otherwise equal differences.
    """
    low, high = min(values, default=0.0), max(values, default=0.0)
    if high <= low:
        return lambda _: LEVELS // 2
    if low >= SMALLEST and high >= WIDE * low:
        return lambda value: 1 + round(math.log(value / low) / math.log(high / low) * (LEVELS - 1))
    return lambda value: 1 + round((value - low) / (high - low) * (LEVELS - 1))


def lightness(colour: Rgb) -> float:
    """Return OKLab's lightness of a colour: 0 is black, 1 is white."""
    red, green, blue = (_linear(part / 255) for part in colour)
    long = 0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue
    middle = 0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue
    short = 0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue
    return 0.2104542553 * math.cbrt(long) + 0.7936177850 * math.cbrt(middle) - 0.0040720468 * math.cbrt(short)


def _colour(light: float) -> Rgb:
    """Return the ramp's colour of a lightness: dark ones are indigo, light ones green, the ends less saturated."""
    part = min(max((light - DARKEST) / (LIGHTEST - DARKEST), 0.0), 1.0)
    hue = math.radians(INDIGO + (GREEN - INDIGO) * part**1.3)
    strength = CHROMA * (0.5 + 2 * part * (1 - part))
    while strength > 0:
        linear = _linear_rgb(light, strength * math.cos(hue), strength * math.sin(hue))
        if all(-1e-3 <= value <= 1.001 for value in linear):
            break
        strength -= 0.005
    red, green, blue = (round(255 * _encoded(min(max(value, 0.0), 1.0))) for value in linear)
    return red, green, blue


def _linear_rgb(light: float, a: float, b: float) -> tuple[float, float, float]:
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
