"""`httptui engines`: the client libraries that can be contenders here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from httptui.errors import PlanError
from httptui.tui.cli import completion
from httptui.tui.cli.streams import columns, tell

if TYPE_CHECKING:
    from httptui.engines.registry import EngineInfo


@click.group(invoke_without_command=True)
@click.pass_context
def engines(ctx: click.Context) -> None:
    """List the engines: client libraries that can be contenders."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(listed)


@engines.command("list")
def listed() -> None:
    """List every engine with its library's version, or how to install it."""
    from httptui.engines.registry import list_engines

    rows = [("ENGINE", "RUNS IN", "HTTP", "LIBRARY")]
    for info in list_engines():
        if info.version:
            library = f"{info.package or 'Python'} {info.version}"
        else:
            library = "– in an environment of its own" if info.installed else f"– {info.install_hint}"
        rows.append((info.name, _runs_in(info.mode), ", ".join(info.http_versions), library))
    tell(columns(rows))


@engines.command()
@click.argument("name", metavar="NAME|./FILE.py:CLASS", shell_complete=completion.engines)
def show(name: str) -> None:
    """Show one engine: its library, versions and abilities."""
    info = engine_named(name)
    rows = [
        ("engine", info.name),
        ("library", info.package or "standard library"),
        ("version", info.version or f"not installed{_instead(info)}"),
        ("runs in", _runs_in(info.mode)),
        ("HTTP", ", ".join(info.http_versions)),
        ("can follow", ", ".join(info.abilities) or "no policy"),
        ("can read", ", ".join(info.reads)),
        ("lookups", "counted" if info.resolver == "python" else "by a resolver of its own, not counted"),
        ("class", info.reference),
    ]
    if environment := ", ".join([*info.requires, *([f"Python {info.python}"] if info.python else [])]):
        rows.insert(3, ("environment", f"of its own, made once: {environment}"))
    tell(columns(rows))


def engine_named(name: str) -> EngineInfo:
    """Return the engine of a name or file; PlanError where there is none."""
    from httptui.engines.registry import engine_info

    try:
        return engine_info(name)
    except (LookupError, OSError, ValueError, RuntimeError) as error:
        raise PlanError(f"engine: {error.args[0] if error.args else error}") from None


def _instead(info: EngineInfo) -> str:
    return ", but in its environment" if info.installed else f"; {info.install_hint}"


def _runs_in(mode: str) -> str:
    return "an event loop" if mode == "async" else "threads"
