"""`httptui completion`: the script by which a shell completes commands, presets, engines and files."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

from httptui.tui.cli.streams import note, put_text

PROGRAM = "httptui"
VARIABLE = "_HTTPTUI_COMPLETE"
WHERE = {
    "bash": 'eval "$(httptui completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(httptui completion zsh)" in ~/.zshrc, after compinit',
    "fish": "httptui completion fish > ~/.config/fish/completions/httptui.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(WHERE)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script with which a shell completes commands, options, presets, engines and files."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"{shell} is not known to this version of click")
    script = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    put_text(f"{script}\n")
    if sys.stdout.isatty():
        note(f"To keep it: {WHERE[shell]}")
