"""The panels as text: what each shows of a snapshot, at any width."""

from __future__ import annotations

import pytest
from examples import EVENTS, PLAN, RANKING, finished, report_of, running
from msgspec.structs import replace

from httptui.plan import Contender, Plan, Target
from httptui.snapshot import Rank, Verdict
from tui.panels.contenders import draw_contenders, per_request
from tui.panels.events import draw_events, draw_plan
from tui.panels.header import draw_header, progress_bar
from tui.panels.keys import Key, chosen_keys
from tui.panels.latency import draw_latency
from tui.panels.notices import draw_verdict, draw_warnings
from tui.panels.ranking import RankingPanel, draw_ranking
from tui.panels.throughput import draw_throughput
from tui.panels.view import Status, View, finished_snapshot, snapshot_of_plan
from tui.plots.cells import plain, row_width

IDLE = View(snapshot_of_plan(PLAN))
RUNNING = View(running(), "running")
DONE = View(finished(), "done")


def lines(view: View, width: int) -> list[str]:
    """The table of contenders as text."""
    return plain(draw_contenders(view, width)).splitlines()


def test_the_table_shows_a_row_of_figures_for_each_contender() -> None:
    heading, first, *_ = lines(RUNNING, 116)
    assert heading.split() == [
        "contender",
        "req/s",
        "p50",
        "p99",
        "CPU/req",
        "conns/req",
        "errors",
        "limited",
        "by",
    ]
    assert first.split("  ")[0] == " A"
    assert "aiohttp · shared · uvloop" in first
    assert "15 511" in first
    assert first.rstrip().endswith("client CPU")


def test_a_contender_that_did_not_finish_shows_its_cause_in_place_of_figures() -> None:
    row = lines(RUNNING, 116)[4]
    assert "dnf  cannot import requests: No module named 'chardet'" in row


def test_errors_stand_out_and_count_timeouts_too() -> None:
    cells = draw_contenders(RUNNING, 116)
    (errors,) = [text.strip() for text, key in cells[3] if key == "bad bold"]
    assert errors == "14"


@pytest.mark.parametrize("width", [1, 3, 20, 40, 58, 78, 98, 118, 158, 300])
@pytest.mark.parametrize("view", [IDLE, RUNNING, DONE], ids=["idle", "running", "done"])
def test_every_panel_is_exactly_as_wide_as_its_room(view: View, width: int) -> None:
    drawn = [
        draw_contenders(view, width),
        draw_ranking(view, width),
        draw_events(view.snapshot.events, width),
        draw_warnings(view, width),
        draw_verdict(view, width),
        draw_throughput(view, width, 9),
        draw_latency(view, width, 9),
        (draw_header(view, width),),
    ]
    assert {row_width(row) for cells in drawn for row in cells} == {width}


def test_a_narrow_table_keeps_the_rates_and_gives_up_the_limiter_first() -> None:
    assert "req/s" in lines(RUNNING, 40)[0]
    assert "limited by" not in lines(RUNNING, 90)[0]
    assert "errors" in lines(RUNNING, 78)[0]


def test_before_a_run_every_contender_of_the_plan_is_ready() -> None:
    assert [row.split()[-1] for row in lines(IDLE, 116)[1:]] == ["ready"] * 4
    assert IDLE.snapshot.target == "GET http://127.0.0.1:8099/"
    assert IDLE.snapshot.load == "closed · 64 in flight · 10 s"


def test_a_plan_that_turns_verification_off_warns_before_the_run_and_hides_userinfo() -> None:
    plan = Plan(
        target=Target(url="https://me:secret@127.0.0.1/", verify=False),
        contender=(Contender(engine="httpx"),),
    )
    snapshot = snapshot_of_plan(plan)
    assert snapshot.warnings == ("TLS certificates are not verified",)
    assert "secret" not in snapshot.target


def test_connections_are_counted_per_request_sent_warm_up_included() -> None:
    view = replace(running().contenders[2], connections_opened=432)
    assert per_request(view) == f"{432 / (799 + 14 + 64):.2f}"
    assert per_request(replace(view, connections_opened=None)) == "–"


def test_the_ranking_has_a_bar_and_an_interval_for_each_ratio() -> None:
    rows = plain(draw_ranking(RUNNING, 78)).splitlines()
    assert rows[0].startswith(" 1  A aiohttp · shared · uvloop  ████")
    assert "23 % [22–24]" in rows[1]
    assert "▏" in rows[2]
    assert rows[3].strip() == "–  D requests · per-request  did not finish"


def test_contenders_that_cannot_be_parted_share_a_place() -> None:
    tied = tuple(Rank(id=letter, rank_low=1, rank_high=2, req_per_s=100.0, ratio=1.0) for letter in "AB")
    rows = plain(draw_ranking(View(replace(running(), ranking=tied), "running"), 78)).splitlines()
    assert [row.split()[0] for row in rows[:2]] == ["1–2", "1–2"]


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("idle", "Ranking"),
        ("running", "Ranking · provisional, block 11 of 20"),
        ("stopped", "Ranking · partial"),
        ("done", "Ranking · final"),
    ],
)
def test_the_ranking_says_how_settled_it_is(status: Status, title: str) -> None:
    assert RankingPanel(id="ranking").title(View(running(), status)) == title


def test_events_are_marked_by_sign_and_not_by_colour_alone() -> None:
    rows = plain(draw_events(EVENTS, 60)).splitlines()
    assert [row.split("s  ")[1][0] for row in rows] == ["·", "✗", "·", "▲"]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (IDLE, "○ ready · press r to run"),
        (RUNNING, "● running 6.2/10 s"),
        (View(running(), "stopping"), "● stopping 6.2/10 s"),
        (View(replace(running(), phase="warm-up"), "running"), "● warm-up"),
        (View(replace(running(), total=None, progress=0.5), "running"), "● running 6.2 s · 50 %"),
        (View(running(), "running", frozen=True), " FROZEN  ● running"),
        (View(running(), "stopped"), "■ stopped · 6.2 s"),
        (View(running(), "failed"), "✗ not run"),
        (DONE, "✓ done · 10.0 s"),
    ],
)
def test_the_header_tells_the_target_and_how_far_the_run_is(view: View, words: str) -> None:
    text = plain((draw_header(view, 120),))
    assert "GET http://127.0.0.1:8099/" in text
    assert words in text


def test_the_header_keeps_its_status_where_the_url_is_too_long() -> None:
    long = View(replace(running(), target="GET http://127.0.0.1:8099/" + "a" * 300), "running")
    assert "● running 6.2/10 s" in plain((draw_header(long, 60),))


def test_the_progress_bar_fills_by_halves() -> None:
    assert [progress_bar(part, 4)[0][0] for part in (0, 0.125, 0.5, 1, 7)] == ["", "╸", "━━", "━━━━", "━━━━"]


def test_warnings_stand_and_the_last_line_counts_what_does_not_fit() -> None:
    many = View(replace(running(), warnings=tuple(f"warning {n}" for n in range(5))), "running")
    rows = plain(draw_warnings(many, 40)).splitlines()
    assert [row.strip() for row in rows] == ["▲ warning 0", "▲ warning 1", "and 3 more warnings"]


def test_the_verdict_is_shown_only_when_the_run_is_done() -> None:
    assert draw_verdict(View(finished(), "running"), 80) == ()
    assert "serves this workload best" in plain(draw_verdict(DONE, 200))


def test_the_report_has_the_final_word_over_the_last_snapshot() -> None:
    report = replace(report_of(finished()), verdict=Verdict("tie", "A and B tie."))
    snapshot = finished_snapshot(running(), report)
    assert (snapshot.phase, snapshot.verdict, snapshot.ranking) == ("done", report.verdict, RANKING)
    assert [contender.state for contender in snapshot.contenders] == [
        "finished",
        "finished",
        "finished",
        "dnf",
    ]


def test_keys_lose_words_first_and_the_least_needed_go_last() -> None:
    keys = [Key("r", "run it", "run", "run", 0, ""), Key("m", "maximise", "max", "max", 1, "")]
    assert [text for _, text in chosen_keys(keys, 40)] == ["run it", "maximise"]
    assert [text for _, text in chosen_keys(keys, 16)] == ["run", "max"]
    assert [text for _, text in chosen_keys(keys, 8)] == ["run"]
    assert chosen_keys(keys, 2) == []


def test_before_a_run_the_plan_is_told_in_words() -> None:
    plan = replace(PLAN, description="Which is faster?\nTry and see.")
    rows = [row.strip() for row in plain(draw_plan(plan, 60)).splitlines()]
    assert rows[:3] == ["Which is faster?", "Try and see.", ""]
    assert "target    GET http://127.0.0.1:8099/" in rows
