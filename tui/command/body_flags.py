"""The body of a request as flags give it: a text, a variable, or a file, read as curl reads it."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from httptui.engines.read_file import TooLongError, read_file
from httptui.plans.plan import MOST_BODY_BYTES
from httptui.plans.request_checks import number_problem
from httptui.plans.secrets import is_reference
from httptui.safe_text import safe_text

if TYPE_CHECKING:
    from httptui.tui.command.flags import PlanFlags

FLAGS = {"data": "--data", "data_binary": "--data-binary", "data_raw": "--data-raw"}
STDIN = "-"


def has_body(flags: PlanFlags) -> bool:
    """Whether any flag gives the body."""
    return any(getattr(flags, name) is not None for name in FLAGS)


def apply_body(target: dict[str, Any], flags: PlanFlags, problems: list[str]) -> None:
    """Put the body of the one flag that gives it into a plan's target.

    `--data` leaves out line ends and NUL of a file, as curl does, and `--data-binary` leaves out nothing.
    """
    given = {name: value for name in FLAGS if (value := getattr(flags, name)) is not None}
    if not given:
        return
    name, value = next(iter(given.items()))
    if len(given) > 1:
        problems.append(f"{' and '.join(FLAGS[one] for one in given)}: given together; keep one of them")
    elif name == "data_raw" or not value.startswith("@"):
        target |= {"body": value, "body_base64": ""}
    elif (data := _read(FLAGS[name], value[1:], problems)) is not None:
        target |= body_fields(data if name == "data_binary" else data.translate(None, b"\r\n\0"))


def body_fields(data: bytes) -> dict[str, str]:
    """The fields of a plan's target that hold these bytes as they are: text where they are that and no more."""
    kept = {"body": "", "body_base64": base64.b64encode(data).decode("ascii")}
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return kept
    return kept if is_reference(text) or number_problem(text) else {"body": text, "body_base64": ""}


def _read(flag: str, name: str, problems: list[str]) -> bytes | None:
    where = "standard input" if name == STDIN else safe_text(name, 120)
    try:
        data = (
            sys.stdin.buffer.read(MOST_BODY_BYTES + 1)
            if name == STDIN
            else read_file(Path(name), MOST_BODY_BYTES)
        )
    except TooLongError as error:
        problems.append(f"{flag}: {where} is {error.strerror}, which is the most that a body may have")
    except OSError as error:
        problems.append(f"{flag}: {where} cannot be read: {error.strerror}")
    else:
        if len(data) <= MOST_BODY_BYTES:
            return data
        longest = f"longer than {MOST_BODY_BYTES // 1024 // 1024} MiB"
        problems.append(f"{flag}: {where} is {longest}, which is the most that a body may have")
    return None
