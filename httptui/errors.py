"""Error taxonomy of the tool itself, each error with the exit code of its command."""

from __future__ import annotations

import errno
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the process, on which scripts rely."""

    DONE = 0
    BAD_INPUT = 2
    THRESHOLD_MISSED = 3
    NOTHING_FINISHED = 4
    REFUSED = 5
    INTERRUPTED = 130


NO_MORE = "the system allows no further process or thread (see ulimit -u)"


def is_refused(error: BaseException) -> bool:
    """Return whether the system refused a process or a thread because there are too many."""
    if isinstance(error, OSError):
        return error.args == (NO_MORE,) or (error.errno == errno.EAGAIN and error.filename is None)
    return isinstance(error, RuntimeError) and "start new thread" in str(error)


class HttptuiError(Exception):
    """An error that is shown to the user in plain lines, never as a traceback."""

    exit_code = ExitCode.BAD_INPUT


class PlanError(HttptuiError):
    """An unusable plan, preset, flag or form value; one problem per line, each with its path."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TargetError(HttptuiError):
    """The embedded target could not be started, or the target cannot be reached."""


class NothingFinishedError(HttptuiError):
    """No contender finished."""

    exit_code = ExitCode.NOTHING_FINISHED


class RefusedError(HttptuiError):
    """Load to a host needs consent that was not given, or is never allowed; `askable` if giving it would help."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, host: str = "", *, askable: bool = True) -> None:
        super().__init__(message)
        self.host = host
        self.askable = askable


class BuildRefusedError(RefusedError):
    """A package that a plan asks for has no wheel, and building it was not allowed."""

    def __init__(self, message: str, packages: tuple[str, ...]) -> None:
        super().__init__(message, ", ".join(packages))
        self.packages = packages
