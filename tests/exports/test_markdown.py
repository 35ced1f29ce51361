from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace
from sample_report import AIOHTTP, HTTPX, PLAN, SLOW, contender, report, slices
from written import to_markdown

from httptui.plan.io import plan_from_toml
from httptui.plan.model import Plan
from httptui.report.render_markdown import code, escaped, fenced
from httptui.results.snapshot import CpuRank, Flag, Limiter, Requests, Verdict
from httptui.safe_text import safe_text

MARKDOWN = MarkdownIt("gfm-like")

HOSTILE = [
    "a | b",
    "`code` ``more``",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "two\nlines\n\n# heading",
    "**bold** _it_ ~~gone~~",
    "[link](javascript:alert(1))",
    "![image](http://evil/)",
    "[reference][1]",
    "http://evil.example/ www.evil.example HTTPS://evil.example",
    "&lt;b&gt; &amp; &#60;",
    "back\\slash\\| pipe",
    "\x1b]52;c;evil\x07",
    "| --- |",
    "```\nfence",
    "]",
    "</details>",
    "",
]


def parsed(text: str) -> list[Token]:
    return [inner for token in MARKDOWN.parse(text) for inner in (token, *(token.children or ()))]


def shape(text: str) -> list[str]:
    """What the Markdown consists of, whatever its words are."""
    return [token.type for token in parsed(text) if token.type not in ("text", "text_special")]


def shown(text: str) -> str:
    """The words that a reader sees in one paragraph."""
    return "".join(token.content for token in parsed(text) if token.type in ("text", "text_special"))


def test_a_whole_report() -> None:
    text = to_markdown(report())
    before, plan, after = text.partition("```toml\n")
    assert plan
    assert before.splitlines() == [
        "# httptui: demo",
        "",
        "**B wins: 120 times [110–125] the req/s of A; C did not finish.**",
        "",
        "- ⚠ TLS certificates are not verified",
        "",
        "`GET http://127.0.0.1:8099/` · closed · 64 in flight · 10 s · interleaved",
        "",
        "## Results",
        "",
        "| rank | contender | req/s | of the leader | p50 | p99 | CPU/req | conns/req | errors | limited by |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --- |",
        "| 1 | B aiohttp · shared · uvloop | 15 511 | 100 % | 4.1 ms | 8.1 ms | 64 µs | 0.00 | 0 | client CPU |",
        "| 2 | A httpx · shared | 129 | 0.8 % [0.8–0.9] | 313 ms | \\~1.54 s | 7.8 ms | 0.05 | 4 | client CPU |",
        "| – | C requests · shared | 0 | – | – | – | – | – | 0 | did not finish |",
        "",
        "\\~ fewer than 30 requests were slower, so this percentile is rough.",
        "",
        "## Errors",
        "",
        "| contender | error | count | first message |",
        "| --- | --- | --: | --- |",
        "| A httpx · shared | status | 3 | 503: 3 |",
        "| A httpx · shared | refused | 1 | no &lt;b&gt;\\`one\\`&lt;/b&gt; \\| there |",
        "| C requests · shared | did not finish | – | requests is not installed |",
        "",
        "## Answers",
        "",
        "| contender | status | count | first answer |",
        "| --- | --- | --: | --- |",
        "| B aiohttp · shared · uvloop | 200 | 155 110 |  |",
        "| A httpx · shared | 200 | 1 290 |  |",
        "| A httpx · shared | 503 | 3 |  |",
        "| C requests · shared | 200 | 155 110 |  |",
        "",
        "<details><summary>What limits each contender</summary>",
        "",
        "- B aiohttp · shared · uvloop: client CPU: 64 µs of CPU per request, 99 % of a core",
        "- A httpx · shared: client CPU: 7.8 ms of CPU per request, 100 % of a core",
        "- C requests · shared: unknown: it has no successful request",
        "",
        "</details>",
        "",
        "<details><summary>How to read it</summary>",
        "",
        "Requests per second count successes only. CPU/req is the client process's own CPU time; conns/req counts "
        "connections opened, warm-up included. Ranks are apart where paired blocks settle them, falsely in at most "
        "one run of twenty. [Intervals] are 95 % ones of a ratio over those blocks (Hodges–Lehmann, exact "
        "signed-rank). Intervals do not include differences between process starts.",
        "",
        "</details>",
        "",
        "<details><summary>Plan</summary>",
        "",
    ]
    plan, _, environment = after.partition("\n```\n")
    assert plan_from_toml(f"{plan}\n") == msgspec.convert(PLAN, Plan)
    assert environment.splitlines() == [
        "",
        "</details>",
        "",
        "<details><summary>Environment</summary>",
        "",
        "| of | what | value |",
        "| --- | --- | --- |",
        "| run | started | 2026-11-20T10:00:00Z |",
        "| run | seconds | 11.2 |",
        "| machine | python | version 3.11.7 · gil yes |",
        "| machine | cpu | load average 0.1, 0.2 |",
        "| A | versions | httpx 0.28.1 |",
        "| B | versions | aiohttp 3.14.0 |",
        "",
        "</details>",
    ]


def test_a_plan_that_is_not_one_of_ours_is_shown_as_json() -> None:
    plan = {"name": "demo", "of": "another tool"}
    text = to_markdown(report(plan=plan)).partition("```json\n")[2]
    assert json.loads(text.partition("\n```\n")[0]) == plan


def test_all_that_is_long_is_folded_and_every_fold_is_closed() -> None:
    text = to_markdown(report())
    assert text.count("<details><summary>") == text.count("</details>") == 4
    assert text.index("## Results") < text.index("<details>")


def rounds_of(count: int) -> str:
    plan = {"load": {"kind": "closed", "requests": 512}, "schedule": {"rounds": count}}
    first = replace(HTTPX, slices=slices(*[1.5] * count))
    second = replace(AIOHTTP, slices=slices(*[0.5] * (count - 1)))
    text = to_markdown(report(plan=plan, contenders=(first, second), ranking=()))
    return text.partition("<details><summary>Rounds</summary>\n\n")[2].partition("\n\n</details>")[0]


def test_rounds_bounded_by_requests_are_listed_with_their_means() -> None:
    assert rounds_of(3).splitlines() == [
        "| contender | round 1, s | round 2, s | round 3, s | mean, s |",
        "| --- | --: | --: | --: | --: |",
        "| A httpx · shared | 1.500 | 1.500 | 1.500 | 1.500 |",
        "| B aiohttp · shared · uvloop | 0.500 | 0.500 | – | 0.500 |",
    ]


def test_very_many_rounds_show_their_means_alone() -> None:
    assert rounds_of(21).splitlines()[0] == "| contender | mean, s |"


def test_a_clean_timed_run_has_neither_errors_nor_rounds_nor_footnote() -> None:
    text = to_markdown(report(contenders=(AIOHTTP,), warnings=()))
    assert "## Errors" not in text
    assert "Rounds" not in text
    assert "⚠" not in text
    assert "~" not in text


def test_an_incomplete_run_says_so() -> None:
    assert "This run was not complete." in to_markdown(report(complete=False))
    assert "not complete" not in to_markdown(report())


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_shown_as_it_is(text: str) -> None:
    assert shape(f"x {escaped(text)} x") == ["paragraph_open", "inline", "paragraph_close"]
    assert shown(f"x {escaped(text)} x") == f"x {safe_text(text)} x"


@given(
    st.text()
    | st.lists(st.sampled_from([*HOSTILE, "[", "]", "(", ")", "!", "*", "_", "~", " "])).map("".join)
)
def test_any_text_stays_text(text: str) -> None:
    assert shape(f"x{escaped(text)}x") == ["paragraph_open", "inline", "paragraph_close"]


def hostile_report(text: str) -> str:
    strange: dict[str, Any] = {
        "errors": {text or "other": 1},
        "first_messages": {text or "other": text},
        "versions": {text: text},
        "limiter": Limiter("unknown", text),
        "cause": text or None,
    }
    return to_markdown(
        report(
            contenders=(contender("A", text, **strange),),
            verdict=Verdict("undecided", f"A {text}."),
            warnings=(text,),
            started=text,
            plan={"name": text, "target": {"url": f"http://{text}"}, text: text},
            environment={text: {text: text}},
        )
    )


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_names_and_messages_do_not_change_the_shape_of_a_report(text: str) -> None:
    assert shape(hostile_report(text)) == shape(hostile_report("harmless"))


@given(st.text(max_size=50))
def test_code_holds_any_text(text: str) -> None:
    tokens = [token for token in parsed(code(f"GET {text}")) if token.type == "code_inline"]
    assert [token.content for token in tokens] == [safe_text(f"GET {text}", 1000)]


@given(st.text(st.characters(codec="utf-8"), max_size=100))
def test_a_fence_holds_any_lines(text: str) -> None:
    tokens = parsed(fenced(text))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content == "\n".join(safe_text(line, 10_000) for line in text.split("\n")) + "\n"


def test_the_ranking_by_cpu_is_a_table_of_its_own() -> None:
    costs = (
        CpuRank(id="B", rank_low=1, rank_high=1, cpu_us_per_request=64.0, ratio=1.0),
        CpuRank(
            id="A",
            rank_low=2,
            rank_high=3,
            cpu_us_per_request=276.0,
            ratio=4.3,
            ratio_low=4.2,
            ratio_high=4.4,
        ),
        CpuRank(id="Z", rank_low=2, rank_high=3, cpu_us_per_request=300.0, ratio=4.7),
    )
    lines = to_markdown(report(cpu_ranking=costs)).splitlines()
    at = lines.index("## CPU per request")
    assert lines[at + 2 : at + 7] == [
        "| rank | contender | CPU/req | of the cheapest |",
        "| --- | --- | --: | --: |",
        "| 1 | B aiohttp · shared · uvloop | 64 µs | 1.00 times |",
        "| 2–3 | A httpx · shared | 276 µs | 4.3 times [4.2–4.4] |",
        "",
    ]
    assert "## CPU per request" not in to_markdown(report(cpu_ranking=costs[:1]))


def test_flags_come_before_warnings() -> None:
    text = to_markdown(report(flags=(Flag("noise", "noise: by <b>12 %</b> for C"),)))
    assert "- ⚠ **noise:** by &lt;b&gt;12 %&lt;/b&gt; for C\n- ⚠ TLS certificates are not verified\n" in text


def test_an_open_load_tells_what_its_users_waited_and_what_was_dropped() -> None:
    late = replace(
        HTTPX,
        offered_per_s=90.0,
        response_ms=replace(SLOW, p50=500.0, at_most={"p99": None}, censored=40),
        requests=Requests(planned=900, ok=200, timeout=40, dropped=660),
    )
    rows = to_markdown(report(contenders=(late,), ranking=())).splitlines()
    heading = next(row for row in rows if row.startswith("| rank"))
    assert heading == (
        "| rank | contender | offered/s | served/s | of the leader | response p50 | response p99 | service p50 "
        "| service p99 | CPU/req | conns/req | dropped | errors | limited by |"
    )
    assert (
        "| 90.0 | 129 | – | 500 ms | &gt; 1.54 s | 313 ms | \\~1.54 s | 7.8 ms | 0.19 | 660 | 40 |"
        in rows[rows.index(heading) + 2]
    )


def test_what_a_plan_asks_is_told() -> None:
    text = to_markdown(report(plan=PLAN | {"description": "Is *it* fast?\nMore."}))
    assert "\n\n> Is \\*it\\* fast?\n\n" in text
    assert "\n> " not in to_markdown(report())


@pytest.mark.parametrize("text", ["@user", "ask @user-1, (@other)", "see #12", "x #1"])
def test_nobody_is_called_and_no_issue_is_linked(text: str) -> None:
    assert not re.search(r"[@#][A-Za-z0-9]", shown(escaped(text)))
    assert shown(escaped(text)).replace("\u200b", "") == text


def test_intervals_of_one_start_say_what_they_leave_out() -> None:
    twice = replace(
        AIOHTTP, slices=tuple(replace(piece, epoch=at) for at, piece in enumerate(slices(1.0, 1.0)))
    )
    assert "between process starts" in to_markdown(report())
    assert "between process starts" not in to_markdown(report(contenders=(twice,)))


def test_tries_beyond_the_first_have_a_column_where_there_are_any() -> None:
    tried = replace(HTTPX, requests=replace(HTTPX.requests, retried=31))
    told = to_markdown(report(contenders=(tried, AIOHTTP)))
    assert "| errors | retried | limited by |" in told
    assert "| 4 | 31 | client CPU |" in told
    assert "retried" not in to_markdown(report()).partition("## Results")[2].partition("##")[0]
