"""The client with the fault: it spends the share that it should, by a clock that the test holds."""

from __future__ import annotations

import pytest

from httptui.engines.clients.spinning import REQUESTS_A_SPIN, SHARE, Sound, Spinner, Spinning


class Cpu:
    """A clock of CPU time; each look at it costs a nanosecond."""

    def __init__(self) -> None:
        self.spent = 0
        self.looks = 0

    def __call__(self) -> int:
        self.spent += 1
        self.looks += 1
        return self.spent


def test_a_spinner_spends_its_share_of_all_the_rest_and_no_more():
    cpu = Cpu()
    spinner = Spinner(0.05, cpu)
    for _ in range(100):
        cpu.spent += 10_000
        spinner.catch_up()
    work = 100 * 10_000
    assert cpu.spent == pytest.approx(work * 1.05, rel=1e-3)


def test_a_spinner_makes_up_for_what_it_spun_too_long():
    cpu = Cpu()
    spinner = Spinner(0.05, cpu)
    cpu.spent += 10_000
    spinner.catch_up()
    before = cpu.spent
    spinner.catch_up()
    assert cpu.spent - before <= 2


def test_without_a_share_nothing_is_spun():
    cpu = Cpu()
    spinner = Spinner(0.0, cpu)
    cpu.spent += 1_000_000
    looks = cpu.looks
    spinner.catch_up()
    assert cpu.looks - looks == 1


def test_the_two_clients_differ_by_the_share_alone():
    assert (Sound.share, Spinning.share) == (0.0, SHARE)
    assert Spinning.send is Sound.send
    assert REQUESTS_A_SPIN > 1
