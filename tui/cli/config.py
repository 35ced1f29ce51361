"""`httptui config`: where the settings are, what they may say, and which are in force."""

from __future__ import annotations

import json
import os

import click

from httptui.tui.cli.streams import columns, note, tell


@click.group()
def config() -> None:
    """The settings of the app: theme, keys, columns and the like."""


@config.command()
def path() -> None:
    """Where the settings are; HTTPTUI_CONFIG may name another file."""
    from httptui.tui.settings import settings_path

    tell(str(settings_path()))


@config.command()
def show() -> None:
    """The settings in force, checked, as TOML, and what of them the environment says."""
    from httptui.tui.keymap import settings_here
    from httptui.tui.settings import Settings, settings_to_toml, variable_of

    tell(settings_to_toml(settings_here()))
    said = [variable_of(name) for name in Settings.__struct_fields__ if os.environ.get(variable_of(name))]
    if said:
        note(f"From the environment: {', '.join(said)}")


@config.command()
def init() -> None:
    """Write a file with every setting and what it means; one that exists is left alone."""
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
    """The JSON Schema of the settings."""
    from httptui.tui.settings import settings_schema

    tell(json.dumps(settings_schema(), indent=2))


@config.command()
def keys() -> None:
    """Every action by the id that a keymap names it by, with its keys and what it does."""
    from httptui.tui.keymap import bound_actions, normal_keys, settings_here

    keymap = settings_here().keymap
    rows = [("ACTION", "KEYS", "WHAT IT DOES")]
    for action in sorted(bound_actions().values()):
        given = normal_keys(keymap[action.id]) if action.id in keymap else action.keys
        rows.append((action.id, " ".join(given), action.help or action.name))
    tell(columns(rows))
