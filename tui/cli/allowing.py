"""Permissions of a run: public hosts, packages to build, and variables that a plan from a file may send."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

import click

from httptui.errors import PlanError, RefusedError
from httptui.grants import builds_of, hosts_in
from httptui.safe_text import safe_text
from httptui.units import listed

if TYPE_CHECKING:
    from httptui.plan.model import Plan
    from httptui.presets.allowed import Wish
    from httptui.tui.cli.plan_flags import PlanFlags

Command = Callable[..., object]


def consent_option(command: Command) -> Command:
    """Add the flag that grants load to a public host."""
    return click.option(
        "--i-own",
        "owned",
        multiple=True,
        metavar="HOST",
        help="Allow load on this public host, which is yours; may be repeated.",
    )(command)


def allow_options(command: Command) -> Command:
    """Add the flags that allow what plans from files cannot take by themselves."""
    for option in (
        click.option(
            "--allow-build",
            is_flag=True,
            help="Let packages that a plan requires be built, which runs their code.",
        ),
        click.option(
            "--allow-env",
            "allowed_names",
            multiple=True,
            metavar="NAME",
            help="Let a plan from a file send this environment variable; may be repeated.",
        ),
    ):
        command = option(command)
    return command


def allowed_plan(preset: str | None, flags: PlanFlags, names: Collection[str]) -> Plan:
    """Load a preset (default: demo), put the flags over it, and check its use of variables, of which `names` may be
    sent.
    """
    from httptui.presets import DEFAULT_PRESET, load_preset
    from httptui.tui.cli.plan_flags import plan_of_flags, replaced_by

    name, replaced = DEFAULT_PRESET if preset is None else preset, replaced_by(flags)
    found = load_preset(name, check=False, replaced=replaced)
    plan = plan_of_flags(found, flags)
    check_variables(name, found, plan, replaced=replaced, names=names)
    return plan


def check_variables(
    preset: str, found: Plan, plan: Plan, *, replaced: Collection[str], names: Collection[str]
) -> None:
    """Raise RefusedError if a file's plan sends variables of the environment without permission.

    At a terminal the user is asked, and the answer is kept for that file and host.
    """
    from httptui.presets.allowed import allow, wishes_of
    from httptui.presets.loader import preset_path

    path = preset_path(preset)
    wishes = [wish for wish in wishes_of(path, found, plan, replaced) if wish.name not in names]
    if not wishes:
        return
    sentence = _sentence(safe_text(str(path)), wishes)
    if sys.stdin.isatty() and sys.stderr.isatty():
        click.echo(f"{sentence}.", err=True)
        if click.confirm("Allow it, now and later?", default=False, err=True):
            allow(wishes)
            return
    flags = " ".join(f"--allow-env {name}" for name in _names(wishes))
    raise RefusedError(f"{sentence}; if it may, add {flags}")


def granted(owned: Collection[str], plan: Plan, *, build: bool) -> frozenset[str]:
    """Return the consent for a run: public hosts, and the packages that may be built."""
    from httptui.plan.abilities import environment_of
    from httptui.plan.urls import ascii_host

    try:
        hosts = [ascii_host(host) for host in owned]
    except ValueError as problem:
        raise PlanError(f"--i-own: a host {problem}") from None
    if builds := frozenset(hosts) - hosts_in(hosts):
        raise PlanError(
            f"--i-own: {safe_text(min(builds), 60)} is no host; packages are built with --allow-build"
        )
    packages = [environment_of(contender).requires for contender in plan.contender] if build else []
    return frozenset(hosts).union(*map(builds_of, packages))


def _sentence(file: str, wishes: list[Wish]) -> str:
    hosts = listed([safe_text(host) for host in dict.fromkeys(wish.host for wish in wishes)])
    return f"{file} sends {listed(_names(wishes))} of your environment to {hosts}"


def _names(wishes: list[Wish]) -> list[str]:
    return [safe_text(name, 60) for name in dict.fromkeys(wish.name for wish in wishes)]
