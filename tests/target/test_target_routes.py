from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.target.answers import FILLER, GZIP, LEAST_JSON, MAX_BYTES, ROOT, WHOLE_LIMIT, Route, route
from httptui.target.options import Pacing
from httptui.target.pacing import draw


def test_root_is_one_kib_of_text() -> None:
    assert route("/") == Route("fixed", ROOT)
    assert len(ROOT.body) == 1024
    assert ROOT.headers == (("Content-Type", "text/plain; charset=utf-8"),)


@pytest.mark.parametrize(
    "target", ["/", "*", "http://127.0.0.1:8099", "http://127.0.0.1:8099/", "/?anything=else"]
)
def test_every_form_of_the_root_is_the_root(target: str) -> None:
    assert route(target).answer == ROOT


@pytest.mark.parametrize(
    ("target", "held", "filler"),
    [
        ("/bytes/0", b"", 0),
        ("/bytes/7", FILLER[:7], 0),
        (f"/bytes/{WHOLE_LIMIT}", FILLER, 0),
        (f"/bytes/{WHOLE_LIMIT + 1}", b"", WHOLE_LIMIT + 1),
        (f"/bytes/{MAX_BYTES}", b"", MAX_BYTES),
    ],
)
def test_bytes_are_held_or_streamed(target: str, held: bytes, filler: int) -> None:
    answer = route(target).answer
    assert (answer.status, answer.body, answer.filler) == (200, held, filler)
    assert answer.length == int(target.rpartition("/")[2])


@pytest.mark.parametrize(
    ("target", "status", "headers", "body"),
    [
        ("/status/200", 200, ["Content-Type"], b"200 OK\n"),
        ("/status/204", 204, [], b""),
        ("/status/302", 302, ["Content-Type", "Location"], b"302 Found\n"),
        ("/status/304", 304, [], b""),
        ("/status/404", 404, ["Content-Type"], b"404 Not Found\n"),
        ("/status/599", 599, ["Content-Type"], b"599 Unassigned\n"),
    ],
)
def test_status_gives_the_status(target: str, status: int, headers: list[str], body: bytes) -> None:
    answer = route(target).answer
    assert (answer.status, [name for name, _ in answer.headers], answer.body) == (status, headers, body)


@given(st.integers(LEAST_JSON, WHOLE_LIMIT))
def test_json_is_a_document_of_just_the_size_and_full_of_records(size: int) -> None:
    answer = route(f"/json/{size}").answer
    assert (answer.status, answer.headers, answer.length) == (
        200,
        (("Content-Type", "application/json"),),
        size,
    )
    document = json.loads(answer.body)
    assert [one["id"] for one in document["items"]] == list(range(len(document["items"])))
    assert len(document["padding"]) <= len(json.dumps(document["items"][-1:], ensure_ascii=False)) + 80


def test_other_paths_have_their_kinds() -> None:
    assert route("/stats").kind == "stats"
    assert route("/echo?x=1").kind == "echo"
    assert route("/gzip").answer == GZIP
    assert route("/delay/12.5").delay_ms == 12.5
    assert (route("/cpu/12.5").kind, route("/cpu/12.5").seconds) == ("cpu", 0.0125)
    assert (route("/fault/hang").fault, route("/fault/hang").seconds) == ("hang", 30.0)
    assert route("/fault/drip?seconds=2").seconds == 2.0


def test_query_values_are_read_on_every_path() -> None:
    found = route("/bytes/1?latency_ms=5&jitter_ms=.5&error_rate=0.25")
    assert (found.latency_ms, found.jitter_ms, found.error_rate) == (5.0, 0.5, 0.25)
    assert found.paced
    assert not route("/?latency_ms=0").paced


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("/bytes/many", "bytes: 'many' cannot be used; a whole number from 0 to 268435456 is needed"),
        (
            "/bytes/268435457",
            "bytes: '268435457' cannot be used; a whole number from 0 to 268435456 is needed",
        ),
        ("/bytes/-1", "bytes: '-1' cannot be used; a whole number from 0 to 268435456 is needed"),
        ("/json/24", "json: '24' cannot be used; a whole number from 25 to 65536 is needed"),
        ("/status/99", "status: '99' cannot be used; a whole number from 200 to 599 is needed"),
        ("/delay/60001", "delay: '60001' cannot be used; a number from 0 to 60000 is needed"),
        ("/cpu/1001", "cpu: '1001' cannot be used; a number from 0 to 1000 is needed"),
        ("/delay/nan", "delay: 'nan' cannot be used; a number from 0 to 60000 is needed"),
        ("/?error_rate=1.1", "error_rate: '1.1' cannot be used; a number from 0 to 1 is needed"),
        ("/?latency_ms=", "latency_ms: '' cannot be used; a number from 0 to 60000 is needed"),
        ("/fault/fire", "fault: 'fire' is unknown; there are close, truncate, malformed, drip, hang, reset"),
        ("/delay/%0A", "delay: '%0A' cannot be used; a number from 0 to 60000 is needed"),
        ("/?jitter_ms=%0Ax", "jitter_ms: '\\nx' cannot be used; a number from 0 to 60000 is needed"),
    ],
)
def test_bad_values_get_one_clear_line(target: str, line: str) -> None:
    answer = route(target).answer
    assert (answer.status, answer.body.decode()) == (400, f"{line}\n")


@pytest.mark.parametrize("target", ["/nope", "/bytes", "/bytes/1/2", "/echo/1", "/gzip/", "//", "", "stats"])
def test_other_paths_are_not_found(target: str) -> None:
    assert route(target).answer.status == 404


@given(
    st.one_of(
        st.text(),
        st.builds("/{}/{}?{}={}".format, *[st.text(max_size=20)] * 4),
        st.builds(
            "/{}/{}?{}={}".format,
            st.sampled_from(["bytes", "delay", "cpu", "status", "fault", "echo"]),
            st.text(max_size=12),
            st.sampled_from(["latency_ms", "jitter_ms", "error_rate", "seconds"]),
            st.text(max_size=12),
        ),
    )
)
def test_no_target_ever_raises(target: str) -> None:
    found = route(target)
    assert found.kind in ("fixed", "cpu", "echo", "stats", "fault")
    assert 200 <= found.answer.status <= 599
    assert found.answer.length <= MAX_BYTES
    assert found.answer.status == 200 or b"\n" not in found.answer.body[:-1]
    assert all(seconds >= 0 for seconds in (found.seconds, found.delay_ms))


def test_the_query_beats_the_server_wide_pacing() -> None:
    pacing = Pacing(latency_ms=50, error_rate=1)
    assert draw(route("/"), pacing, Random(1)) == (0.05, True)
    assert draw(route("/?latency_ms=0&error_rate=0"), pacing, Random(1)) == (0.0, False)
    assert draw(route("/delay/100?error_rate=0"), pacing, Random(1)) == (0.15, False)


def test_stats_are_exempt_from_the_server_wide_pacing() -> None:
    assert draw(route("/stats"), Pacing(latency_ms=50, jitter_ms=9, error_rate=1), Random(1)) == (0.0, False)


def test_jitter_stays_in_its_bounds_and_is_seeded() -> None:
    where = route("/?latency_ms=10&jitter_ms=20&error_rate=0.3")
    drawn = [draw(where, Pacing(), rng) for rng in [Random(7)] for _ in range(2000)]
    assert all(0 <= seconds <= 0.03 for seconds, _ in drawn)
    assert min(drawn)[0] == 0
    assert 500 < sum(failed for _, failed in drawn) < 700
    assert drawn == [draw(where, Pacing(), rng) for rng in [Random(7)] for _ in range(2000)]
