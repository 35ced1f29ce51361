"""`httptui presets`: list, show and check them, and the schema of a plan."""

from __future__ import annotations

import json

import click

from httptui.tui.cli import completion
from httptui.tui.cli.streams import columns, complain, note, tell


@click.group(invoke_without_command=True)
@click.pass_context
def presets(ctx: click.Context) -> None:
    """List, show and check presets."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed)


@presets.command("list")
def listed() -> None:
    """List every preset with the question it answers."""
    from httptui.presets import broken_presets, list_presets, user_presets_folder

    rows = [(info.name, info.description.partition("\n")[0]) for info in list_presets()]
    tell(columns(rows))
    for broken in broken_presets():
        complain(*broken.problems)
    note(f"Your own presets are the .toml files in {user_presets_folder()}")


@presets.command()
@click.argument("name", metavar="NAME|FILE", shell_complete=completion.presets)
def show(name: str) -> None:
    """Print one preset as TOML."""
    from httptui.presets.loader import preset_text

    tell(preset_text(name))


@presets.command()
@click.argument("file", metavar="NAME|FILE", shell_complete=completion.presets)
def check(file: str) -> None:
    """Check that a preset can run here, and print every problem."""
    from httptui.plan.model import describe_load
    from httptui.plan.sweep import describe_sweep
    from httptui.presets import load_preset

    plan = load_preset(file)
    load = describe_sweep(plan) if plan.sweep else f"{describe_load(plan.load)}, {plan.schedule.kind}"
    tell(f"{file}: fine; {load}, contenders: {len(plan.contender)}")


@presets.command()
def schema() -> None:
    """Print the JSON Schema of a plan."""
    from httptui.plan.io import plan_schema

    tell(json.dumps(plan_schema(), indent=2))
