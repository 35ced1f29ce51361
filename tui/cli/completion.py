"""Shell completion: `httptui completion`, the script for a shell, and the words offered for each argument.

Modules that list words are imported only when a shell asks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem, get_completion_class

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


Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

FILE = "file"


def presets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of presets, and files where none begins like that."""
    from httptui.presets.loader import preset_paths

    return _named(preset_paths(), incomplete) or [CompletionItem(incomplete, type=FILE)]


def engines(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of engines, and files where none begins like that."""
    return _named(_engine_names(), incomplete) or [CompletionItem(incomplete, type=FILE)]


def contenders(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The parts of `-e`: an engine, after a colon its reuse, after a comma a key and its value."""
    from httptui.tui.cli.plan_options import KEYS

    head, comma, last = incomplete.rpartition(",")
    if comma:
        key, equals, _ = last.partition("=")
        words = [f"{key}={value}" for value in _values_of(key)] if equals else [f"{name}=" for name in KEYS]
        return _named([f"{head},{word}" for word in words], incomplete)
    engine, colon, _ = incomplete.partition(":")
    if colon and engine in _engine_names():
        from httptui.tui.forms.combinations import REUSES

        return _named([f"{engine}:{reuse.replace('N', '100')}" for reuse in REUSES], incomplete)
    return engines(ctx, param, incomplete)


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files."""
    return [CompletionItem(incomplete, type=FILE)]


def one_of(*words: str) -> Completer:
    """Some words."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return _named(words, incomplete)

    return complete


def _named(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _engine_names() -> list[str]:
    from httptui.engines.registry import list_engines

    return [info.name for info in list_engines() if info.installed]


def _values_of(key: str) -> tuple[str, ...]:
    from httptui.plan.decode import words_at
    from httptui.tui.cli.plan_options import KEYS

    return words_at(f"contender.{key}") if key in KEYS else ()
