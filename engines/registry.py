"""Registry of engines, read without importing any of them.

Built-in and third-party engines come from entry points of the group `httptui.engines`, or from a file:
`./mine.py:MyEngine`. Attributes are read from the source, so they have to be literals.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import inspect
import os
import platform
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast, get_args

from httptui.engines.base import AsyncEngine, Engine, LoopName, SyncEngine
from httptui.engines.files import read_file

GROUP = "httptui.engines"
BUILT_IN = "httptui.engines.clients."
REMEMBERED = 256
MOST_SOURCE_BYTES = 1024 * 1024
MODES: dict[str, Literal["async", "sync"]] = {
    "AsyncEngine": "async",
    "CallbackEngine": "async",
    "SyncEngine": "sync",
}
LITERALS: dict[str, Any] = {
    name: getattr(Engine, name)
    for name in (
        "package",
        "http_versions",
        "abilities",
        "reads",
        "resolver",
        "methods",
        "unsafe_shared",
        "usual_loop",
        "sent_once",
        "requires",
        "python",
    )
}
"""Attributes that are read from an engine's source, with their defaults."""


ImportPath = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class EngineInfo:
    """The facts known about an engine without importing it.

    `reference` is the argument of `load_engine`. `version` is that of the client library, None if it is not
    installed; `installed` is also true of an engine that an environment is created for. The fields from `reads` on
    are the engine's own attributes.
    """

    name: str
    reference: str
    mode: Literal["async", "sync"]
    package: str
    version: str | None
    http_versions: tuple[str, ...]
    abilities: tuple[str, ...]
    installed: bool
    install_hint: str
    reads: tuple[str, ...] = Engine.reads
    resolver: str = Engine.resolver
    methods: tuple[str, ...] = Engine.methods
    unsafe_shared: tuple[str, ...] = Engine.unsafe_shared
    usual_loop: str = Engine.usual_loop
    sent_once: str = Engine.sent_once
    requires: tuple[str, ...] = ()
    python: str = Engine.python


def list_engines() -> tuple[EngineInfo, ...]:
    """Return every readable engine, sorted by name; `engine_info` raises the problem of an unreadable one."""
    return tuple(_readable(_references(_import_path())))


def engine_info(name: str) -> EngineInfo:
    """Return one engine, by name or as "./file.py:Class"; LookupError with a one-line message if there is none."""
    if _is_file(name):
        file, _, class_name = name.rpartition(":")
        path = Path(file).expanduser().resolve()
        return _describe(name, f"{path}:{class_name}", path, _import_path())
    import_path = _import_path()
    references = _references(import_path)
    if name not in references:
        raise LookupError(_unknown(name, references))
    module = references[name].partition(":")[0]
    return _describe(name, references[name], _source_of(module, import_path), import_path)


def loop_without_a_name(engine: str) -> str:
    """Return the event loop of a contender that names none, in this environment; "asyncio" for an unknown engine."""
    try:
        wanted = engine_info(engine).usual_loop
    except LookupError:
        return Engine.usual_loop
    return wanted if wanted == Engine.usual_loop or importlib.util.find_spec(wanted) else Engine.usual_loop


def load_engine(reference: str) -> type[Engine]:
    """Import an engine, inside a lane: "module.path:Class" or "/abs/file.py:Class".

    Raises ImportError if its library is missing, and LookupError if the class is missing or is not an engine.
    """
    source, _, class_name = reference.rpartition(":")
    module = _import_file(Path(source)) if _is_file(reference) else importlib.import_module(source)
    engine = getattr(module, class_name, None)
    if not isinstance(engine, type):
        raise LookupError(f"{source} has no class {class_name}")
    if not issubclass(engine, (AsyncEngine, SyncEngine)) or inspect.isabstract(engine):
        raise LookupError(
            f"{class_name} in {source} is not an engine: subclass AsyncEngine or SyncEngine, with send"
        )
    return cast("type[Engine]", engine)


def _import_path() -> ImportPath:
    """Return the places where packages are found, with modification times: the key of the caches."""
    return tuple((place, _changed_ns(place)) for place in sys.path)


def _changed_ns(place: str) -> int:
    try:
        return os.stat(place or ".").st_mtime_ns
    except (OSError, ValueError):
        return 0


def _readable(references: Mapping[str, str]) -> Iterator[EngineInfo]:
    for name in sorted(references):
        try:
            yield engine_info(name)
        except LookupError:
            continue


@lru_cache(maxsize=4)
def _references(import_path: ImportPath) -> Mapping[str, str]:  # noqa: ARG001 - the key of the cache
    """Map every entry point's name to its reference; of two with one name, the built-in engine wins."""
    points = sorted(
        metadata.entry_points(group=GROUP), key=lambda point: not point.value.startswith(BUILT_IN)
    )
    return {point.name: point.value for point in reversed(points)}


def _is_file(name: str) -> bool:
    source, colon, _ = name.rpartition(":")
    return bool(colon) and ("/" in source or "\\" in source or source.endswith(".py"))


def _unknown(name: str, references: Mapping[str, str]) -> str:
    names = sorted(references)
    close = difflib.get_close_matches(name, names, n=1)
    guess = f"did you mean {close[0]}? " if close else ""
    return f"unknown engine {name!r}; {guess}there are {', '.join(names)}, or ./file.py:Class"


@lru_cache(maxsize=REMEMBERED)
def _source_of(module: str, import_path: ImportPath) -> Path:  # noqa: ARG001 - part of the cache's key
    """Find the source file of a module, from package to module, without importing any of them."""
    places: list[str] | None = None
    spec = None
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        full_name = ".".join(parts[:depth])
        found = (finder.find_spec(full_name, places) for finder in sys.meta_path)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None:
            raise LookupError(f"there is no module {full_name}")
        places = list(spec.submodule_search_locations or ())
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise LookupError(f"module {module} has no Python source file")
    return Path(spec.origin)


def _describe(name: str, reference: str, path: Path, import_path: ImportPath) -> EngineInfo:
    try:
        source = read_file(path, MOST_SOURCE_BYTES)
    except OSError as error:
        raise LookupError(f"cannot read {path}: {error.strerror}") from error
    return _described(name, reference, path, source, import_path)


@lru_cache(maxsize=REMEMBERED)
def _described(
    name: str,
    reference: str,
    path: Path,
    source: bytes,
    import_path: ImportPath,  # noqa: ARG001 - part of the cache's key: `installed` depends on it
) -> EngineInfo:
    """Read an engine's attributes from its source; cached, because a form asks at each keystroke."""
    class_name = reference.rpartition(":")[2]
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise LookupError(f"{path} is not valid Python: {error}") from error
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if class_name not in classes:
        raise LookupError(f"{path} has no class {class_name!r}; it has {', '.join(classes) or 'none'}")
    mode, literals = _read_class(classes, class_name, path)
    facts = {
        name: _checked(literals.get(name, usual), usual, f"{class_name} in {path}: {name}")
        for name, usual in LITERALS.items()
    }
    if facts["usual_loop"] not in get_args(LoopName):
        raise LookupError(
            f"{class_name} in {path}: usual_loop has to be one of {', '.join(get_args(LoopName))}"
        )
    package = facts["package"]
    version = _version_of(package)
    return EngineInfo(
        name=name,
        reference=reference,
        mode=mode,
        version=version,
        installed=version is not None or bool(facts["requires"] or facts["python"]),
        install_hint=f"pip install {package}" if package else "",
        **facts,
    )


def _read_class(
    classes: dict[str, ast.ClassDef], class_name: str, path: Path
) -> tuple[Literal["async", "sync"], dict[str, object]]:
    """Return the mode and the literal attributes of a class, including those of its bases in the same file."""
    node = classes[class_name]
    earlier = {name: other for name, other in classes.items() if name != class_name}
    for base in node.bases:
        base_name = ast.unparse(base).rpartition(".")[2]
        if base_name in MODES:
            return MODES[base_name], _literals(node, path)
        if base_name in earlier:
            mode, literals = _read_class(earlier, base_name, path)
            return mode, literals | _literals(node, path)
    raise LookupError(
        f"{class_name} in {path} is not an engine: it has to subclass {', '.join(MODES)} by that name"
    )


def _literals(node: ast.ClassDef, path: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                pass
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                targets = [target]
            case _:
                continue
        for name in (target.id for target in targets if isinstance(target, ast.Name)):
            if name in LITERALS:
                try:
                    found[name] = ast.literal_eval(value)
                except ValueError as error:
                    raise LookupError(f"{node.name} in {path}: {name} has to be a literal") from error
    return found


def _checked(value: object, usual: object, what: str) -> Any:
    """Return an attribute's value if it is of the default's kind: a string or a tuple of strings."""
    if isinstance(usual, str):
        if not isinstance(value, str):
            raise LookupError(f"{what} has to be a string")
        return value
    if not isinstance(value, (tuple, list)) or not all(isinstance(item, str) for item in value):
        raise LookupError(f"{what} has to be a tuple of strings")
    return tuple(value)


def _version_of(package: str) -> str | None:
    if not package:
        return platform.python_version()
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _import_file(path: Path) -> ModuleType:
    OldName.install()
    name = f"httptui_engine_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise LookupError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError as error:
        if error.filename != str(path):
            raise
        raise LookupError(f"cannot read {path}: {error.strerror}") from error
    return module


OLD, NEW = "engines", "httptui.engines"


class OldName:
    """Import finder that resolves `engines…` to `httptui.engines…`, unless another package has the old name."""

    @classmethod
    def install(cls) -> None:
        """Put the finder first: by the package's path, its modules would be found and loaded a second time."""
        if cls not in sys.meta_path:
            sys.meta_path.insert(0, cls)

    @classmethod
    def find_spec(
        cls, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec whose module is the one of the new name, or None."""
        if name == OLD:
            ours = PathFinder.find_spec(OLD) is None
        else:
            ours = name.startswith(f"{OLD}.") and sys.modules.get(OLD) is sys.modules[NEW]
        if not ours or importlib.util.find_spec(NEW + name.removeprefix(OLD)) is None:
            return None
        return importlib.util.spec_from_loader(name, cls())  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module of the new name, so that only one exists."""
        if spec.name == OLD:
            warnings.warn(
                "the package engines is httptui.engines now: import from httptui.engine",
                DeprecationWarning,
                stacklevel=2,
            )
        module = importlib.import_module(NEW + spec.name.removeprefix(OLD))
        self._own = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Restore its own spec; the module has already been executed."""
        module.__spec__ = self._own
