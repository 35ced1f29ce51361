"""Compatibility with engines written for `engines.base`: that package is now `httptui.engines`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

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
