"""What documents of runs and of sweeps have in common: head, plan, how to run it again, environment, footer."""

from __future__ import annotations

from collections.abc import Sequence

from httptui.plan.secrets import MASK
from httptui.report import document as doc
from httptui.report.cells import (
    environment_of,
    id_of,
    name_of,
    plan_text,
    question_of,
    request_of,
)
from httptui.report.store import report_stem
from httptui.results.report import Recorded
from httptui.units import plural

SECRETS = (
    f"Where the plan has {MASK}, a secret was; the run asks for it anew and names the flag that gives it."
)
NOTES_TITLE = "Before believing it"
LIMITS_TITLE = "What limits each contender"
ON_SCREEN = "on-screen"
"""Parts that pages of many contenders do not print."""


def head_of(report: Recorded, kind: str, *facts: str) -> doc.Head:
    """The plan's name and question, what was asked, and facts."""
    return doc.Head(
        kind=kind,
        title=name_of(report),
        request=request_of(report),
        facts=facts,
        question=question_of(report),
        when=moment(report.started),
    )


def moment(started: str) -> str:
    """When a run began, as people read it."""
    when = started.partition("+")[0].replace("T", " ").removesuffix("Z")
    return f"{when} UTC" if started.endswith(("Z", "+00:00")) else started


def background_of(report: Recorded, how_to_read: doc.Section) -> doc.Group:
    """What a reader needs to judge the figures and to repeat the run."""
    return doc.Group(
        blocks=(how_to_read, _plan(report), _replay(report), _environment(report)), look="background"
    )


def footer_of(report: Recorded) -> Sequence[str]:
    """The version that made it, and how much there is of it."""
    made = f"Made by httptui {report.environment.get('httptui', '')}".strip()
    seconds, letters = f"{report.seconds:.1f} s in all", plural(len(report.contenders), "contender")
    return [" · ".join((made, f"schema {report.schema}", seconds, letters))]


def _plan(report: Recorded) -> doc.Section:
    """The plan as a file that can be run."""
    text, language = plan_text(report)
    return doc.Section(
        title="Plan",
        blocks=(doc.Verbatim(text=text, language=language),),
        folded=True,
        look=ON_SCREEN,
        forms=doc.MARKDOWN | doc.HTML,
    )


def _replay(report: Recorded) -> doc.Section:
    """The commands that run it again."""
    text, language = plan_text(report)
    return doc.Section(
        title="Run it once more",
        blocks=(
            doc.Sentences(texts=("From the report saved as JSON, with the same plan and the same seed:",)),
            doc.Verbatim(text=f"httptui run ./{report_stem(report)}.json"),
            doc.Sentences(texts=(f"Or from the plan above, saved as plan.{language}:",), look=ON_SCREEN),
            doc.Verbatim(text=f"httptui run ./plan.{language}", look=ON_SCREEN),
            doc.Sentences(texts=(SECRETS,) if MASK in text else (), look="note"),
        ),
        forms=doc.HTML,
    )


def _environment(report: Recorded) -> doc.Section:
    """Machine, interpreter and versions."""
    contenders = {id_of(contender) for contender in report.contenders}
    rows = list(environment_of(report))
    of_whom = [doc.Styled(of, "of-contender") if of in contenders else of for of, _, _ in rows]
    table = doc.Table(
        columns=(
            doc.Column("of", of_whom, "left"),
            doc.Column("what", [what for _, what, _ in rows], "left"),
            doc.Column("value", [value for _, _, value in rows], "left"),
        ),
        look="environment",
    )
    return doc.Section(title="Environment", blocks=(table,), folded=True, forms=doc.MARKDOWN | doc.HTML)
