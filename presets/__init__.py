"""Ready plans in TOML, and the loader that lists and reads them."""

from httptui.presets.loader import (
    DEFAULT_PRESET,
    BrokenPreset,
    PresetInfo,
    broken_presets,
    list_presets,
    load_preset,
    user_presets_folder,
)

__all__ = [
    "DEFAULT_PRESET",
    "BrokenPreset",
    "PresetInfo",
    "broken_presets",
    "list_presets",
    "load_preset",
    "user_presets_folder",
]
