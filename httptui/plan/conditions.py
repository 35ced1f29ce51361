"""Conditions on the texts of a plan, by path, under which a field may be given or has an effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from httptui.plan.texts import lines_of

if TYPE_CHECKING:
    from httptui.plan.field import Condition

Texts = Mapping[str, str]


def of_load(*kinds: str) -> Condition:
    """Return the condition that the load is of one of these kinds."""
    return lambda texts: texts["load.kind"] in kinds


def all_of(*conditions: Condition) -> Condition:
    """Return the condition that all of these hold."""
    return lambda texts: all(condition(texts) for condition in conditions)


def not_swept(texts: Texts) -> bool:
    """Return whether the plan is one run, not a sweep."""
    return not texts["sweep"].strip()


def interleaved(texts: Texts) -> bool:
    """Return whether contenders take turns, as in every sweep."""
    return texts["schedule.kind"] == "interleaved" or not not_swept(texts)


def retrying(texts: Texts) -> bool:
    """Return whether requests are retried, or `retry_on` is given all the same."""
    return texts["policy.retries"].strip() != "0" or bool(texts["policy.retry_on"].strip())


def several_urls(texts: Texts) -> bool:
    """Return whether a list or a file of URLs is requested."""
    return texts["target.source"] != "url"


def embedded(texts: Texts) -> bool:
    """Return whether every URL may be the embedded target's; URLs in a file are not read."""
    typed = {"url": [texts["target.url"]], "urls": lines_of(texts["target.urls"])}
    return all(map(_is_embedded, typed.get(texts["target.source"], ())))


def no_text(texts: Texts) -> bool:
    """Return whether no text is typed as the body, so that one of bytes can be sent."""
    return not texts["target.body"]


def _is_embedded(url: str) -> bool:
    # The module needs the model, whose fields declare these conditions.
    from httptui.plan.urls import split_target

    try:
        return split_target(url).embedded
    except ValueError:
        return False
