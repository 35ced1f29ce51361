"""A row of FORMATS is a flag of commands that write it, a saved file if it says so, and a line of docs."""

from __future__ import annotations

import click
import pytest
from measured_report import measured_report

from docs.exports import FILE, page
from httptui.report.formats import FORMATS, RUN_FORMS, SAVED, saved_forms
from httptui.sweeps.document import SWEEP_FORMATS
from httptui.tui.cli.main import httptui
from httptui.tui.cli.outputs import Outputs

DOCUMENTS = [name for name, form in FORMATS.items() if form.of_document is not None]


def flags_of(*words: str) -> set[str]:
    command: click.Command = httptui
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return {name for parameter in command.params for name in parameter.opts}


def test_every_form_of_a_run_has_a_flag_and_every_document_one_wherever_documents_are_written() -> None:
    every = {f"--{name}" for name in FORMATS}
    assert every <= flags_of("run")
    assert every - {"--json"} <= flags_of("report", "export")
    assert {"--json", *(f"--{name}" for name in DOCUMENTS)} <= flags_of("report", "compare")


def test_every_form_is_written_and_a_sweep_has_every_document() -> None:
    assert list(RUN_FORMS) == list(FORMATS)
    assert all(form(measured_report()) for form in RUN_FORMS.values())
    assert {"json", *DOCUMENTS} <= set(SWEEP_FORMATS)


def test_forms_that_are_saved_are_those_whose_rows_say_so() -> None:
    assert {".json": "json", ".html": "html", ".md": "markdown"}.items() <= SAVED.items()
    assert list(saved_forms(measured_report(), RUN_FORMS)) == list(SAVED)


def test_the_docs_list_every_form() -> None:
    text = FILE.read_text("utf-8")
    assert text == page(text), "python -m docs.exports"


def test_a_form_that_does_not_exist_cannot_be_asked_for() -> None:
    with pytest.raises(TypeError, match="no such forms: docx"):
        Outputs(docx="report.docx")
