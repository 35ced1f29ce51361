"""What a reader needs to run it once more: the plan, the commands that repeat it, and the environment."""

from __future__ import annotations

from httptui.plans.secrets import MASK
from httptui.reports.exports.environment import environment_of
from httptui.reports.exports.html.markup import Html, lines, tag
from httptui.reports.exports.html.tables import Heading, table
from httptui.reports.exports.results import Recorded, id_of, plan_text
from httptui.reports.files import report_stem

SECRETS = (
    f"Where the plan has {MASK}, a secret was; the run asks for it anew and names the flag that gives it."
)


def plan(report: Recorded) -> Html:
    """The plan as a file that can be run."""
    return tag("section", tag("h2", "Plan"), tag("pre", lines(plan_text(report)[0])), class_="on-screen")


def replay(report: Recorded) -> Html:
    """The commands that run it again."""
    text, language = plan_text(report)
    stem = report_stem(report)
    secrets = tag("p", SECRETS, class_="note") if MASK in text else None
    return tag(
        "section",
        tag("h2", "Run it once more"),
        tag("p", "From the report saved as JSON, with the same plan and the same seed:"),
        tag("pre", f"httptui run ./{stem}.json"),
        tag("p", f"Or from the plan above, saved as plan.{language}:", class_="on-screen"),
        tag("pre", f"httptui run ./plan.{language}", class_="on-screen"),
        secrets,
    )


def environment(report: Recorded) -> Html:
    """Machine, interpreter and versions."""
    headings = (Heading("of", words=True), Heading("what", words=True), Heading("value", words=True))
    contenders = {id_of(contender) for contender in report.contenders}
    rows = [
        (tag("span", of, class_="of-contender") if of in contenders else of, what, value)
        for of, what, value in environment_of(report)
    ]
    return tag("section", tag("h2", "Environment"), table(headings, rows, "environment"))
