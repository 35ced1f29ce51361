"""The environment that a contender runs in: its engine's requirements, and its own beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from httptui.engines.registry import EngineInfo, engine_info
from httptui.plan.model import Contender, PythonName, Requirement
from httptui.plan.requests import shown


class Environment(NamedTuple):
    """Requirements as pip reads them, and a Python such as "3.13"; with neither, httptui's own environment."""

    requires: tuple[str, ...] = ()
    python: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is one of its own."""
        return bool(self.requires or self.python)


def environment_with(contender: Contender, info: EngineInfo) -> Environment:
    """Join what the engine and the contender require; the contender's Python replaces the engine's."""
    requires = dict.fromkeys((*info.requires, *contender.requires))
    return Environment(tuple(requires), contender.python or info.python)


def environment_of(contender: Contender, look_up: Callable[[str], EngineInfo] = engine_info) -> Environment:
    """Do the same with the engine that the contender names; of one that cannot be read, only the contender counts."""
    try:
        info = look_up(contender.engine)
    except (LookupError, OSError, ValueError, RuntimeError):
        return Environment(contender.requires, contender.python)
    return environment_with(contender, info)


def environment_problems(info: EngineInfo, path: str) -> Iterator[str]:
    """Report requirements of an engine that a plan could not hold either: a package must not be an option of pip."""
    name = shown(info.name)
    for requirement in info.requires:
        if not _fits(requirement, Requirement):
            yield (
                f"{path}.engine: {name} requires {shown(requirement)}, which is not allowed; a package, with extras "
                "and versions if need be, such as httpx[http2]==0.27.2"
            )
    if not _fits(info.python, PythonName):
        yield f"{path}.engine: {name} has the python {shown(info.python)}; a version such as 3.13"


def _fits(text: str, kind: object) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True
