"""What the shell offers for a word that is being typed; imports what it lists only when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

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
