"""Several URLs for one plan: read from a file, put in the order in which they are sent, and told in a few words."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from httptui.engines.read_file import TooLongError
from httptui.errors import PlanError
from httptui.plans.plan import MOST_URLS, Plan, Target
from httptui.plans.secrets import redacted_url
from httptui.plans.urls import split_target
from httptui.safe_text import safe_text
from httptui.text_files import NOT_TEXT, read_text

MOST_FILE_BYTES = 8 * 1024 * 1024
"""Room for the most URLs of the greatest length."""
MOST_HOSTS_TOLD = 2


def read_urls(path: str) -> tuple[str, ...]:
    """The URLs in a file, one a line, without empty lines and those that begin with #; PlanError without a path says
    why it cannot be used, and repeats no line.
    """
    try:
        lines = read_text(Path(path), MOST_FILE_BYTES).splitlines()
    except TooLongError as error:
        raise PlanError(f"is {error.strerror}") from None
    except OSError as error:
        raise PlanError(f"cannot be read: {safe_text(error.strerror or str(error))}") from None
    except UnicodeDecodeError:
        raise PlanError(f"is {NOT_TEXT}") from None
    problems, urls = [], []
    for number, line in enumerate(lines, start=1):
        url = line.strip()
        if not url or url.startswith("#"):
            continue
        try:
            split_target(url)
        except ValueError as problem:
            problems.append(f"line {number} {problem}")
        urls.append(url)
    if problems:
        raise PlanError(*problems)
    if not 1 <= len(urls) <= MOST_URLS:
        raise PlanError(f"has {len(urls)} URLs; from 1 to {MOST_URLS}")
    return tuple(urls)


def with_urls_read(plan: Plan) -> Plan:
    """The plan with the URLs of its file in the place of the file, so that a report tells what was requested.

    PlanError names the file's field.
    """
    target = plan.target
    if target.urls_file is None:
        return plan
    path, where = "target.urls_file", safe_text(target.urls_file, 120)
    if target.urls:
        raise PlanError(f"{path}: given beside target.urls; keep one of the two")
    try:
        urls = read_urls(target.urls_file)
    except PlanError as error:
        raise PlanError(*(f'{path}: "{where}" {problem}' for problem in error.problems)) from None
    return structs.replace(plan, target=structs.replace(target, urls=urls, urls_file=None))


def in_order(target: Target, urls: Sequence[str], seed: int) -> list[str]:
    """The URLs as every contender sends them, again and again."""
    ordered = list(urls)
    if target.order == "shuffle":
        random.Random(seed).shuffle(ordered)
    return ordered


def describe_target(target: Target) -> str:
    """The method, and the URL or URLs in words: "GET 20 URLs of embedded · shuffled"."""
    return f"{target.method} {describe_urls(target)}"


def describe_urls(target: Target) -> str:
    """The URL without secrets, or how many there are, and where."""
    if target.urls_file is not None:
        return f"the URLs in {safe_text(Path(target.urls_file).name)}"
    if len(target.all_urls) == 1:
        return redacted_url(target.all_urls[0])
    shuffled = " · shuffled" if target.order == "shuffle" else ""
    return f"{len(target.urls)} URLs of {_hosts(target.urls)}{shuffled}"


def describe_recorded(target: Mapping[str, Any]) -> str:
    """The same of a report's target, which may be anything; not made safe."""
    if target.get("urls"):
        try:
            return describe_target(msgspec.convert(target, Target))
        except msgspec.ValidationError:
            pass
    return f"{target.get('method', 'GET')} {target.get('url', '')}".strip()


def _hosts(urls: Sequence[str]) -> str:
    hosts = list(dict.fromkeys(_host(url) for url in urls))
    return ", ".join(hosts) if len(hosts) <= MOST_HOSTS_TOLD else f"{len(hosts)} hosts"


def _host(url: str) -> str:
    try:
        parts = split_target(url)
    except ValueError:
        return "?"
    return (
        parts.host if parts.embedded else parts.without_userinfo.removesuffix(parts.path).partition("//")[2]
    )
