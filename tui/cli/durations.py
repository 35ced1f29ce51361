"""Times as people type them."""

from __future__ import annotations

import re

from httptui.plan.requests import shown
from httptui.plan.texts import SECONDS_IN

TIME = "TIME"
"""What stands for such a value in the help of a command."""

ALLOWED = "a time such as 10s, 500ms, 2m or a number of seconds"


def seconds_of_text(text: str) -> float:
    """Seconds from "10s", "500ms", "2m", "1h" or "10"; ValueError says what is allowed."""
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|)", text.strip())
    if match is None:
        raise ValueError(ALLOWED)
    return round(float(match[1]) * SECONDS_IN[match[2]], 9)


def seconds_of_flag(flag: str, text: str | None, problems: list[str]) -> float | None:
    """The same of a flag's value, None where it is not given; what is wrong with it is added to `problems`."""
    try:
        return None if text is None else seconds_of_text(text)
    except ValueError as allowed:
        problems.append(f"{flag}: {shown(text)} is not allowed; {allowed}")
        return None
