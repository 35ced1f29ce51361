"""Environments of contenders: an interpreter and packages of their choice, created once and kept.

A lane needs only the standard library and its client, so it can run with another version of it, a fork, or another
interpreter. Environments are created by uv if installed, otherwise by venv and pip, in the user's cache folder. The
name of an environment is a hash of its contents, so that the same spec finds it again, without a network.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import sys
from asyncio.subprocess import STDOUT
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import platformdirs

from httptui.errors import HttptuiError
from httptui.own_process import close_streams, end_group, exit_code, start_process
from httptui.runs import guardian
from httptui.safe_text import safe_text

LOOK_SECONDS = 0.1


@asynccontextmanager
async def lock_file(path: Path) -> AsyncIterator[None]:
    """Hold a lock file, waiting until it is free; the file is removed afterwards."""
    while (descriptor := _taken(path)) is None:  # noqa: ASYNC110 - its holder is another process
        await asyncio.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(path)
        os.close(descriptor)


def _taken(path: Path) -> int | None:
    """Return the descriptor of the lock if it was free, otherwise None."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    with suppress(OSError):
        _lock(descriptor)
        # The previous holder may have removed the file that was opened here.
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    os.close(descriptor)
    return None


def _lock(descriptor: int) -> None:
    """Lock a descriptor; OSError if another process holds it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


MAKING_SECONDS = 600.0
WHOLE = "environment.json"
WHEELS_ONLY = ("--only-binary", ":all:")
PIP = ("-I", "-m", "pip")

_NO_WHEEL = re.compile(
    r"no usable wheels|wheels are required|building (?:from source )?is disabled|no wheels with a matching",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(r"No matching distribution found for (?P<name>[A-Za-z0-9][\w.-]*)")


class EnvironmentSpec(NamedTuple):
    """A contender's requirements, as pip reads them, and an interpreter such as "3.13" ("" for this one)."""

    requires: tuple[str, ...]
    python: str = ""


class UnmadeEnvironmentError(HttptuiError):
    """An environment could not be made. The message ends with the tool's last line; `told` has its whole output."""

    def __init__(self, message: str, told: str = "") -> None:
        super().__init__(message)
        self.told = told


class NoWheelError(UnmadeEnvironmentError):
    """One of the packages that the message names has no wheel for that interpreter and would have to be built."""


def environments_folder() -> Path:
    """Return the folder of environments: `HTTPTUI_ENVIRONMENTS`, or one in the user's cache."""
    named = os.environ.get("HTTPTUI_ENVIRONMENTS")
    return Path(named) if named else platformdirs.user_cache_path("httptui", appauthor=False) / "environments"


def name_of(spec: EnvironmentSpec) -> str:
    """Return the folder name of a spec, which also depends on this interpreter unless the spec names one."""
    own = f"{sys.implementation.cache_tag} {sys.prefix}" if not spec.python else spec.python
    told = "\0".join([own, *sorted(spec.requires)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def existing_environment(spec: EnvironmentSpec, folder: Path | None = None) -> str | None:
    """Return the interpreter of an existing, complete environment, or None."""
    place = (folder or environments_folder()) / name_of(spec)
    python = _python_in(place)
    return str(python) if (place / WHOLE).is_file() and python.exists() else None


async def create_environment(
    spec: EnvironmentSpec, folder: Path | None = None, *, build: bool = False
) -> str:
    """Create a spec's environment and return its interpreter; UnmadeEnvironmentError if the tools fail.

    Only wheels are installed, because building a package runs its code; NoWheelError if one has none. `build` permits
    it. An interrupted installation lacks its last file and is never used. If several runs want the same environment,
    one creates it and the others wait.
    """
    place = (folder or environments_folder()) / name_of(spec)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with lock_file(place.with_suffix(".lock")):
        if python := existing_environment(spec, folder):
            return python
        shutil.rmtree(place, ignore_errors=True)
        try:
            for command in commands(spec, place, build=build):
                await _carry_out(command)
        except BaseException as error:
            refused = (
                isinstance(error, UnmadeEnvironmentError) and not build and await _has_no_wheel(error, place)
            )
            shutil.rmtree(place, ignore_errors=True)
            if refused:
                raise NoWheelError(safe_text(", ".join(spec.requires), 400)) from None
            raise
        (place / WHOLE).write_bytes(msgspec.json.encode(spec))
        return str(_python_in(place))


def commands(spec: EnvironmentSpec, place: Path, *, build: bool = False) -> list[list[str]]:
    """Return the commands that create an environment; UnmadeEnvironmentError if no tool has that interpreter."""
    python = str(_python_in(place))
    wanted = [*([] if build else WHEELS_ONLY), *spec.requires]
    if uv := shutil.which("uv"):
        make = [uv, "venv", "--quiet", "--python", spec.python or sys.executable, str(place)]
        install = [uv, "pip", "install", "--quiet", "--python", python, *wanted]
    else:
        base = shutil.which(f"python{spec.python}") if spec.python else sys.executable
        if base is None:
            raise UnmadeEnvironmentError(
                f"there is no python{spec.python} on the path; uv, if installed, can fetch one"
            )
        make = [base, "-I", "-m", "venv", str(place)]
        install = [python, *PIP, "install", "--quiet", "--disable-pip-version-check", *wanted]
    return [make, install] if spec.requires else [make]


async def _carry_out(command: Sequence[str]) -> None:
    """Run a command under a guardian, which ends it if this process ends."""
    process = await start_process(sys.executable, "-I", guardian.__file__, *command, stderr=STDOUT)
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
            await exit_code(process)
        close_streams(process)
    if process.returncode:
        last = next((line for line in reversed(told) if line.strip()), f"exit code {process.returncode}")
        raise UnmadeEnvironmentError(f"{' '.join(command[-2:])}: {safe_text(last.strip())}", "\n".join(told))


async def _has_no_wheel(error: UnmadeEnvironmentError, place: Path) -> bool:
    """Return whether installation failed because a package would have to be built rather than is not found."""
    told = " ".join(error.told.split())
    if _NO_WHEEL.search(told):
        return True
    # pip reports both cases alike, but can list the versions that exist.
    missing = _NOT_FOUND.search(told)
    if missing is None:
        return False
    pip = [str(_python_in(place)), *PIP]
    try:
        await _carry_out([*pip, "index", "versions", "--disable-pip-version-check", missing["name"]])
    except UnmadeEnvironmentError:
        return False
    return True


def _python_in(place: Path) -> Path:
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
