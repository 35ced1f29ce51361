"""Reads and writes recorded outputs: whole under `recorded/`, long ones as size and hash in `digests.json`.

`baseline.json` has size and hash of every output at the moment of the freeze; `intended.toml` lists, with reasons,
the outputs that may differ from it.
"""

from __future__ import annotations

import difflib
import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
WHOLE = FOLDER / "recorded"
DIGESTS, BASELINE, INTENDED = FOLDER / "digests.json", FOLDER / "baseline.json", FOLDER / "intended.toml"
LONG = (".html", ".json", ".hgrm")
MOST_LINES = 60
RECORD = "python -m tests.goldens.record"


def kept(name: str, text: str) -> str:
    """Return what is recorded of an output: its text, or size and hash if it is long."""
    return digest(text) if name.endswith(LONG) else text


def digest(text: str) -> str:
    """Size and hash."""
    data = text.encode()
    return f"{len(data)} bytes, sha256 {sha256(data).hexdigest()}"


@cache
def recorded() -> Mapping[str, str]:
    """Everything that is recorded, by name."""
    paths = [path for path in WHOLE.rglob("*") if path.is_file()]
    whole = {path.relative_to(WHOLE).as_posix(): path.read_bytes().decode() for path in paths}
    return whole | _digests(DIGESTS)


def differences(before: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Compare outputs with those recorded: a few lines for each that differs."""
    now = {name: kept(name, text) for name, text in found.items()}
    return [
        _difference(name, before.get(name), now.get(name))
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def record(found: Mapping[str, str]) -> None:
    """Record all outputs anew; what is no longer made goes."""
    shutil.rmtree(WHOLE, ignore_errors=True)
    write_whole({name: text for name, text in found.items() if not name.endswith(LONG)}, WHOLE)
    _write(DIGESTS, {name: digest(text) for name, text in found.items() if name.endswith(LONG)})
    recorded.cache_clear()


def write_whole(found: Mapping[str, str], folder: Path) -> None:
    """Write outputs as files into a folder."""
    for name, text in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def freeze() -> None:
    """Take what is recorded for the baseline."""
    _write(BASELINE, _recorded_digests())


def changed() -> list[str]:
    """The outputs that are not recorded as they were frozen."""
    then, now = _digests(BASELINE), _recorded_digests()
    return [name for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]


def unlisted(names: list[str], patterns: Mapping[str, str]) -> list[str]:
    """Those of the names that no pattern fits."""
    return [name for name in names if not any(fnmatchcase(name, pattern) for pattern in patterns)]


def intended() -> dict[str, str]:
    """Each pattern of names whose outputs were meant to change, and why."""
    entries = tomllib.loads(INTENDED.read_text("utf-8")).get("change", ())
    return {pattern: entry["why"] for entry in entries for pattern in entry["names"]}


def _recorded_digests() -> dict[str, str]:
    return {name: text if name.endswith(LONG) else digest(text) for name, text in recorded().items()}


def _difference(name: str, before: str | None, now: str | None) -> str:
    if before is None:
        return f"{name}: is not recorded"
    if now is None:
        return f"{name}: is not made any more"
    lines = [*_diff(name, before, now)]
    more = [f"… {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return "\n".join((*lines[:MOST_LINES], *more)) or f"{name}: only line ends differ"


def _diff(name: str, before: str, now: str) -> Iterator[str]:
    yield from difflib.unified_diff(
        before.splitlines(), now.splitlines(), f"recorded/{name}", name, n=1, lineterm=""
    )


def _digests(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _write(path: Path, digests: Mapping[str, str]) -> None:
    path.write_text(json.dumps(digests, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
