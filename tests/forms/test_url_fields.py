"""One URL, a list of them, or those of a file: which of the three counts, and where a problem is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from form_examples import PLAN

from httptui.plan.field import embedded
from httptui.plan.model import Contender, Plan, Target
from httptui.plan.secrets import MASK
from httptui.tui.forms.curl import parse_curl, with_request
from httptui.tui.forms.mapping import check
from httptui.tui.forms.state import FormState, state_of, with_values
from httptui.tui.widgets.entry import VEIL, UrlsArea

LISTED = state_of(
    Plan(
        target=Target(urls=("embedded/a", "embedded/b"), order="shuffle"),
        contender=(Contender(engine="aiohttp"),),
    )
)


def target_of(state: FormState) -> Target:
    plan = check(state).plan
    assert plan is not None
    return plan.target


def told(state: FormState) -> list[tuple[str, str]]:
    return [(problem.field, problem.words) for problem in check(state).problems]


def test_only_what_is_chosen_counts_and_the_other_texts_stay(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("# two\nembedded/c\nembedded/d\n")
    state = with_values(LISTED, {"target.url": "http://127.0.0.1:8099/", "target.urls_file": str(file)})
    assert target_of(state) == Target(urls=("embedded/a", "embedded/b"), order="shuffle")
    assert target_of(with_values(state, {"target.source": "urls_file"})).urls == ("embedded/c", "embedded/d")
    one = with_values(state, {"target.source": "url"})
    assert target_of(one) == Target(url="http://127.0.0.1:8099/", order="shuffle")
    assert one["target.urls"] == "embedded/a\nembedded/b"


def test_a_curl_command_asks_for_one_url() -> None:
    taken = with_request(LISTED, parse_curl("curl http://127.0.0.1:8099/x"))
    assert (taken["target.source"], target_of(taken).all_urls) == ("url", ("http://127.0.0.1:8099/x",))


def test_a_problem_of_a_listed_url_is_told_by_its_number() -> None:
    ((field, words),) = told(with_values(LISTED, {"target.urls": "embedded/a\n\n ftp://b \nembedded/c"}))
    assert field == "target.urls"
    assert words.startswith('URL 2: "ftp://b" ')
    assert told(with_values(LISTED, {"target.urls": " \n"})) == [
        ("target.urls", "is empty; give a URL on each line")
    ]
    masked = told(with_values(LISTED, {"target.urls": f"http://h/?token={MASK}"}))
    assert [field for field, _ in masked] == ["target.urls"]


def test_a_problem_of_a_file_is_told_at_the_file(tmp_path: Path) -> None:
    state = with_values(LISTED, {"target.source": "urls_file"})
    assert told(state) == [("target.urls_file", "is empty; give the name of a file with a URL on each line")]
    ((field, words),) = told(with_values(state, {"target.urls_file": str(tmp_path / "none")}))
    assert (field, "cannot be read" in words) == ("target.urls_file", True)
    file = tmp_path / "mixed.txt"
    file.write_text("embedded/a\nhttp://127.0.0.1/\n")
    ((field, words),) = told(with_values(state, {"target.urls_file": str(file)}))
    assert field == "target.urls_file"
    assert words.startswith('URL 2: "http://127.0.0.1/" is not of the embedded target')


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_never_ends_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        ((field, words),) = told(
            with_values(LISTED, {"target.source": "urls_file", "target.urls_file": str(path)})
        )
        assert (field, words.endswith("is not a file")) == ("target.urls_file", True)


@pytest.mark.parametrize(
    ("changes", "is_embedded"),
    [
        ({}, True),
        ({"target.urls": "embedded/a\nhttp://127.0.0.1/"}, False),
        ({"target.source": "url", "target.url": "embedded"}, True),
        ({"target.source": "url", "target.url": PLAN.target.url}, False),
        ({"target.source": "url", "target.url": "nowhere"}, False),
        ({"target.source": "urls_file", "target.urls_file": "urls.txt"}, True),
    ],
)
def test_lookups_can_be_slowed_where_all_may_be_embedded(changes: dict[str, str], is_embedded: bool) -> None:
    assert embedded(with_values(LISTED, changes).texts) is is_embedded


def test_a_veil_hides_those_urls_that_hold_a_secret() -> None:
    secret = "http://h/?token=abc"
    assert UrlsArea().veil(f"embedded/a\n{secret}") == f"embedded/a\n{VEIL * len(secret)}"
