"""What a hostile server sends is the same for a seed, and what a run against it leaves is counted right."""

from __future__ import annotations

import random
import zlib

from benchmarks import hostile
from benchmarks.hostile_frames import DATA, END_STREAM, frame
from benchmarks.hostile_server import GZIPPED, KINDS_OF_BOMB, ZSTD, http1, mutated


def test_the_answer_to_a_connection_follows_from_the_seed() -> None:
    def sent(seed: str) -> list[bytes]:
        draw = random.Random(seed)
        return [b"".join(http1(draw)) for _ in range(20)]

    assert sent("http1:1:7") == sent("http1:1:7")
    assert sent("http1:1:7") != sent("http1:2:7")


def test_changes_break_most_answers_but_not_all() -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    changed = [mutated(random.Random(seed), good) for seed in range(200)]
    assert 10 < changed.count(good) < 100


def test_a_bomb_unpacks_to_far_more_than_it_is() -> None:
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert packed.decompress(GZIPPED, 2**22) == bytes(2**22)
    assert len(GZIPPED) < 2**21
    assert len(ZSTD) < 2**16
    assert KINDS_OF_BOMB == 8


def test_a_frame_has_length_kind_flags_and_stream_before_its_payload() -> None:
    assert frame(DATA, END_STREAM, 3, b"abc") == b"\x00\x00\x03\x00\x01\x00\x00\x00\x03abc"


def test_what_a_terminal_obeys_is_found_and_the_commands_own_is_not() -> None:
    assert hostile.unsafe_in("req/s 10\r\n\tmost\n") == 0
    assert hostile.unsafe_in("one\x1b]0;x\x07\ntwo\x9b31m\nthree‮") == 3
    assert hostile.unsafe_in(hostile.OWN_SEQUENCES.sub("\n", "\x1b[1;31mred\x1b[0m\x1b[K\r\x1b[2A")) == 0
    assert hostile.unsafe_in(hostile.OWN_SEQUENCES.sub("\n", "\x1b]0;httptui\x07")) == 1


def test_a_run_is_sound_unless_something_died_grew_or_got_through() -> None:
    sound = hostile.Outcome(
        engine="raw", kind="http1", requests=300, ok=100, errors={"protocol": 200}, largest_mb=30.0
    )
    assert sound.sound
    assert not hostile.Outcome(engine="raw", kind="http1").sound, "no lane was seen"
    assert not hostile.Outcome(engine="raw", kind="bombs", largest_mb=601.0).sound
    assert not hostile.Outcome(engine="raw", kind="bombs", largest_mb=30.0, crashes=("no report",)).sound
    assert not hostile.Outcome(engine="raw", kind="bombs", largest_mb=30.0, controls=1).sound
    assert hostile.row_of(sound) == ["raw", "HTTP/1", "300", "100", "200", "0", "30 MB", "0", "0"]
    assert hostile.summary([sound]).endswith(
        "of which 200 failed: 0 crashes, largest lane 30 MB, 0 control characters."
    )
