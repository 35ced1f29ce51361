"""Records the README's short film from a real run of a preset, `python -m docs.recording [PRESET]`: the app on a
pseudo-terminal, led through its charts and a contender's page by keys, to its verdict.

Written in asciinema's format (https://docs.asciinema.org/manual/asciicast/v2/): a header, then a line for each piece
of output with the second at which it came.
"""

from __future__ import annotations

import codecs
import json
import re
import socket
import sys
import tempfile
from pathlib import Path
from time import monotonic

from benchmarks.pseudo_terminal import PseudoTerminal

PRESET = "demo"
SIZE = (120, 40)
FILM = Path(__file__).parent / "pictures" / "demo.cast"
MOST_BYTES = 1_500_000
SLICE_SECONDS = 0.05
LAST_TEXT, MOST_SECONDS = "✓", 60
STEPS: tuple[tuple[float, str], ...] = (
    (1.5, "r"),
    (5.0, "v"),
    (2.5, "v"),
    (2.0, "v"),
    (0.8, "j"),
    (0.8, "j"),
    (0.8, "\r"),
    (3.0, "\x1b"),
)
"""Seconds to wait, and the key that is pressed then."""
END_SECONDS = 4.0
ASKED = re.compile(
    r"\x1b\[\?(1000|1003|1004|1006|1015|2004)[hl]|\x1b\[\?\d+\$p|\x1b\[[<>]\d*u|\x1b\]22;\w*\x07"
)
"""What the app asks of a terminal that someone types into: the mouse, the focus, pasting, and what it can do."""

Piece = tuple[float, str]


class Film:
    """What a terminal was sent, in pieces with the second at which each came."""

    def __init__(self, terminal: PseudoTerminal) -> None:
        self.pieces: list[Piece] = []
        self._terminal, self._began, self._taken = terminal, monotonic(), 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def watch(self, seconds: float) -> str:
        """Go on for so many seconds; what came in them."""
        end, first = monotonic() + seconds, len(self.pieces)
        while monotonic() < end:
            self._terminal.read_for(SLICE_SECONDS)
            self.take()
        return "".join(text for _, text in self.pieces[first:])

    def take(self) -> None:
        """Keep what has come since the last time."""
        fresh = self._decoder.decode(self._terminal.output[self._taken :])
        self._taken = len(self._terminal.output)
        if fresh:
            self.pieces.append((monotonic() - self._began, fresh))


def record(preset: str) -> list[Piece]:
    """Run the app and press its keys; TimeoutError where the run comes to no end."""
    with tempfile.TemporaryDirectory() as home:
        own = {
            "HOME": home,
            "XDG_DATA_HOME": home,
            "XDG_CONFIG_HOME": home,
            "XDG_CACHE_HOME": home,
            "COLORTERM": "truecolor",
            "HTTPTUI_FRAMES_PER_SECOND": "2",
        }
        command = [sys.executable, "-m", "httptui", "--preset", preset]
        with PseudoTerminal(command, width=SIZE[0], height=SIZE[1], environment=own) as terminal:
            film = Film(terminal)
            for wait, key in STEPS:
                film.watch(wait)
                terminal.press(key)
            end = monotonic() + MOST_SECONDS
            while LAST_TEXT not in film.watch(0.5):
                if monotonic() > end:
                    raise TimeoutError(f"no end within {MOST_SECONDS} s")
            film.watch(END_SECONDS)
            terminal.press("q")
            terminal.read_to_end()
            film.take()
    return film.pieces


def as_cast(pieces: list[Piece], title: str) -> str:
    """The film as a file; ValueError where it is too large or names this machine or its folders."""
    header = {"version": 2, "width": SIZE[0], "height": SIZE[1], "title": title}
    shown = [(at, ASKED.sub("", text)) for at, text in pieces]
    began = next((at for at, text in shown if text), 0.0)
    lines = [header, *([round(at - began, 3), "o", text] for at, text in shown if text)]
    cast = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    if len(cast.encode()) > MOST_BYTES:
        raise ValueError(f"the film has {len(cast.encode())} bytes, more than {MOST_BYTES}")
    for name in (socket.gethostname(), str(Path.home()), str(Path.cwd()), tempfile.gettempdir()):
        if name in cast:
            raise ValueError(f"the film shows {name!r}")
    return cast


def main() -> None:
    """Record and write."""
    preset = sys.argv[1] if len(sys.argv) > 1 else PRESET
    FILM.parent.mkdir(exist_ok=True)
    FILM.write_text(as_cast(record(preset), f"httptui · {preset}"), "utf-8")


if __name__ == "__main__":
    main()
