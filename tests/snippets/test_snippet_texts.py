"""Texts of a plan as Python expressions, and how long statements are broken."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.codegen.texts import (
    Variable,
    after,
    block,
    bytes_expression,
    call,
    expression,
    hidden,
    text_of,
    variables,
)
from httptui.plan.secrets import is_reference, secret_spans
from httptui.safe_text import safe_text

anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
quoted = st.text(st.sampled_from("'\"\\{}a\n\t\x1b\u202eé"), max_size=20)


@given(anything | quoted)
def test_a_text_without_secrets_reads_back_equal(text: str) -> None:
    if is_reference(text) or secret_spans(text):
        return
    assert eval(expression(text_of(text)), {}) == text
    assert eval(bytes_expression(text_of(text)), {}) == text.encode()


@given(anything | quoted, anything | quoted)
def test_what_comes_from_the_environment_stands_where_it_was(before: str, behind: str) -> None:
    text = (before, Variable("TOKEN"), behind)
    found = {"os": type("Os", (), {"environ": {"TOKEN": "t'\""}})}
    assert eval(expression(text), found) == f"{before}t'\"{behind}"
    assert eval(bytes_expression(text), found) == f"{before}t'\"{behind}".encode()


@given(anything | quoted)
def test_nothing_that_a_terminal_obeys_is_in_an_expression(text: str) -> None:
    written = expression((text, Variable("TOKEN")))
    assert safe_text(written, len(written)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", '"plain"'),
        ('say "so"', "'say \"so\"'"),
        ("it's", '"it\'s"'),
        ('it\'s "so"', "'it\\'s \"so\"'"),
        ("env:API_KEY", 'os.environ["API_KEY"]'),
        ("Bearer env:API_KEY", "f\"Bearer {os.environ['API_KEY']}\""),
        ("/?q=1&token=abcdef&n=2", "f\"/?q=1&token={os.environ['TOKEN']}&n=2\""),
        ("/?api%2Dkey=abcdef", "f\"/?api%2Dkey={os.environ['API_KEY']}\""),
        (
            '{"password": "hunter22", "n": {}}',
            'f\'{{"password": "{os.environ["PASSWORD"]}", "n": {{}}}}\'',
        ),
        ('{"pin": 1234}', 'f\'{{"pin": {os.environ["PIN"]}}}\''),
    ],
)
def test_a_text_is_written_as_a_formatter_would_leave_it(text: str, written: str) -> None:
    assert expression(text_of(text)) == written


def test_a_hidden_value_is_read_by_the_name_it_has_in_the_plan() -> None:
    assert expression(hidden("X-Api-Token")) == 'os.environ["X_API_TOKEN"]'
    assert expression(hidden("2fa")) == 'os.environ["_2FA"]'
    texts = (text_of("token=abcdef&token=ghijkl"), text_of("Bearer env:API_KEY"), text_of("env:TOKEN"))
    assert variables(texts) == ("TOKEN", "API_KEY")


def test_values_of_the_environment_make_the_text_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "hunter22")
    body = '{"password": "hunter22"}'
    assert eval(bytes_expression(text_of(body)), {"os": os}) == body.encode()


def test_a_call_is_broken_only_where_it_does_not_fit() -> None:
    short = after("with ", call("closing", "connection", None), " as it:")
    assert list(block(1, [short])) == ["    with closing(connection) as it:"]
    inner = call("limits=httpx.Limits", f"max_connections={10**9}", f"max_keepalive_connections={10**9}")
    assert list(block(1, [after("with ", call("httpx.Client", inner, "headers=HEADERS"), " as it:")])) == [
        "    with httpx.Client(",
        "        limits=httpx.Limits(",
        "            max_connections=1000000000,",
        "            max_keepalive_connections=1000000000,",
        "        ),",
        "        headers=HEADERS,",
        "    ) as it:",
    ]
