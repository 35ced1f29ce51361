"""Target URLs taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.plan.io import plan_from_mapping
from httptui.plan.urls import TargetUrl, in_one_form, split_target


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("embedded", TargetUrl("http", "embedded", 0, "/", embedded=True, userinfo=None)),
        (
            "embedded/bytes/5?x=1",
            TargetUrl("http", "embedded", 0, "/bytes/5?x=1", embedded=True, userinfo=None),
        ),
        (
            "embedded?latency_ms=3",
            TargetUrl("http", "embedded", 0, "/?latency_ms=3", embedded=True, userinfo=None),
        ),
        ("http://embedded/a", TargetUrl("http", "embedded", 0, "/a", embedded=True, userinfo=None)),
        ("https://embedded", TargetUrl("https", "embedded", 0, "/", embedded=True, userinfo=None)),
        ("http://a.example", TargetUrl("http", "a.example", 80, "/", embedded=False, userinfo=None)),
        (
            "HTTPS://A.Example:8443/P?q",
            TargetUrl("https", "a.example", 8443, "/P?q", embedded=False, userinfo=None),
        ),
        ("http://[::1]:80/", TargetUrl("http", "::1", 80, "/", embedded=False, userinfo=None)),
        ("http://me:p%40@h/", TargetUrl("http", "h", 80, "/", embedded=False, userinfo="me:p%40")),
        (
            "http://embedded.example/",
            TargetUrl("http", "embedded.example", 80, "/", embedded=False, userinfo=None),
        ),
    ],
)
def test_a_url_is_taken_apart(url: str, parts: TargetUrl):
    assert split_target(url) == parts


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://me:pw@[::1]:8080/x?y", "http://[::1]:8080/x?y"),
        ("https://a.example:443/", "https://a.example/"),
        ("https://a.example:80/", "https://a.example:80/"),
        ("embedded/x", "http://embedded/x"),
    ],
)
def test_what_is_sent_has_no_userinfo(url: str, sent: str):
    assert split_target(url).without_userinfo == sent


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nowhere",
        "//a.example/",
        "ftp://a.example/",
        "http://",
        "http:///path",
        "http://a b/",
        "http://a.example/\r\nX: y",
        "http://a.example/\x1b",
        "http://a.example:0/",
        "http://a.example:/",
        "http://a.example:65536/",
        "http://a.example:x/",
        "http://a..example/",
        "http://-a.example/",
        "http://-ä.example/",
        "http://ä\u2028.example/",
        "http://b.example/ä",
        "http://[::1/",
        "http://[nonsense]/",
        "http://a.example/#part",
        "http://embedded:80/",
        "http://" + "a" * 254 + "/",
    ],
)
def test_a_url_that_cannot_be_requested_is_refused(url: str):
    with pytest.raises(ValueError, match="must"):
        split_target(url)


@given(st.text(max_size=40) | st.text(max_size=40).map(lambda text: f"http://{text}"))
def test_arbitrary_text_gives_parts_or_a_value_error(url: str):
    try:
        parts = split_target(url)
    except ValueError:
        return
    assert split_target(parts.without_userinfo) == TargetUrl(
        parts.scheme, parts.host, parts.port, parts.path, parts.embedded, None
    )


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://2130706433:8080/a?b=//x@y", "http://127.0.0.1:8080/a?b=//x@y"),
        ("HTTPS://me:env:P@0x7f.1/", "HTTPS://me:env:P@127.0.0.1/"),
        ("http://[::ffff:10.0.0.1]:1", "http://10.0.0.1:1"),
        ("http://[0:0:0:0:0:0:0:1]?q", "http://[::1]?q"),
        ("http://127.0.0.1./{n}", "http://127.0.0.1/{n}"),
        ("http://A.Example./x", "http://A.Example./x"),
        ("embedded/x", "embedded/x"),
        ("http://1.2.3.4.5/", "http://1.2.3.4.5/"),
        ("no URL", "no URL"),
    ],
)
def test_a_plan_names_an_address_in_one_form(url: str, form: str):
    assert in_one_form(url) == form


def test_every_url_of_a_plan_is_in_that_form():
    one = plan_from_mapping({"target": {"url": "http://0x7f.1/"}, "contender": [{"engine": "raw"}]})
    many = plan_from_mapping(
        {"target": {"urls": ["http://127.1/", "http://a.example/"]}, "contender": [{"engine": "raw"}]}
    )
    assert one.target.url == "http://127.0.0.1/"
    assert many.target.urls == ("http://127.0.0.1/", "http://a.example/")


@pytest.mark.parametrize(
    ("url", "host", "sent"),
    [
        ("http://bücher.example/a", "xn--bcher-kva.example", "http://xn--bcher-kva.example/a"),
        (
            "https://me:pw@BÜCHER.example:8443/",
            "xn--bcher-kva.example",
            "https://xn--bcher-kva.example:8443/",
        ),
        ("http://例え。テスト/", "xn--r8jz45g.xn--zckzah", "http://xn--r8jz45g.xn--zckzah/"),
        ("http://faß.example/", "xn--fa-hia.example", "http://xn--fa-hia.example/"),
        ("http://１２７.0.0.1/", "127.0.0.1", "http://127.0.0.1/"),
    ],
)
def test_an_international_name_is_looked_up_and_sent_as_its_ascii_form(url: str, host: str, sent: str):
    assert (split_target(url).host, split_target(url).without_userinfo) == (host, sent)
