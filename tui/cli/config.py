"""`httptui config`: the settings' path, values, schema and keys."""

from __future__ import annotations

import json
import os

import click

from httptui.tui.cli.streams import columns, note, tell


@click.group()
def config() -> None:
    """Show or create the settings of the app: theme, keys, columns and more."""


@config.command()
def path() -> None:
    """Print the path of the settings; HTTPTUI_CONFIG names another file."""
    from httptui.tui.settings import settings_path

    tell(str(settings_path()))


@config.command()
def show() -> None:
    """Print the checked settings as TOML, and which come from the environment."""
    from httptui.tui.keymap import settings_here
    from httptui.tui.settings import Settings, settings_to_toml, variable_of

    tell(settings_to_toml(settings_here()))
    said = [variable_of(name) for name in Settings.__struct_fields__ if os.environ.get(variable_of(name))]
    if said:
        note(f"From the environment: {', '.join(said)}")


@config.command()
def init() -> None:
    """Write a file with every setting and its meaning; an existing file is kept."""
    from httptui.tui.settings import SettingsError, commented_settings, settings_path

    where = settings_path()
    where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with where.open("x", encoding="utf-8") as file:
            file.write(commented_settings())
    except FileExistsError:
        raise SettingsError(f"{where}: exists already and is left as it is") from None
    tell(str(where))


@config.command()
def schema() -> None:
    """Print the JSON Schema of the settings."""
    from httptui.tui.settings import settings_schema

    tell(json.dumps(settings_schema(), indent=2))


@config.command()
def keys() -> None:
    """List every action: its id in a keymap, its keys and its meaning."""
    from httptui.tui.keymap import bound_actions, normal_keys, settings_here

    keymap = settings_here().keymap
    rows = [("ACTION", "KEYS", "WHAT IT DOES")]
    for action in sorted(bound_actions().values()):
        given = normal_keys(keymap[action.id]) if action.id in keymap else action.keys
        rows.append((action.id, " ".join(given), action.help or action.name))
    tell(columns(rows))
