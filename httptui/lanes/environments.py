"""Environments of contenders' own: an interpreter and packages of their choice, made once and kept.

A lane needs nothing but the standard library and its client, so it can run wherever that client is: another version
of it, a fork, another interpreter.  An environment is made by uv where that is installed, or else by venv and pip, in
the user's cache folder; it is named by what it holds, so that the same wish finds it again, without a network.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import platformdirs

from httptui.errors import HttptuiError
from httptui.lanes import guardian
from httptui.lanes.lock_file import held
from httptui.process_group import OWN_SESSION, end_group
from httptui.safe_text import safe_text

MAKING_SECONDS = 600.0
WHOLE = "environment.json"


class Wish(NamedTuple):
    """What a contender wants: requirements as pip reads them, and an interpreter such as "3.13" ("" for this one)."""

    requires: tuple[str, ...]
    python: str = ""


class UnmadeEnvironmentError(HttptuiError):
    """An environment could not be made; the message ends with the tool's own last words."""


def environments_folder() -> Path:
    """Where environments are kept: `HTTPTUI_ENVIRONMENTS`, or the user's cache folder."""
    named = os.environ.get("HTTPTUI_ENVIRONMENTS")
    return Path(named) if named else platformdirs.user_cache_path("httptui", appauthor=False) / "environments"


def name_of(wish: Wish) -> str:
    """The folder's name, the same for the same wish to the same interpreter."""
    own = f"{sys.implementation.cache_tag} {sys.prefix}" if not wish.python else wish.python
    told = "\0".join([own, *sorted(wish.requires)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def found(wish: Wish, folder: Path | None = None) -> str | None:
    """The interpreter of a wish's environment, where that was made whole before."""
    place = (folder or environments_folder()) / name_of(wish)
    python = _python_in(place)
    return str(python) if (place / WHOLE).is_file() and python.exists() else None


async def made(wish: Wish, folder: Path | None = None) -> str:
    """The interpreter of a wish's environment, made now; UnmadeEnvironmentError where the tools could not.

    What is cut short lacks its last file and is never found.  Of several runs that want the same, one makes it, and
    the others wait for it.
    """
    place = (folder or environments_folder()) / name_of(wish)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with held(place.with_suffix(".lock")):
        if python := found(wish, folder):
            return python
        shutil.rmtree(place, ignore_errors=True)
        try:
            for command in commands(wish, place):
                await _carry_out(command)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        (place / WHOLE).write_bytes(msgspec.json.encode(wish))
        return str(_python_in(place))


def commands(wish: Wish, place: Path) -> list[list[str]]:
    """The commands that make an environment; UnmadeEnvironmentError where no tool can give that interpreter."""
    python = str(_python_in(place))
    if uv := shutil.which("uv"):
        make = [uv, "venv", "--quiet", "--python", wish.python or sys.executable, str(place)]
        install = [uv, "pip", "install", "--quiet", "--python", python, *wish.requires]
    else:
        base = shutil.which(f"python{wish.python}") if wish.python else sys.executable
        if base is None:
            raise UnmadeEnvironmentError(
                f"there is no python{wish.python} on the path; uv, if installed, can fetch one"
            )
        make = [base, "-m", "venv", str(place)]
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wish.requires]
    return [make, install] if wish.requires else [make]


async def _carry_out(command: Sequence[str]) -> None:
    """Carry out a command, under a guardian that ends it with us."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        guardian.__file__,
        *command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=OWN_SESSION,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(MAKING_SECONDS):
            told = (await process.stdout.read()).decode(errors="replace").split("\n")
            await process.wait()
    except TimeoutError:
        raise UnmadeEnvironmentError(f"{command[0]} took longer than {MAKING_SECONDS:g} s") from None
    finally:
        if process.returncode is None:
            end_group(process)
            await process.wait()
    if process.returncode:
        last = next((line for line in reversed(told) if line.strip()), f"exit code {process.returncode}")
        raise UnmadeEnvironmentError(f"{' '.join(command[-2:])}: {safe_text(last.strip())}")


def _python_in(place: Path) -> Path:
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
