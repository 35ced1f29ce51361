"""The blocks of a document, and those that runs and sweeps share: head, plan, replay, environment, footer.

Blocks hold plain text and figures; each renderer escapes what it writes.

`forms` names the renderers that write a block or a column.  A section, group or list without content is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from httptui.errors import PlanError
from httptui.plan.io import decode_plan, plan_to_toml
from httptui.plan.secrets import MASK
from httptui.report.cells import LONGEST, id_of, name_of, request_of
from httptui.report.store import report_stem
from httptui.results.report import Recorded
from httptui.results.snapshot import Labelled
from httptui.safe_text import safe_text
from httptui.units import UNKNOWN, format_bytes, plural

if TYPE_CHECKING:
    from httptui.report.render_html import Html

Forms: TypeAlias = frozenset[str]
TEXT: Final[Forms] = frozenset({"text"})
MARKDOWN: Final[Forms] = frozenset({"markdown"})
HTML: Final[Forms] = frozenset({"html"})
EVERY: Final = TEXT | MARKDOWN | HTML

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Named:
    """A contender: its letter and its label."""

    letter: str
    label: str


@dataclass(frozen=True)
class Badge:
    """A contender's letter alone."""

    letter: str


@dataclass(frozen=True)
class Styled:
    """Text that a page emphasizes: `strong` and `code` are elements, any other style is a class."""

    text: str
    style: str


@dataclass(frozen=True)
class Several:
    """Things shown together, such as a pair of contenders."""

    cells: Sequence[str | Named]


Cell: TypeAlias = str | Named | Badge | Styled | Several
"""A cell or title; Html, which is a drawing, belongs into columns of HTML only."""


def named(contender: Labelled) -> Named:
    """Letter and label of a contender."""
    return Named(contender.id, contender.label)


@dataclass(frozen=True)
class Column:
    """A heading with its cells.

    For a terminal: the columns with the highest `keep` give way first, the `label` column is cut to fit, a heading is
    cut to `heading_width`, and cells are aligned at `point`.  For a page: `group` is told above the headings of
    neighbours, `under` is the heading below it, `words` overrules `align`, and `short` words stay on one line.
    """

    heading: Cell
    cells: Sequence[Cell]
    align: Align = "right"
    _: KW_ONLY
    forms: Forms = EVERY
    keep: int = 0
    label: bool = False
    heading_width: int = 0
    point: str = ""
    group: str = ""
    under: str | None = None
    words: bool | None = None
    short: bool = False


def contender_column(
    contenders: Iterable[Labelled], heading: str = "contender", forms: Forms = EVERY
) -> Column:
    """A column of contenders; a terminal gets their letters and labels in two columns."""
    return Column(heading, [named(contender) for contender in contenders], "left", forms=forms)


@dataclass(frozen=True, kw_only=True)
class _Block:
    """`look` is the class of its element in a page's style sheet."""

    forms: Forms = EVERY
    look: str = ""

    def only(self, forms: Forms) -> Self:
        """Return the block for these renderers only."""
        return replace(self, forms=forms)


@dataclass(frozen=True, kw_only=True)
class Head(_Block):
    """The kind of document, and what it is about.  `line` replaces title, request and facts where there is one line
    for them; only a page tells `when` the run began.
    """

    kind: str
    title: str
    request: str | None = None
    facts: Sequence[str] = ()
    question: str = ""
    when: str = ""
    line: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict(_Block):
    """The verdict.  A page shows its `large` clauses, the `rest` of the sentence, `more` sentences, why the report is
    `incomplete`, and the number of notes to read before believing it (`doubts`).
    """

    sentence: str = ""
    large: Sequence[str] = ()
    rest: str = ""
    kind: str | None = None
    more: Sequence[str] = ()
    incomplete: str = ""
    doubts: int = 0


@dataclass(frozen=True, kw_only=True)
class Sentences(_Block):
    """Sentences, each a paragraph."""

    texts: Sequence[str]
    strong: bool = False


@dataclass(frozen=True)
class Item:
    """One of a list: what it is about, and what is said.  `ink` is its class on a page."""

    text: str
    lead: Cell | None = None
    mark: str = ""
    ink: str = ""


@dataclass(frozen=True, kw_only=True)
class Items(_Block):
    """A list."""

    items: Sequence[Item]
    style: Literal["outcomes", "notes", "limits", "events", "sentences"] = "sentences"


@dataclass(frozen=True, kw_only=True)
class Table(_Block):
    """Columns of equal length, and a caption, which a terminal goes without.

    For a terminal: `bare` has no headings, one that is `split` is told in pieces of neighbouring columns, and a line
    of its own is above the rows of each of the `groups`, which are so many.
    """

    columns: Sequence[Column]
    title: str = ""
    caption: str = ""
    bare: bool = False
    split: bool = False
    groups: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, kw_only=True)
class Verbatim(_Block):
    """Lines as they are: a plan, a command, an answer."""

    text: str
    language: str = ""
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts(_Block):
    """Names with their values, of which there may be several."""

    rows: Sequence[tuple[str, str | Sequence[str]]]
    title: Named | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names with their values in a line."""
        return [(name, value if isinstance(value, str) else ", ".join(value)) for name, value in self.rows]


@dataclass(frozen=True, kw_only=True)
class Chart(_Block):
    """A chart for a page; `draw` returns None where there is nothing to draw."""

    draw: Callable[[], Html | None]
    title: Cell = ""
    caption: str = ""
    legend: Sequence[Named] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Group(_Block):
    """Blocks that a page lays out together."""

    blocks: Sequence[Block]


@dataclass(frozen=True, kw_only=True)
class Section(_Block):
    """Blocks under a title, which is another one in Markdown if `markdown_title` says so, and none on a terminal
    unless `text_title` does.  Markdown folds a section that is `folded`.
    """

    title: str
    blocks: Sequence[Block]
    markdown_title: str | None = None
    text_title: str = ""
    folded: bool = False
    anchor: str = ""


Block: TypeAlias = Head | Verdict | Sentences | Items | Table | Verbatim | Facts | Chart | Group | Section


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole document.  `heading` replaces its title in Markdown; text and pages begin with the head, which
    Markdown has among the blocks.
    """

    title: str
    head: Head
    blocks: Sequence[Block]
    footer: Sequence[str]
    heading: str = ""
    look: str = ""


def told(blocks: Iterable[Block], form: Forms, *, flat: bool = False) -> Iterator[Block]:
    """The blocks that a renderer writes; `flat` replaces groups by their blocks."""
    for block in blocks:
        if not form <= block.forms:
            continue
        if flat and isinstance(block, Group):
            yield from told(block.blocks, form, flat=True)
        else:
            yield block


SECRETS = (
    f"{MASK} in the plan stands for a secret; the run asks for it again and names the flag that gives it."
)
NOTES_TITLE = "Before believing it"
LIMITS_TITLE = "What limits each contender"
ON_SCREEN = "on-screen"
"""Parts that pages of many contenders do not print."""


def head_of(report: Recorded, kind: str, *facts: str) -> Head:
    """The plan's name and question, what was asked, and facts."""
    return Head(
        kind=kind,
        title=name_of(report),
        request=request_of(report),
        facts=facts,
        question=question_of(report),
        when=moment(report.started),
    )


def question_of(report: Recorded) -> str:
    """Return the first line of the plan's description; "" if it has none."""
    lines = str(report.plan.get("description") or "").strip().splitlines()
    return safe_text(lines[0], LONGEST) if lines else ""


def moment(started: str) -> str:
    """Format the start of a run, as people read it."""
    when = started.partition("+")[0].replace("T", " ").removesuffix("Z")
    return f"{when} UTC" if started.endswith(("Z", "+00:00")) else started


def background_of(report: Recorded, how_to_read: Section) -> Group:
    """Group what a reader needs to judge the figures and to repeat the run."""
    return Group(
        blocks=(how_to_read, _plan(report), _replay(report), _environment(report)), look="background"
    )


def footer_of(report: Recorded) -> Sequence[str]:
    """The version that made it, and how much there is of it."""
    made = f"Made by httptui {report.environment.get('httptui', '')}".strip()
    seconds, letters = f"{report.seconds:.1f} s in all", plural(len(report.contenders), "contender")
    return [" · ".join((made, f"schema {report.schema}", seconds, letters))]


def plan_text(report: Recorded) -> tuple[str, str]:
    """Write the plan as a file that runs; return text and language: toml, or json if the plan is not one of ours."""
    try:
        return plan_to_toml(decode_plan(report.plan)), "toml"
    except PlanError:
        return json.dumps(report.plan, indent=2, ensure_ascii=False), "json"


def _plan(report: Recorded) -> Section:
    text, language = plan_text(report)
    return Section(
        title="Plan",
        blocks=(Verbatim(text=text, language=language),),
        folded=True,
        look=ON_SCREEN,
        forms=MARKDOWN | HTML,
    )


def _replay(report: Recorded) -> Section:
    text, language = plan_text(report)
    return Section(
        title="Run it again",
        blocks=(
            Sentences(texts=("From the report saved as JSON, with the same plan and the same seed:",)),
            Verbatim(text=f"httptui run ./{report_stem(report)}.json"),
            Sentences(texts=(f"Or from the plan above, saved as plan.{language}:",), look=ON_SCREEN),
            Verbatim(text=f"httptui run ./plan.{language}", look=ON_SCREEN),
            Sentences(texts=(SECRETS,) if MASK in text else (), look="note"),
        ),
        forms=HTML,
    )


def _environment(report: Recorded) -> Section:
    contenders = {id_of(contender) for contender in report.contenders}
    rows = list(environment_of(report))
    of_whom = [Styled(of, "of-contender") if of in contenders else of for of, _, _ in rows]
    table = Table(
        columns=(
            Column("of", of_whom, "left"),
            Column("what", [what for _, what, _ in rows], "left"),
            Column("value", [value for _, _, value in rows], "left"),
        ),
        look="environment",
    )
    return Section(title="Environment", blocks=(table,), folded=True, forms=MARKDOWN | HTML)


BYTES = "_bytes"


def environment_of(report: Recorded) -> Iterator[tuple[str, str, str]]:
    """Yield rows: the run, the machine or a contender; a property; its value."""
    yield "run", "started", report.started
    yield "run", "seconds", f"{report.seconds:.1f}"
    for key, value in report.environment.items():
        if key.endswith(BYTES) and isinstance(value, int):
            yield "machine", _name(key.removesuffix(BYTES)), format_bytes(value)
        else:
            yield "machine", _name(key), _told(value)
    for contender in report.contenders:
        if contender.versions:
            yield id_of(contender), "versions", _told(dict(sorted(contender.versions.items())))


def _told(value: object) -> str:
    """Format a value: a table as "name value" pairs, a list as its items, None as unknown."""
    if isinstance(value, dict):
        return " · ".join(f"{_name(name)} {_told(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_item, value)) if value else UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return UNKNOWN if value is None else str(value)


def _item(value: object) -> str:
    """Format one of several values; a table among them in brackets."""
    return f"({_told(value)})" if isinstance(value, dict) else _told(value)


def _name(key: object) -> str:
    return str(key).replace("_", " ")
