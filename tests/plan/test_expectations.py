"""What plans may expect: every form of a clause, every unit, and one clear line for each mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.plan.expectations import (
    OPERATORS,
    QUANTITIES,
    Named,
    expectation_problems,
    expectations_of,
    parse_clause,
    who_is,
)
from httptui.plan.io import plan_from_toml, plan_to_toml
from httptui.plan.model import Contender, Load, Plan

THREE = (
    Contender(engine="aiohttp"),
    Contender(engine="httpx"),
    Contender(engine="httpx", reuse="per-request"),
    Contender(engine="http.client", label="a<b (old)"),
)


def plan(*expect: str, load: Load | None = None) -> Plan:
    return Plan(contender=THREE, expect=expect, load=load or Load())


@pytest.mark.parametrize(
    ("text", "quantity", "contender", "operator", "limit"),
    [
        ("aiohttp.p99 < 50ms", "p99", "aiohttp", "<", 50.0),
        ("aiohttp.p99.9<=1.5 s", "p99.9", "aiohttp", "<=", 1500.0),
        ("http.client.p50 < 250us", "p50", "http.client", "<", 0.25),
        ("httpx · shared.max < 3", "max", "httpx · shared", "<", 3.0),
        ("ratio(httpx) > 0.5", "ratio", "httpx", ">", 0.5),
        ("rank(A) == 1", "rank", "A", "==", 1.0),
        ("p90(a<b (old)) < 1s", "p90", "a<b (old)", "<", 1000.0),
        ("a<b (old).ratio >= 12.5%", "ratio", "a<b (old)", ">=", 0.125),
        ("req_per_s > 10k", "req_per_s", None, ">", 10_000.0),
        ("A.cpu < 0.2ms", "cpu", "A", "<", 200.0),
        ("A.cpu < 80", "cpu", "A", "<", 80.0),
        (" errors  ==  0 ", "errors", None, "==", 0.0),
        ("error_rate < 0.1%", "error_rate", None, "<", 0.001),
    ],
)
def test_a_clause_is_a_quantity_of_a_contender_an_operator_and_a_number(
    text: str, quantity: str, contender: str | None, operator: str, limit: float
) -> None:
    clause = parse_clause(text)
    assert (clause.quantity, clause.contender, clause.operator) == (quantity, contender, operator)
    assert clause.limit == pytest.approx(limit)
    assert clause.text == text.strip()


@given(
    st.sampled_from(sorted(QUANTITIES)),
    st.sampled_from([None, "A", "http.client", "httpx · per-request", "p99"]),
    st.sampled_from(sorted(OPERATORS)),
    st.integers(0, 10_000),
    st.booleans(),
)
def test_whatever_is_written_in_either_form_is_read_back(
    quantity: str, contender: str | None, operator: str, limit: int, called: bool
) -> None:
    named = f"{contender}.{quantity}" if contender else quantity
    subject = f"{quantity}({contender or ''})" if called else named
    for unit, factor in QUANTITIES[quantity].items():
        clause = parse_clause(f"{subject} {operator} {limit}{unit}")
        assert (clause.quantity, clause.contender, clause.operator) == (quantity, contender, operator)
        assert clause.limit == pytest.approx(limit * factor)


def test_operators_hold_at_their_limits_as_written() -> None:
    held = {name for name in OPERATORS if parse_clause(f"errors {name} 1").holds(1)}
    assert held == {"<=", ">=", "=="}
    assert parse_clause("errors > 1").holds(2)
    assert not parse_clause("errors < 1").holds(2)


ALLOWED = ", ".join(QUANTITIES)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("aiohttp.p98 < 50ms", f'"p98" is not a quantity; allowed: {ALLOWED}; did you mean "p99"?'),
        ("p98(aiohttp) < 1ms", f'"p98" is not a quantity; allowed: {ALLOWED}; did you mean "p99"?'),
        ("aiohttp.p99.99 < 1ms", f'"p99.99" is not a quantity; allowed: {ALLOWED}; did you mean "p99.9"?'),
        ("aiohttp p99 < 1ms", f'"aiohttp p99" is not a quantity; allowed: {ALLOWED}'),
        ("aiohttp.p99", '"aiohttp.p99" compares nothing; QUANTITY <, <=, >, >=, == NUMBER'),
        ("errors != 0", '"errors != 0" compares nothing; QUANTITY <, <=, >, >=, == NUMBER'),
        ("< 5", '"< 5" compares nothing; QUANTITY <, <=, >, >=, == NUMBER'),
        ("A.p99 < fifty", '"fifty" is not a number; such as 5 or 5us or 5µs or 5ms or 5s'),
        ("A.p99 < 5%", '"5%" has no unit of p99; such as 5 or 5us or 5µs or 5ms or 5s'),
        ("A.rank < 2k", '"2k" has no unit of rank; such as 5'),
        (
            "httpx.p99 < 5ms",
            '"httpx" may be B "httpx · shared", C "httpx · per-request"; name its letter or its label',
        ),
        (
            "aiohtp.p99 < 5ms",
            '"aiohtp" is no contender; A "aiohttp · shared", B "httpx · shared", C "httpx · per-request", '
            'D "a<b (old)"; did you mean "aiohttp"?',
        ),
        ("A.response_p99 < 5ms", '"response_p99" is of an open load only; "p99"'),
        ("\x1b[2J.p99 < 1", '"\ufffd[2J.p99 < 1" must be one line without control or invisible characters'),
    ],
)
def test_a_mistake_is_told_by_its_path_with_what_is_allowed(text: str, problem: str) -> None:
    assert list(expectation_problems(plan("errors == 0", text))) == [f"expect[1]: {problem}"]


def test_an_open_load_has_response_times() -> None:
    open_load = Load(kind="open", rate=10, seconds=1)
    assert list(expectation_problems(plan("A.response_p99 < 5ms", load=open_load))) == []


def test_expectations_know_whom_they_are_about() -> None:
    expected = expectations_of(plan("errors == 0", "http.client.p99 < 1s", "httpx · shared.rank == 1"))
    assert [one.ids for one in expected] == [("A", "B", "C", "D"), ("D",), ("B",)]


def test_a_letter_goes_before_a_label_and_a_label_before_an_engine() -> None:
    contenders = (Named("A", "httpx", "aiohttp"), Named("B", "C", "httpx"), Named("C", "x", "httpx"))
    assert who_is("C", contenders).id == "C"
    assert who_is("httpx", contenders).id == "A"
    assert who_is("aiohttp", contenders).id == "A"


def test_toml_keeps_expectations_above_its_tables() -> None:
    made = plan("A.p99 < 50ms", "a<b (old).p99 < 1s", "errors == 0")
    text = plan_to_toml(made)
    assert 'expect = ["A.p99 < 50ms", "a<b (old).p99 < 1s", "errors == 0"]\n' in text
    assert plan_from_toml(text) == made
