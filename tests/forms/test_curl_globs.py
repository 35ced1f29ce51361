"""Patterns in the address of a curl command: followed where they make one address, and refused where they do not."""

from __future__ import annotations

import re

import pytest

from httptui.tui.forms.curl import CurlError, parse_curl


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("curl 'http://h/{n}'", "/n"),
        ("curl 'http://h/{a}/{b}'", "/a/b"),
        ("curl 'http://h/[7-7]'", "/7"),
        ("curl 'http://h/[001-001]'", "/001"),
        ("curl 'http://h/[1-2:5]'", "/1"),
        (r"curl 'http://h/?q=\[x\]\{y\}'", "/?q=[x]{y}"),
        (r"curl 'http://h/a\b'", "/a\\b"),
        ("curl -g 'http://h/[1-3]{a,b}'", "/[1-3]{a,b}"),
        ("curl --globoff 'http://h/?a[]=1'", "/?a[]=1"),
        ("curl -G -d 'a=[1-3]{x,y}' 'http://h/'", "/?a=[1-3]{x,y}"),
    ],
)
def test_one_address_is_what_curl_makes_of_it(command: str, path: str) -> None:
    request = parse_curl(command)
    assert (request.url, request.told) == (f"http://h{path}", ())


def test_an_address_of_ipv6_is_no_pattern() -> None:
    assert parse_curl("curl 'http://[::1]:80/{x}'").url == "http://[::1]:80/x"
    assert parse_curl("curl 'http://[fe80::1%25eth0]/'").url == "http://[fe80::1%25eth0]/"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://h/item[1-3]", "of which curl makes 3 addresses"),
        ("http://h/[a-z]", "of which curl makes 26 addresses"),
        ("http://h/[1-10:3]", "of which curl makes 4 addresses"),
        ("http://h/{a,b}/{c,d,e}", "of which curl makes 6 addresses"),
        ("http://h/[1-999999999999999999]", "of which curl makes 999999999999999999 addresses"),
        ("http://{a,b}/", "of which curl makes 2 addresses"),
        ("http://h/{a,}", "of which curl makes 2 addresses"),
        (
            "http://h/?filter[name]=x",
            "the address holds [name]=x, which curl takes for a pattern and refuses",
        ),
        ("http://h/?a[]=1", "the address holds []=1, which curl takes"),
        ("http://h/{}", "the address holds {}, which curl refuses"),
        ("http://h/{a", "the address holds {a, which curl takes"),
        ("http://h/a}", "the address holds }, which curl takes"),
        ("http://h/{a,{b,c}}", "the address holds {a,{b,c}}, which curl takes"),
        ("http://h/[3-1]", "the address holds [3-1], which curl takes for a range and refuses"),
        ("http://h/[a-Z]", "the address holds [a-Z], which curl takes for a range and refuses"),
        ("http://h/[1-3:0]", "which curl takes for a range and refuses"),
    ],
)
def test_a_pattern_that_makes_no_or_several_addresses_is_refused_and_leads_on(address: str, why: str) -> None:
    with pytest.raises(CurlError, match=re.escape(why)) as caught:
        parse_curl(f"curl '{address}'")
    assert "add -g" in str(caught.value)
    assert parse_curl(f"curl -g '{address}'").url == address


@pytest.mark.parametrize(
    "command", ["curl -g 'http://h/{n}'", r"curl 'http://h/\{n\}'", "curl -Gd '{n}' http://h/"]
)
def test_what_a_plan_takes_for_the_requests_number_is_encoded_and_told(command: str) -> None:
    request = parse_curl(command)
    assert "{n}" not in request.url
    assert "%7Bn%7D" in request.url
    (told,) = request.told
    assert told.startswith("{n} in the address is sent as %7Bn%7D")
