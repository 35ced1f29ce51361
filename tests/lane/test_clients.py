"""Which clients a lane has, and how their connections are added up."""

from __future__ import annotations

import pytest

from httptui.engines.base import Engine, Settings
from httptui.engines.lane.clients import Clients, uses_of


class Counted(Engine):
    opened: int | None = 0

    @property
    def connections_opened(self) -> int | None:
        return self.opened


def listed(clients: Clients[Counted], count: int) -> list[Counted]:
    made = [clients.make() for _ in range(count)]
    for client in made:
        clients.add(client)
    return made


@pytest.mark.parametrize(
    ("reuse", "uses"),
    [("shared", None), ("per-worker", None), ("per-request", 1), ("every-1", 1), ("every-250", 250)],
)
def test_a_reuse_strategy_says_how_many_requests_a_client_serves(reuse: str, uses: int | None) -> None:
    assert uses_of(reuse) == uses


def test_connections_of_open_and_retired_clients_are_added_up() -> None:
    clients = Clients(lambda: Counted(Settings()))
    first, second = listed(clients, 2)
    first.opened, second.opened = 3, 4
    clients.retire(first)
    assert clients.open == [second]
    assert clients.connections_opened() == 7


def test_one_client_that_cannot_tell_makes_the_sum_unknown() -> None:
    clients = Clients(lambda: Counted(Settings()))
    known, unknown = listed(clients, 2)
    known.opened, unknown.opened = 3, None
    assert clients.connections_opened() is None
    clients.retire(unknown)
    assert clients.connections_opened() is None


def test_a_client_that_is_not_open_yet_is_not_asked() -> None:
    class Unopened(Engine):
        @property
        def connections_opened(self) -> int | None:
            raise AttributeError("it has no pool before it is open")

    clients = Clients(lambda: Unopened(Settings()))
    clients.make()
    assert clients.connections_opened() == 0


def test_a_library_that_another_has_replaced_loses_the_figure_only() -> None:
    class Replaced(Engine):
        @property
        def connections_opened(self) -> int | None:
            raise AttributeError("'TrafficPolice' object has no attribute 'keys'")

    clients = Clients(lambda: Replaced(Settings()))
    client = clients.make()
    clients.add(client)
    assert clients.connections_opened() is None
    clients.retire(client)
    assert clients.connections_opened() is None


def test_a_pool_that_raises_while_it_changes_leaves_the_last_sum() -> None:
    class Changing(Engine):
        broken = False

        @property
        def connections_opened(self) -> int | None:
            if self.broken:
                raise RuntimeError("dictionary changed size during iteration")
            return 5

    clients = Clients(lambda: Changing(Settings()))
    client = clients.make()
    clients.add(client)
    assert clients.connections_opened() == 5
    client.broken = True
    assert clients.connections_opened() == 5
