"""Which request has which number, and what it costs to make it."""

from __future__ import annotations

from httptui.engines.base import Request
from httptui.engines.lane.supply import Numbers, Requests

URLS = ("http://a:1/x", "http://b/items/{n}?again={n}", "http://a:1/y")


class Preparing:
    """Gives each request's URL as its prepared form, and remembers every call."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def __call__(self, request: Request) -> str:
        self.urls.append(request.url)
        return request.url


def requests_of(*urls: str) -> tuple[Requests, Preparing]:
    preparing = Preparing()
    return Requests(preparing, [Request("GET", url) for url in urls]), preparing


def test_the_list_begins_again_at_its_end_and_a_number_stands_for_the_requests_own() -> None:
    requests, _ = requests_of(*URLS)
    assert [requests.at(number) for number in range(5)] == [
        "http://a:1/x",
        "http://b/items/1?again=1",
        "http://a:1/y",
        "http://a:1/x",
        "http://b/items/4?again=4",
    ]
    assert [requests.host_of(number) for number in range(4)] == ["a:1", "b", "a:1", "a:1"]


def test_only_numbered_requests_are_prepared_anew() -> None:
    requests, preparing = requests_of(*URLS)
    for number in range(6):
        requests.at(number)
    assert preparing.urls == [
        *("http://a:1/x", "http://a:1/y"),
        *("http://b/items/1?again=1", "http://b/items/4?again=4"),
    ]


def test_one_plain_request_is_the_same_for_all_numbers() -> None:
    assert requests_of("http://a/")[0].alike
    assert not requests_of("http://a/{n}")[0].alike
    assert not requests_of("http://a/", "http://a/")[0].alike


def test_numbers_are_taken_once_each_and_those_given_back_come_first() -> None:
    numbers = Numbers()
    taken = [numbers.take() for _ in range(4)]
    numbers.give_back(2)
    numbers.give_back(1)
    assert taken + [numbers.take() for _ in range(3)] == [0, 1, 2, 3, 1, 2, 4]


def test_processes_that_share_a_turn_share_its_numbers() -> None:
    shares = [Numbers(part, 3) for part in range(3)]
    assert [[share.take() for _ in range(3)] for share in shares] == [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
