"""Pages in a real browser: a quiet console, nothing asked for, hostile text as text, two sheets on paper."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chromium import needs_chromium, visit
from written import to_html

from httptui.compare.compare import compare
from httptui.compare.sweeps import compare_sweeps
from httptui.sweeps.report import SweepReport, read_either

pytestmark = [pytest.mark.slow, needs_chromium]

RESULTS = Path(__file__).parents[2] / "docs" / "results"
HOSTILE = (
    "</title></style></svg><script>console.error('ran')</script>"
    "<img src=http://127.0.0.1:9/asked onerror=console.error('ran')><b onmouseover='x'>bold</b>"
)
SPOILT = {"label", "sentence", "text", "name", "url", "cause"}


def spoilt(value: Any, key: str = "") -> Any:
    """A report's JSON with hostile text in every label, sentence, message and name."""
    if isinstance(value, dict):
        messages = key in ("first_messages", "headers", "packages")
        return {name: spoilt(one, "text" if messages else name) for name, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one, "text" if key in ("warnings", "notes") else key) for one in value]
    return value + HOSTILE if isinstance(value, str) and key in SPOILT else value


def report(name: str, folder: Path, change: Callable[[Any], Any] = lambda data: data) -> Any:
    """A published report, changed."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(change(json.loads((RESULTS / path.name).read_text("utf-8")))), "utf-8")
    return read_either(path)


PAGES: dict[str, tuple[str, Callable[[Any], str]]] = {
    "run": ("http2", to_html),
    "sweep": ("knee", to_html),
    "grid": ("pool-grid", to_html),
    "two runs": ("http2", lambda of: to_html(compare(of, of))),
    "two sweeps": ("knee", lambda of: to_html(compare_sweeps(of, of))),
}


@pytest.mark.parametrize("kind", PAGES)
def test_hostile_text_stays_text_and_nothing_is_told_or_asked_for(kind: str, tmp_path: Path) -> None:
    name, html_of = PAGES[kind]
    seen = visit(html_of(report(name, tmp_path, spoilt)), tmp_path)
    assert (seen.console, seen.requests) == ((), ())
    assert seen.html.count("&lt;script&gt;console.error") >= 4
    assert not any(tag in seen.html for tag in ("<script", "<img", "<b onmouseover"))


def of_twelve(data: Any) -> Any:
    """A run of seven, in JSON, with five of its contenders once more as others."""
    twins = dict(zip("ABCDE", "HIJKL", strict=True))
    for places in (data["contenders"], data["ranking"], data["cpu_ranking"]):
        places += [place | {"id": twins[place["id"]]} for place in places if place["id"] in twins]
    for one in data["contenders"][7:]:
        one["label"] += " · again"
    data["plan"]["contender"] += data["plan"]["contender"][:5]
    return data


def of_usual_size(data: Any) -> Any:
    return data


def on_paper(html: str, size: str) -> str:
    """The page for a size of paper; its policy, which knows only its own style sheet, is left out."""
    free = re.sub(r"<meta http-equiv=[^>]*>", "", html)
    return re.sub(r"@page( \w+)? {", rf"\g<0> size: {size};", free)


RUNS = ["http2", "scraper-urls", "fastapi-fanout", "httpx-through-time", "dns"]
SWEEPS = ["knee", "pool-grid"]


@pytest.mark.parametrize("name", [*RUNS, *SWEEPS])
def test_the_page_of_a_usual_run_or_sweep_prints_on_two_sheets(name: str, tmp_path: Path) -> None:
    of = report(name, tmp_path)
    assert visit(to_html(of), tmp_path)[1:] == ((), (), 2)


def test_a_sweep_of_four_contenders_with_warnings_and_many_pairs_prints_on_three_sheets(
    tmp_path: Path,
) -> None:
    of = report("scraper-latency", tmp_path)
    assert isinstance(of, SweepReport)
    assert visit(to_html(of), tmp_path)[1:] == ((), (), 3)


@pytest.mark.parametrize("paper", ["A4", "letter"])
@pytest.mark.parametrize("change", [of_usual_size, of_twelve])
def test_a_run_of_seven_or_twelve_contenders_prints_on_two_sheets_of_either_size(
    paper: str, change: Callable[[Any], Any], tmp_path: Path
) -> None:
    html = on_paper(to_html(report("dns", tmp_path, change)), paper)
    assert visit(html, tmp_path).sheets == 2


def test_a_page_that_does_all_that_would_be_seen_to(tmp_path: Path) -> None:
    asked = "http://127.0.0.1:9/asked"
    seen = visit(f"<!doctype html><script>console.error('ran')</script><img src={asked}>", tmp_path)
    assert len(seen.console) == 1
    assert "ran" in seen.console[0]
    assert seen.requests == (asked,)
