"""Writes the reference of a plan's fields, plan.md beside this file: `python -m docs.plan`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from httptui.plan.decode import allowed_at
from httptui.plan.field import Field, fields_in
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Target

FILE = Path(__file__).with_name("plan.md")
HEAD = """# The fields of a plan

A plan is a TOML or JSON file of these tables. Only `contender` is required. A flag, if there is one, sets the field
of the preset or file that is run. `python -m docs.plan` writes this page from the declarations in the code, which
are also the source of `httptui run --help`, the form's explanations and [plan.schema.json](plan.schema.json).
"""
TABLES: tuple[tuple[str, str, type[Struct]], ...] = (
    ("", "The plan itself", Plan),
    ("target", "`[target]`: what to request", Target),
    ("load", "`[load]`: the load", Load),
    ("schedule", "`[schedule]`: order and repetition", Schedule),
    ("policy", "`[policy]`: client behaviour", Policy),
    ("contender", "`[[contender]]`: the clients to compare", Contender),
)


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for table in TABLES for line in section(*table))])


def section(table: str, title: str, struct: type[Struct]) -> Iterator[str]:
    """One table of a plan, a paragraph for each of its fields."""
    yield f"## {title}\n"
    for name, field in fields_in(struct).items():
        yield from entry(f"{table}.{name}" if table else name, name, field, key=table == "contender")


def entry(path: str, name: str, field: Field, *, key: bool) -> Iterator[str]:
    """A field: what it means, what is allowed and when, the flag that sets it, and an example."""
    yield f"### `{path}`\n"
    yield f"{field.meaning}\n"
    told = []
    if allowed := allowed_at(path):
        told.append(f"Allowed: {allowed}.")
    if field.only:
        told.append(f"Only {field.only.words}.")
    if field.useful:
        told.append(f"Has an effect only {field.useful.words}.")
    if field.flag:
        told.append(f"Flag: `{field.flag}`.")
    elif key and name not in ("engine", "reuse"):
        told.append(f"In `-e`: `{name}=…`.")
    if told:
        yield f"{' '.join(told)}\n"
    yield f"```toml\n{name} = {field.example}\n```\n"


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
