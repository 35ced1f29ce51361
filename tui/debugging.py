"""Files for debugging: the traceback of an unforeseen error, and, on request, a log of all steps.

Secrets are masked in both, and only their owner can read them.
"""

from __future__ import annotations

import logging
import os
import platform
import stat
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import platformdirs

from httptui.errors import HttptuiError
from httptui.log import log_of
from httptui.plan.model import Plan
from httptui.plan.secrets import Redactor, masked_pairs
from httptui.safe_text import safe_text
from httptui.version import __version__

VARIABLE = "HTTPTUI_LOG"
LONGEST_LINE = 20_000
MOST_KEPT = 20
"""Files in the folder, of which the oldest go first."""
_STACK = ("  File ", "Traceback ")
_KNOWN: deque[Callable[[str], str]] = deque(maxlen=20)


class LogError(HttptuiError):
    """The log that was asked for cannot be written."""


class _Quiet(logging.StreamHandler[TextIO]):
    """Leaves out what cannot be written: a full disk or a reader that has gone ends nothing."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        super().__init__(stream)
        self.path = path
        self.setFormatter(_Masked())

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's
        """Do nothing."""


class _Masked(logging.Formatter):
    """A record as lines of text without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """The time, the level, the module, the message, and the traceback where there is one."""
        clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        head = f"{clock}.{record.msecs:03.0f} {record.levelname} {record.name}"
        text = f"{head}  {masked(record.getMessage())}"
        if record.exc_info and record.exc_info[1] is not None:
            text += f"\n{masked_traceback(record.exc_info[1])}"
        return _safe(text.splitlines())


class _Log:
    """The log of this command, while there is one."""

    handler: _Quiet | None = None


def folder() -> Path:
    """Return the folder of logs and tracebacks, which need not exist."""
    return platformdirs.user_state_path("httptui", appauthor=False) / "logs"


def begin(file: str = "") -> Path:
    """Log all steps from now on, to a file or, unless one is named, to a new one; the path.  A log that has been
    begun already goes on.  LogError where it cannot be written.
    """
    if _Log.handler is not None:
        return _Log.handler.path
    try:
        path, stream = (Path(file), _appended(Path(file))) if file else _new("debug")
    except (OSError, ValueError) as error:
        raise LogError(
            f"{VARIABLE if file else '--debug'}: {safe_text(file or str(folder()))} cannot be written: "
            f"{getattr(error, 'strerror', None) or error}"
        ) from None
    _Log.handler = _Quiet(path, stream)
    logger = logging.getLogger("httptui")
    logger.addHandler(_Log.handler)
    logger.setLevel(logging.DEBUG)
    flags = " ".join(word.partition("=")[0] for word in sys.argv[1:] if word.startswith("--"))
    log_of(__name__).info(
        "httptui %s, Python %s, %s; flags: %s",
        __version__,
        platform.python_version(),
        platform.platform(),
        flags,
    )
    return path


def end(code: int) -> None:
    """Close the log of a command that ended with an exit code, where there is one."""
    handler, _Log.handler = _Log.handler, None
    if handler is None:
        return
    log_of(__name__).info("exit code %d", code)
    logger = logging.getLogger("httptui")
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    with suppress(OSError, ValueError):
        handler.stream.close()


def mask_secrets_of(plan: Plan) -> None:
    """Know the secrets of a plan, those in variables of the environment too, and mask them from now on."""
    _KNOWN.append(Redactor.for_plan(plan, os.environ).redact)


def masked(text: str) -> str:
    """A text without the secrets that are known, and without all that looks like one."""
    for redact in _KNOWN:
        text = redact(text)
    return masked_pairs(text)


def masked_traceback(error: BaseException) -> str:
    """The traceback of an error: all files, lines and code, and its messages without secrets."""
    pieces = traceback.format_exception(error)
    return "".join(piece if piece.startswith(_STACK) else _masked_message(piece) for piece in pieces).rstrip()


def keep_traceback(error: BaseException) -> str:
    """Write an unforeseen error to the log, or to a file of its own; in words, where it is."""
    if _Log.handler is not None:
        log_of(__name__).critical("unforeseen", exc_info=error)
        return f"its traceback is in {_Log.handler.path}"
    try:
        path, stream = _new("error")
        with stream:
            stream.write(
                f"httptui {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
            )
            stream.write(_safe(masked_traceback(error).splitlines()) + "\n")
    except (OSError, ValueError) as why:
        return f"its traceback could not be kept: {getattr(why, 'strerror', None) or why}"
    return f"its traceback is in {path}"


def _masked_message(piece: str) -> str:
    """The name of an error as it is, since KeyError looks like the name of a secret, and its message masked."""
    name, colon, message = piece.partition(": ")
    return f"{name}{colon}{masked(message)}" if colon else masked(piece)


def _safe(lines: Iterable[str]) -> str:
    return "\n".join(safe_text(line, LONGEST_LINE) for line in lines)


def _new(kind: str) -> tuple[Path, TextIO]:
    """A new file in the folder, in place of the oldest one where there are many."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_room(place)
    name = f"{kind}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    for number in range(MOST_KEPT):
        path = place / f"{name}{f'-{number}' if number else ''}.log"
        with suppress(FileExistsError):
            return path, _opened(path, os.O_EXCL)
    raise FileExistsError(0, "there are too many of this second", str(place))


def _make_room(place: Path) -> None:
    """Remove the oldest files of a folder until there is room for one more."""
    with suppress(OSError):
        newest_first = sorted(place.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in newest_first[MOST_KEPT - 1 :]:
            path.unlink(missing_ok=True)


def _appended(path: Path) -> TextIO:
    """A file that a user has named, which may be a FIFO that nobody reads."""
    if stat.S_ISDIR(path.stat().st_mode if path.exists() else 0):
        raise IsADirectoryError(0, "Is a directory", str(path))
    return _opened(path, getattr(os, "O_NONBLOCK", 0))


def _opened(path: Path, flags: int) -> TextIO:
    flags |= os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
    return os.fdopen(
        os.open(path, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace", buffering=1
    )
