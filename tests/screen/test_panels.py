"""The panels as text: what each shows of a snapshot, at any width."""

from __future__ import annotations

from dataclasses import replace as replace_view

import pytest
from examples import EVENTS, FLAGS, PLAN, RANKING, SHARED, finished, in_open_load, report_of, running
from msgspec.structs import replace

from httptui.plan.model import Contender, Plan, Target
from httptui.results.snapshot import Event, Rank, Requests, Verdict
from httptui.tui.control.session import Status
from httptui.tui.control.snapshots import finished_snapshot, snapshot_of_plan
from httptui.tui.keys import Key
from httptui.tui.panels.board_keys import USUAL_KEYS
from httptui.tui.panels.columns import BY_NAME
from httptui.tui.panels.contender_page import draw_facts, facts_of
from httptui.tui.panels.contenders import draw_contenders
from httptui.tui.panels.events import draw_events, draw_plan
from httptui.tui.panels.header import draw_header, progress_bar
from httptui.tui.panels.latency import draw_latency, draw_throughput, fitting_contenders
from httptui.tui.panels.notices import draw_reason, draw_verdict, draw_warnings, told_of
from httptui.tui.panels.panel import by_key
from httptui.tui.panels.ranking import draw_ranking, ranking_note, ranking_title
from httptui.tui.panels.view import View
from httptui.tui.plots.cells import plain, row_width
from httptui.tui.widgets.key_lines import chosen_keys

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
        draw_reason(view, width),
        draw_facts(facts_of(view.snapshot.contenders[2]), width),
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
    column = BY_NAME["conns/req"]
    assert column.text(view) == f"{432 / (799 + 14 + 64):.2f}"
    assert column.text(replace(view, connections_opened=None)) == "–"


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
    ("status", "far"),
    [("running", "provisional, block 11 of 20"), ("stopped", "partial"), ("done", "final")],
)
def test_the_ranking_says_how_settled_it_is_and_by_what_where_only_one_is_shown(
    status: Status, far: str
) -> None:
    assert ranking_title(View(running(), status), 58, 20) == f"Ranking · {far}"
    assert ranking_title(View(running(), status), 58, 4) == f"Ranking by req/s · {far}"
    assert ranking_title(IDLE, 58, 20) == "Ranking"


def test_flags_and_the_key_to_the_other_ranking_stand_below_it() -> None:
    assert ranking_note(RUNNING, 58, 20) == "▲ 2 flags: drift, steal"
    assert ranking_note(RUNNING, 58, 4) == "▲ 2 flags: drift, steal · u: by CPU per request"
    assert ranking_note(View(replace(running(), flags=(), cpu_ranking=()), "running"), 58, 4) == ""
    assert ranking_note(RUNNING, 40, 4) == "▲ 2 flags · u: by CPU per request"


def test_the_cheapest_comes_first_by_cpu_and_the_dearest_has_the_longest_bar() -> None:
    rows = plain(draw_ranking(View(running(), "running", swapped=True), 98, 4)).splitlines()
    assert [row.split()[1] for row in rows] == ["A", "B", "C", "D"]
    assert "122× [118–127]" in rows[2]
    assert [row.count("█") for row in rows[:2]] == [0, 1]
    assert rows[2].count("█") > 20


def test_bars_and_figures_of_both_rankings_stand_in_the_same_columns() -> None:
    rows = plain(draw_ranking(RUNNING, 98, 20)).splitlines()
    assert (rows[0].strip(), rows[4].strip()) == ("req/s", "CPU per request")
    assert rows[1].index("█") == rows[7].index("█")
    assert len({len(rows[at].rstrip()) for at in (1, 2, 3, 5, 6, 7)}) == 1


def test_an_open_load_shows_response_times_what_was_dropped_and_how_late_requests_were() -> None:
    view = View(in_open_load(running()), "running")
    heading, _, second, *_ = lines(view, 150)
    for title in ("resp p50", "resp p99", "serv p99", "late p99", "dropped"):
        assert title in heading
    assert "35.0 ms" in second
    assert " 7 " in second
    narrow = lines(view, 78)[0].split("  ")
    assert {"resp p50", "resp p99", "dropped"} <= {title.strip() for title in narrow}


def test_a_closed_load_does_not_speak_of_responses() -> None:
    assert "resp" not in lines(RUNNING, 158)[0]


def test_the_chosen_row_is_marked_by_a_sign_and_not_by_colour_alone() -> None:
    rows = lines(View(running(), "running", chosen="B"), 116)
    assert [row[:2] for row in rows[1:]] == [" A", "▸B", " C", " D"]


@pytest.mark.parametrize(
    ("status", "chosen", "told"),
    [
        ("idle", None, None),
        ("running", None, "C"),
        ("stopping", "A", "A"),
        ("done", None, None),
        ("done", "D", "D"),
    ],
)
def test_the_slowest_ones_reason_is_told_until_the_verdict_is_or_another_is_chosen(
    status: Status, chosen: str | None, told: str | None
) -> None:
    contender = told_of(View(finished(), status, chosen=chosen))
    assert (contender and contender.id) == told


def test_before_there_is_a_ranking_the_plans_question_stands_in_place_of_a_reason() -> None:
    view = View(replace(running(), ranking=()), "running", plan=PLAN)
    assert plain(draw_reason(view, 80)).strip() == f"?  {PLAN.description}"
    assert draw_reason(replace_view(view, plan=replace(PLAN, description="")), 80) == ()


def test_one_that_did_not_finish_tells_its_cause_as_its_reason() -> None:
    view = View(running(), "running", chosen="D")
    assert "did not finish: cannot import requests" in plain(draw_reason(view, 100))


def test_the_facts_of_a_contender_are_those_that_are_known() -> None:
    failed = dict(facts_of(running().contenders[2]))
    assert failed["timeout × 12"] == "no answer within 30 s"
    assert failed["requests"] == "799 ok · 2 errors · 12 timeouts · 64 in the warm-up"
    assert failed["connections"] == "64 opened for 877 requests"
    assert failed["CPU"] == "7.8 ms per request · 98 % of a core"
    assert failed["latency"] == "p50 313 ms · p90 470 ms · p99 ~689 ms · max 1.53 s"
    assert "response" not in failed
    unknown = dict(facts_of(replace(running().contenders[3], state="running")))
    assert unknown["why"] == "its limiter is not known yet"
    assert not {"connections", "CPU", "latency", "event loop"} & set(unknown)


def test_the_facts_of_an_open_load_part_service_from_response() -> None:
    facts = dict(facts_of(in_open_load(running()).contenders[1], is_open=True))
    assert facts["service"].startswith("p50 17.5 ms")
    assert facts["response"].startswith("p50 35.0 ms")
    assert facts["late p99"] == "1.4 ms"
    assert "7 dropped" in facts["requests"]


def test_long_events_are_wrapped_and_flags_follow_them() -> None:
    rows = plain(draw_events((Event(1.0, "word " * 30),), 60, FLAGS)).splitlines()
    assert len([row for row in rows if "word" in row]) > 2
    assert [row.split()[:2] for row in rows if row.lstrip().startswith("flag")] == [["flag", "▲"]] * 2


def test_the_settling_flag_of_the_command_is_told_as_a_key() -> None:
    assert by_key(SHARED.sentence, USUAL_KEYS).endswith(
        "measured one at a time (key i), each has the whole machine"
    )


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
        (View(running(), "running", frozen=True), " FROZEN  at 6.2/10 s "),
        (View(running(), "running", frozen=True, behind=1.25), " FROZEN  at 6.2/10 s · 1.2 s back "),
        (View(replace(running(), total=None), "running", frozen=True), " FROZEN  at 6.2 s "),
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


def test_a_verdict_has_a_row_for_each_clause_and_letters_in_colour() -> None:
    cells = draw_verdict(DONE, 200)
    assert [row[1:3] for row in plain(cells).splitlines()] == ["▌ "] * 3
    assert [text for text, key in cells[1] if key == "C bold"] == ["C "]
    assert "(key i)" in plain(cells)


@pytest.mark.parametrize("height", [1, 2, 3, 5])
def test_a_verdict_never_takes_more_rows_than_it_may(height: int) -> None:
    assert len(draw_verdict(DONE, 58, height)) == height


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
    keys = [Key("r", "run", "run it", "", "", "run", 0), Key("m", "max", "maximise", "", "", "max", 1)]
    assert [text for _, text in chosen_keys(keys, 40)] == ["run it", "maximise"]
    assert [text for _, text in chosen_keys(keys, 16)] == ["run", "max"]
    assert [text for _, text in chosen_keys(keys, 8)] == ["run"]
    assert chosen_keys(keys, 2) == []


def test_before_a_run_the_plan_is_told_in_words() -> None:
    plan = replace(PLAN, description="Which is faster?\nTry and see.")
    rows = [row.strip() for row in plain(draw_plan(plan, 60)).splitlines()]
    assert rows[:3] == ["Which is faster?", "Try and see.", ""]
    assert "target    GET http://127.0.0.1:8099/" in rows


def test_a_percentile_that_few_answers_were_slower_than_is_marked_as_in_the_text_of_a_report() -> None:
    view = running().contenders[0]
    for timed, p90, p99, p99_9 in (
        (299, "~", "~", "~"),
        (300, "", "~", "~"),
        (3000, "", "", "~"),
        (30000, "", "", ""),
    ):
        shown = replace(view, requests=Requests(ok=timed))
        assert BY_NAME["p90"].text(shown) == f"{p90}6.1 ms"
        assert BY_NAME["p99"].text(shown) == f"{p99}9.0 ms"
        assert BY_NAME["p99.9"].text(shown) == f"{p99_9}12.3 ms"
        assert BY_NAME["p50"].text(shown) == "4.1 ms"
    assert BY_NAME["p99"].text(replace(view, latency_ms=None)) == "–"


def test_of_more_histograms_than_there_are_rows_for_the_chosen_one_is_shown() -> None:
    snapshot = running()
    twelve = tuple(replace(snapshot.contenders[0], id=letter) for letter in "ABCDEFGHIJKL")
    crowded = replace(snapshot, contenders=(*twelve, replace(twelve[0], id="M", histogram=())))

    def letters(**view: str) -> str:
        return "".join(one.id for one in fitting_contenders(View(crowded, **view), 4))

    assert letters() == "ABC"
    assert letters(chosen="B") == "ABC"
    assert letters(chosen="K") == "ABK"
    assert letters(chosen="M") == "ABC"
    assert len(fitting_contenders(View(crowded), 20)) == 12
