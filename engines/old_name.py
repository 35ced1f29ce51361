"""Lets engines that were written for `engines.base` go on: that package is `httptui.engines` now."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

OLD, NEW = "engines", "httptui.engines"


class OldName:
    """Finds the modules of `httptui.engines` by their old name too, where nothing else has that name."""

    @classmethod
    def install(cls) -> None:
        """Look here for what is found nowhere else."""
        if cls not in sys.meta_path:
            sys.meta_path.append(cls)

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the import system asks: a spec whose module is the one of the new name, or None."""
        if name != OLD and not name.startswith(f"{OLD}."):
            return None
        if importlib.util.find_spec(NEW + name.removeprefix(OLD)) is None:
            return None
        return importlib.util.spec_from_loader(name, cls())  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of the new name, the only one there is."""
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
        """Leave it as it is: it has been executed, and keeps the spec of its own name."""
        module.__spec__ = self._own
