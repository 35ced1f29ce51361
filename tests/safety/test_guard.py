"""Where a lane may open connections, which headers may go along, and what a redirect may lead to."""

from __future__ import annotations

import pytest

from httptui.engines.base import Request
from httptui.engines.errors import classify
from httptui.engines.hosts import Guard, NoConsentError
from httptui.engines.redirects import hop

PLAN = ("https://shop.example/a", "http://10.0.0.5:8080/b")
GUARD = Guard(
    {
        "shop.example": ("203.0.113.7", "2001:db8::7"),
        "10.0.0.5": ("10.0.0.5",),
        "mine.example": ("203.0.113.8",),
    },
    PLAN,
    secrets=("X-Api-Key",),
    proxies=("http://proxy.example:3128/",),
)


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("shop.example", ("203.0.113.7", "2001:db8::7")),
        ("SHOP.example.", ("203.0.113.7", "2001:db8::7")),
        ("203.0.113.7", ("203.0.113.7",)),
        ("3405803783", ("203.0.113.7",)),
        ("10.0.0.5", ("10.0.0.5",)),
        ("localhost", ("127.0.0.1", "::1")),
        ("127.8.9.1", ("127.8.9.1",)),
        ("2130706433", ("127.0.0.1",)),
        ("[::1]", ("::1",)),
    ],
)
def test_a_host_has_the_addresses_that_were_checked(host: str, addresses: tuple[str, ...]) -> None:
    assert GUARD.addresses_of(host) == addresses


@pytest.mark.parametrize(
    "host",
    [
        "other.example",
        "www.shop.example",
        "10.0.0.6",
        "0.0.0.0",
        "203.0.113.9",
        "169.254.169.254",
        "2852039166",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
        "::ffff:169.254.169.254",
        "local.localhost",
        "a.1",
        "",
    ],
)
def test_every_other_host_has_none(host: str) -> None:
    with pytest.raises(NoConsentError) as caught:
        GUARD.addresses_of(host)
    assert classify(caught.value) == "redirects"


def test_metadata_is_told_apart_and_other_hosts_with_what_helps() -> None:
    with pytest.raises(NoConsentError, match=r"169\.254\.169\.254 is a cloud's metadata service"):
        GUARD.addresses_of("0xa9fea9fe")
    with pytest.raises(NoConsentError, match=r"there is no consent for other\.example.*--i-own"):
        GUARD.addresses_of("other.example")


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("HTTP://0x7f.1:99/ä b?q=é#part", "http://127.0.0.1:99/%C3%A4%20b?q=%C3%A9"),
        ("https://me:pw@shop.example.:443", "https://shop.example/"),
        ("http://[::ffff:127.0.0.1]/a%20b", "http://127.0.0.1/a%20b"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
    ],
)
def test_a_hop_has_one_form(url: str, checked: str) -> None:
    assert GUARD.checked(url) == checked


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://127.0.0.1/", "http:///x", "file:///etc/passwd", "http://[x/"]
)
def test_what_is_no_http_url_is_not_followed(url: str) -> None:
    with pytest.raises(NoConsentError):
        GUARD.checked(url)


def test_libcurl_is_told_each_name_with_its_port_and_those_of_hops() -> None:
    guard = Guard(dict(GUARD.pins), PLAN, proxies=("http://mine.example:3128/",))
    lines = ["mine.example:3128:203.0.113.8", "shop.example:443:203.0.113.7,2001:db8::7"]
    assert sorted(guard.for_curl) == lines
    guard.checked("http://mine.example:9/")
    guard.checked("http://127.0.0.1:9/")
    guard.checked("http://mine.example:9/again")
    assert sorted(guard.for_curl) == ["mine.example:3128:203.0.113.8", "mine.example:9:203.0.113.8", lines[1]]


HEADERS = (("X-Api-Key", "k"), ("Authorization", "Bearer t"), ("Cookie", "a=b"), ("Accept", "*/*"))


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/c", True),
        ("https://shop.example:443/c", True),
        ("http://10.0.0.5:8080/c", True),
        ("http://shop.example/a", False),
        ("https://shop.example:8443/a", False),
        ("//mine.example/a", False),
        ("http://127.0.0.1/a", False),
    ],
)
def test_secrets_stay_with_the_origins_of_the_plan(location: str, kept: bool) -> None:
    found = hop(Request("GET", PLAN[0], HEADERS), 302, location, GUARD)
    assert found.headers == (HEADERS if kept else HEADERS[3:])


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/c", True),
        ("//SHOP.example:443/c", True),
        ("http://10.0.0.5:8080/c", False),
        ("http://shop.example/a", False),
        ("https://shop.example:8443/a", False),
        ("//mine.example/a", False),
    ],
)
def test_the_plans_own_host_stays_with_the_origin_that_was_asked(location: str, kept: bool) -> None:
    headers = (("hOST", "other.example"), ("Accept", "*/*"))
    found = hop(Request("GET", PLAN[0], headers), 302, location, GUARD)
    assert found.headers == (headers if kept else headers[1:])


BODY = (("Content-Type", "text/plain"), ("Content-Length", "2"), ("Accept", "*/*"))


@pytest.mark.parametrize(
    ("method", "status", "becomes"),
    [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("PUT", 303, "GET"),
        ("PUT", 302, "PUT"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("HEAD", 303, "HEAD"),
    ],
)
def test_a_hop_has_the_method_of_browsers(method: str, status: int, becomes: str) -> None:
    found = hop(Request(method, PLAN[0], BODY, b"hi"), status, "/c", GUARD)
    dropped = becomes != method
    assert (found.method, found.body) == (becomes, b"" if dropped else b"hi")
    assert found.headers == (BODY[2:] if dropped else BODY)
