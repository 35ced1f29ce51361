"""Several URLs in one plan: read, checked, ordered, told, and without their secrets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from httptui.errors import PlanError
from httptui.plan.checks import check_plan
from httptui.plan.io import plan_from_mapping, plan_from_toml, plan_to_toml
from httptui.plan.model import MOST_URLS, Contender, Load, Plan, Policy, Target
from httptui.plan.secrets import Redactor, redacted_plan
from httptui.plan.urls import describe_recorded, describe_target, in_order, read_urls

ONE = (Contender(engine="aiohttp"),)


def problems(target: Target, policy: Policy | None = None, load: Load | None = None) -> list[str]:
    return list(
        check_plan(Plan(target=target, policy=policy or Policy(), load=load or Load(), contender=ONE))
    )


def file_of(folder: Path, text: str) -> str:
    path = folder / "urls.txt"
    path.write_text(text)
    return str(path)


def test_a_file_has_a_url_on_each_line_but_for_comments_and_empty_ones(tmp_path: Path) -> None:
    path = file_of(tmp_path, "# pages\nembedded/bytes/1\n\n  embedded/items/{n}  \r\n#embedded/off\n")
    assert read_urls(path) == ("embedded/bytes/1", "embedded/items/{n}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "embedded/a\nftp://me:canary@b/\nhttp://c d/\n",
            ["line 2 must start with", "line 3 must be visible"],
        ),
        ("# nothing\n", [f"has 0 URLs; from 1 to {MOST_URLS}"]),
        ("embedded/a\n" * (MOST_URLS + 1), [f"has {MOST_URLS + 1} URLs; from 1 to {MOST_URLS}"]),
        ("embedded/a\n" * 800_000, ["is longer than 8 MiB"]),
    ],
)
def test_a_file_that_will_not_do_is_told_by_its_lines_without_repeating_them(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    with pytest.raises(PlanError) as raised:
        read_urls(file_of(tmp_path, text))
    assert len(raised.value.problems) == len(told)
    assert all(line.startswith(start) for line, start in zip(raised.value.problems, told, strict=True))
    assert "canary" not in str(raised.value)


def test_a_plan_of_a_file_becomes_one_of_its_urls(tmp_path: Path) -> None:
    path = file_of(tmp_path, "embedded/a\nembedded/b\n")
    plan = plan_from_toml(f'[target]\nurls_file = "{path}"\n[[contender]]\nengine = "aiohttp"\n')
    assert plan.target == Target(urls=("embedded/a", "embedded/b"))


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"urls_file": "/no/such/file"}, 'target.urls_file: "/no/such/file" cannot be read: No such file'),
        ({"urls_file": "x", "urls": ["embedded"]}, "target.urls_file: given beside target.urls; keep one"),
        ({"urls": "embedded"}, "target.urls: must be a list of texts, not text"),
        (
            {"urls": ["embedded", "http://me:canary@h/" + "x" * 8_192]},
            "target.urls[1]: this text is not allowed",
        ),
        ({"order": "random"}, 'target.order: "random" is not allowed; "in-order", "shuffle"'),
    ],
)
def test_a_list_that_cannot_be_had_is_told_by_its_field(target: dict[str, object], told: str) -> None:
    with pytest.raises(PlanError) as raised:
        plan_from_mapping({"target": target, "contender": [{"engine": "aiohttp"}]})
    (line,) = raised.value.problems
    assert line.startswith(told)
    assert "canary" not in line


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (Target(urls=("embedded/a", "ftp://x/")), 'target.urls[1]: "ftp://x/" must start with'),
        (
            Target(urls=("http://h/", "embedded")),
            'target.urls[1]: "embedded" is of the embedded target, and the first one is not; keep',
        ),
        (
            Target(urls=("embedded", "http://h/")),
            'target.urls[1]: "http://h/" is not of the embedded target, and the first one is; keep',
        ),
        (
            Target(urls=("embedded", "https://embedded/")),
            'target.urls[1]: "https://embedded/" must be http:// as the first one',
        ),
        (Target(urls=("http://me:pw@h/",)), 'target.urls[0]: "http://***@h/" must have no user and password'),
        (Target(url="http://h/", urls=("http://h/",)), 'target.url: "http://h/" given beside target.urls'),
    ],
)
def test_every_url_of_a_list_is_checked_and_named_by_its_place(target: Target, told: str) -> None:
    (line,) = problems(target)
    assert line.startswith(told)


def test_http_2_needs_tls_for_every_url() -> None:
    plan = Plan(
        target=Target(urls=("https://h/", "http://h/")), contender=(Contender(engine="httpx", http="2"),)
    )
    assert [line.partition(":")[0] for line in check_plan(plan)] == ["contender[0].http"]


def test_a_pace_for_each_host_has_no_meaning_in_an_open_load() -> None:
    policy = Policy(per_host_rate=2.0)
    assert problems(Target(), policy) == problems(Target(), policy, Load(kind="burst")) == []
    assert problems(Target(), policy, Load(kind="open", rate=5.0)) == [
        "policy.per_host_rate: 2 has no meaning in an open load, which has load.rate; leave it out"
    ]


def test_a_shuffle_is_of_the_same_urls_and_depends_on_the_seed_alone() -> None:
    urls = [f"embedded/{number}" for number in range(20)]
    shuffled = Target(urls=tuple(urls), order="shuffle")
    first, again, other = (in_order(shuffled, urls, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert Counter(first) == Counter(other) == Counter(urls)
    assert in_order(Target(urls=tuple(urls)), urls, 1) == urls


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(url="http://me:pw@h/a?token=x1y2"), "GET http://***:***@h/a?token=***"),
        (Target(urls=("http://h:81/a",), method="HEAD"), "HEAD http://h:81/a"),
        (Target(urls=("embedded/a", "embedded/b"), order="shuffle"), "GET 2 URLs of embedded · shuffled"),
        (Target(urls=("http://h:81/a", "https://i/", "http://h:81/b")), "GET 3 URLs of h:81, i"),
        (Target(urls=("http://a/", "http://b/", "http://c/")), "GET 3 URLs of 3 hosts"),
        (Target(urls_file="/some/where/urls.txt"), "GET the URLs in urls.txt"),
    ],
)
def test_a_target_is_told_in_a_few_words(target: Target, words: str) -> None:
    assert describe_target(target) == words


def test_a_foreign_reports_target_is_told_as_far_as_it_can_be() -> None:
    assert describe_recorded({"urls": ["embedded/a", "embedded/b"]}) == "GET 2 URLs of embedded"
    assert describe_recorded({"urls": 7, "url": "http://h/"}) == "GET http://h/"


def test_secrets_in_listed_urls_are_kept_nowhere() -> None:
    plan = Plan(target=Target(urls=("http://h/", "http://h/?api_key=canary99")), contender=ONE)
    assert redacted_plan(plan)["target"]["urls"] == ("http://h/", "http://h/?api_key=***")
    assert Redactor.for_plan(plan, {}).redact("GET canary99") == "GET ***"


def test_a_plan_of_many_urls_is_written_and_read_back() -> None:
    plan = Plan(
        target=Target(urls=("embedded/a", 'embedded/"{n}"'), order="shuffle"),
        policy=Policy(retries=2, retry_wait=0.5, retry_on=("connect", "503"), per_host_rate=2.5),
        contender=ONE,
    )
    assert plan_from_toml(plan_to_toml(plan)) == plan
