"""Curl commands as browsers copy them and as people type them: what becomes of each, and what is refused."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from form_examples import PLAN
from hypothesis import given
from hypothesis import strategies as st

from httptui.tui.forms.curl import (
    BARE,
    LEFT_OUT,
    REFUSED,
    SHORT,
    VALUED,
    WITHOUT_EFFECT,
    CurlError,
    CurlRequest,
    is_curl,
    parse_curl,
    taken,
    with_request,
)
from httptui.tui.forms.mapping import check
from httptui.tui.forms.state import state_of

CHROME = r"""curl 'https://127.0.0.1:8443/v1/items?page=2&q=a%20b' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'accept-language: en-GB,en;q=0.9' \
  -H 'authorization: Bearer eyJhbGciOi' \
  -H 'content-type: application/json' \
  -b 'sid=abc; theme=dark' \
  -H 'sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"' \
  -H $'x-note: it\'s a caf\u00e9\u0021' \
  --data-raw $'{"name":"it\'s","lines":"a\\nb"}' \
  --compressed \
  --insecure"""

FIREFOX = r"""curl 'http://127.0.0.1:8099/form' --compressed -X POST -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:130.0)' -H 'Accept: */*' -H 'Accept-Encoding: gzip, deflate, br, zstd' -H 'Referer: http://127.0.0.1:8099/' -H 'Content-Type: application/x-www-form-urlencoded' -H 'Connection: keep-alive' -H 'Cookie: a=1' -H 'TE: trailers' --data-raw 'user=me&agree=on'"""  # noqa: E501

SAFARI = r"""curl 'http://127.0.0.1/' \
-X 'GET' \
-H 'Accept: text/html' \
-H 'Host: 127.0.0.1'"""


def test_a_command_copied_from_chrome_comes_over_whole() -> None:
    assert parse_curl(CHROME) == CurlRequest(
        url="https://127.0.0.1:8443/v1/items?page=2&q=a%20b",
        method="POST",
        headers={
            "accept": "application/json, text/plain, */*",
            "accept-language": "en-GB,en;q=0.9",
            "authorization": "Bearer eyJhbGciOi",
            "content-type": "application/json",
            "Cookie": "sid=abc; theme=dark",
            "sec-ch-ua": '"Chromium";v="130", "Not?A_Brand";v="99"',
            "x-note": "it's a café!",
            "Accept-Encoding": "gzip, deflate",
        },
        body='{"name":"it\'s","lines":"a\\nb"}',
        verify=False,
    )


@pytest.mark.parametrize("line_end", ["\r", "\r\n"])
def test_line_ends_may_be_those_that_terminals_paste(line_end: str) -> None:
    assert parse_curl(CHROME.replace("\n", line_end)) == parse_curl(CHROME)
    assert is_curl(f"curl\\{line_end} h")


def test_a_command_copied_from_firefox_loses_only_what_clients_set_themselves() -> None:
    request = parse_curl(FIREFOX)
    assert request.told == ("left out Connection, TE: clients set these themselves",)
    assert (request.method, request.body) == ("POST", "user=me&agree=on")
    assert list(request.headers) == [
        *("User-Agent", "Accept", "Accept-Encoding", "Referer", "Content-Type", "Cookie"),
    ]
    assert request.headers["Accept-Encoding"] == "gzip, deflate, br, zstd"


def test_a_command_copied_from_safari_comes_over_whole() -> None:
    headers = {"Accept": "text/html", "Host": "127.0.0.1"}
    assert parse_curl(SAFARI) == CurlRequest(url="http://127.0.0.1/", method="GET", headers=headers, body="")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("curl http://h/", {}),
        ("  $ curl http://h/", {}),
        ("curl\\\n http://h/  # and a word about it", {}),
        ("curl.exe h", {"url": "http://h"}),
        ("curl HTTPS://h/a?b#part", {"url": "HTTPS://h/a?b"}),
        ("curl --url http://h/", {}),
        ("curl -- http://h/", {}),
        ("curl 'http://h/a b/é'", {"url": "http://h/a%20b/%C3%A9"}),
        ("curl -sSLo /dev/null -w '%{http_code}' http://h/", {"redirects": 20}),
        ("curl -L --max-redirs 3 http://h/", {"redirects": 3}),
        ("curl -L --max-redirs -1 http://h/", {"redirects": 20}),
        ("curl -L --no-location http://h/", {}),
        ("curl --max-redirs 3 http://h/", {}),
        ("curl -kI http://h/", {"verify": False, "method": "HEAD"}),
        ("curl -XPUT http://h/", {"method": "PUT"}),
        ("curl -X DELETE --request PATCH http://h/", {"method": "PATCH"}),
        ("curl -m 2.5 --retry 2 --cacert ca.pem http://h/", {"timeout": 2.5, "retries": 2, "ca_file": "ca.pem"}),
        ("curl -m 0 http://h/", {}),
        ("curl -d a=1 -d b=2 http://h/", {"method": "POST", "body": "a=1&b=2", "headers": FORM}),
        ("curl -da=1 http://h/", {"method": "POST", "body": "a=1", "headers": FORM}),
        ("curl -d '' http://h/", {"method": "POST", "headers": FORM}),
        ("curl -H content-type: -d a http://h/", {"method": "POST", "body": "a"}),
        ("curl --data-raw @a http://h/", {"method": "POST", "body": "@a", "headers": FORM}),
        ("curl --json '{}' http://h/", {"method": "POST", "body": "{}", "headers": JSON}),
        ("curl --json '[1,' --json '2]' http://h/", {"method": "POST", "body": "[1,2]", "headers": JSON}),
        (
            "curl --json '{}' -H 'accept: x/y' http://h/",
            {"method": "POST", "body": "{}", "headers": {"accept": "x/y", "Content-Type": "application/json"}},
        ),
        ("curl --data-urlencode 'q=a b&c' -G http://h/", {"url": "http://h/?q=a%20b%26c"}),
        ("curl --data-urlencode '=a b' -G http://h/?x", {"url": "http://h/?x&a%20b"}),
        ("curl --url-query a=b --url-query +c=%20 http://h/?", {"url": "http://h/?a=b&c=%20"}),
        ("curl -G -I -d a=1 http://h/", {"url": "http://h/?a=1", "method": "HEAD"}),
        ("curl -u me:p@ss:word http://h/", {"url": "http://me:p%40ss%3Aword@h/"}),
        ("curl -u me http://you:x@h/", {"url": "http://me@h/"}),
        ("curl -u env:x http://h/", {"url": "http://%65nv:x@h/"}),
        ('curl -u me:"$PASS" http://h/', {"url": "http://me:env:PASS@h/"}),
        (
            r"curl -A me -e from\;auto -r 0-9 http://h/",
            {"headers": {"User-Agent": "me", "Referer": "from", "Range": "bytes=0-9"}},
        ),
        ("curl -e '' http://h/", {}),
        (r"curl -e from -e \;auto http://h/", {}),
        ("curl -A '' -A me http://h/", {"headers": {"User-Agent": "me"}}),
        ("curl -A '' -H 'User-Agent: me' http://h/", {"headers": {"User-Agent": "me"}}),
        ("curl -A 'me;auto' http://h/", {"headers": {"User-Agent": "me;auto"}}),
        ("curl --oauth2-bearer abc http://h/", {"headers": {"Authorization": "Bearer abc"}}),
        ('curl -H "Authorization: Bearer $TOKEN" http://h/', {"headers": {"Authorization": "Bearer env:TOKEN"}}),
        ('curl -H "X-Key: ${KEY}" http://h/', {"headers": {"X-Key": "env:KEY"}}),
        ('curl --data "$BODY" http://h/', {"method": "POST", "body": "env:BODY", "headers": FORM}),
        ("curl -H 'X: a' -H 'x: b' http://h/", {"headers": {"X": "a, b"}}),
        ("curl -b a=1 -H 'cookie: b=2' http://h/", {"headers": {"Cookie": "a=1; b=2"}}),
        ("curl -b '' http://h/", {}),
        ("curl --cookie '' -L http://h/", {"redirects": 20}),
        ("curl -b '' -b a=1 http://h/", {"headers": {"Cookie": "a=1"}}),
        ("curl -H 'X-Empty;' http://h/", {"headers": {"X-Empty": ""}}),
        ("curl --compressed http://h/", {"headers": {"Accept-Encoding": "gzip, deflate"}}),
        (r"""curl -H $'X: \x41\102\u00e9\xc3\xa9\'\"\\' http://h/""", {"headers": {"X": "ABéé'\"\\"}}),
        (r'''curl -H "X: \"q\" \\ \n \`" http://h/''', {"headers": {"X": '"q" \\ \\n `'}}),
        ("curl -H 'X: a'\"b\"c\\ d http://h/", {"headers": {"X": "abc d"}}),
        ("curl -H 'X: $HOME `id`' http://h/", {"headers": {"X": "$HOME `id`"}}),
    ],
)  # fmt: skip
def test_a_command_becomes_its_request(command: str, expected: dict[str, Any]) -> None:
    usual = CurlRequest(url="http://h/", method="GET", headers={}, body="")
    assert parse_curl(command) == replace(usual, **expected)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("curl h | jq .", "left out what follows the command: | jq ."),
        ("curl h 2>/dev/null", "left out what follows the command: 2>/dev/null"),
        ("curl h > $OUT", "left out what follows the command: > $OUT"),
        ("curl h\ncurl i", "left out what follows the command: curl i"),
        ("curl http://h/?a=1&b=2", "left out what follows the command: &b=2"),
        ("curl -H nonsense h", "left out -H nonsense: not a header"),
        ("curl -H ':authority: h' h", "left out -H :authority: h: not a header"),
        ("curl -H 'Accept:' h", "left out -H 'accept:': httptui's own accept is sent"),
        ("curl -A '' h", "left out -A '': httptui's own user-agent is sent"),
        ("curl -A me -A '' h", "left out -A '': httptui's own user-agent is sent"),
        ("curl -H 'Content-Length: 3' h", "left out Content-Length: clients set these themselves"),
        ("curl --http2 h", "left out --http2: HTTP/2 is ticked for each contender below"),
        ("curl -x http://p h", "left out -x: clients go to the target directly"),
        ("curl --connect-timeout 3 h", "left out --connect-timeout"),
        ("curl -u a:b -H 'Authorization: x' h", "left out -u: an Authorization header is given"),
    ],
)
def test_what_a_plan_cannot_hold_is_told(command: str, told: str) -> None:
    assert parse_curl(command).told == (told,)


def test_an_empty_user_agent_or_referer_is_no_header() -> None:
    assert parse_curl("curl -A '' -e '' http://h/").headers == {}
    assert parse_curl("curl -r '' http://h/").headers == {"Range": "bytes="}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("wget h", "this is not a curl command"),
        ("curling h", "this is not a curl command"),
        ("curl", "no address is given"),
        ("curl a b", "2 addresses are given; a plan has one"),
        ("curl ftp://h", "ftp:// is not requested here"),
        ("curl -F a=b h", "-F sends a multipart form, which a plan cannot hold"),
        ("curl --form a=b h", "--form sends a multipart form, which a plan cannot hold"),
        ("curl -T file h", "-T sends a file"),
        ("curl -d @file h", "-d @file sends a file, and no file is read"),
        ("curl --json @- h", "--json @- sends a file"),
        ("curl --data-urlencode name@file h", "--data-urlencode name@file may name a file"),
        ("curl -H @file h", "-H @file sends a file"),
        ("curl -b jar.txt h", "-b without name=value reads a file"),
        ("curl -K conf h", "-K reads options from a file"),
        ("curl h --next i", "--next begins a second request"),
        ("curl --resolve h:80:1.2.3.4 h", "--resolve sends the request to another address"),
        ("curl --unix-socket /s h", "--unix-socket is not a TCP connection"),
        ("curl --digest -u a:b h", "--digest is a way to log in that a plan cannot hold"),
        ("curl --frobnicate h", "--frobnicate is no option of curl that is known here"),
        ("curl -! h", "-! is no option of curl that is known here"),
        ("curl -X", "-X has no value"),
        ("curl -m soon h", "-m: “soon” is not a number"),
        ("curl 'h", "has a quote that is never closed"),
        ('curl "h', "has a quote that is never closed"),
        ("curl $'h", "has a quote that is never closed"),
        ("curl $(cat url)", "holds a command of its own, which is never run"),
        ("curl `cat url`", "holds a command of its own, which is never run"),
        ('curl "h/$(id)"', "holds a command of its own, which is never run"),
        ("curl http://h/$ID", "the address holds the shell's $ID, which is not known here"),
        ('curl -d "id=$ID" h', "the body holds the shell's $ID"),
        ('curl -H "X: a-$ID" h', "X holds the shell's $ID"),
        ("curl -H $'X: a\\nY: b' h", "must have no line breaks"),
        ('curl ^"http://h/^" ^\n -H ^"a: b^"', "written for the Windows command prompt"),
    ],
)  # fmt: skip
def test_what_would_change_the_request_is_refused_and_named(command: str, why: str) -> None:
    with pytest.raises(CurlError, match=re.escape(why)):
        parse_curl(command)


@given(st.text(st.sampled_from("curl -HdXGku:=@'\"\\$()`{}|&;<>#^?/ \n\tab1\u00e9\x00\ue000"), max_size=80))
def test_no_text_raises_anything_but_the_parsers_own_error(text: str) -> None:
    for command in (text, f"curl {text}"):
        try:
            request = parse_curl(command)
        except CurlError as error:
            assert str(error)
        else:
            assert request.url.startswith("http")


OPTIONS = st.sampled_from(sorted(VALUED | BARE | {f"no-{name}" for name in BARE}))


@given(st.lists(st.tuples(OPTIONS, st.text(max_size=12)), max_size=6), st.text(max_size=20))
def test_no_options_raise_anything_but_the_parsers_own_error(
    options: list[tuple[str, str]], url: str
) -> None:
    words = [word for name, value in options for word in (f"--{name}", *([value] if name in VALUED else []))]
    try:
        request = parse_curl(f"curl {shlex.join([*words, url])}")
    except CurlError as error:
        assert str(error)
    else:
        check(with_request(state_of(PLAN), request))
        assert taken(request)


def test_every_option_is_known_once_and_every_letter_has_one() -> None:
    assert not VALUED & BARE
    assert set(SHORT.values()) <= VALUED | BARE
    assert set(REFUSED) | set(LEFT_OUT) <= VALUED | BARE
    assert {name for name in WITHOUT_EFFECT if name not in VALUED | BARE} == {
        name for name in WITHOUT_EFFECT if f"no-{name}" in BARE or name in ("progress-meter", "alpn", "npn")
    }


@pytest.mark.skipif(shutil.which("curl") is None, reason="asks curl for its options")
def test_all_options_of_the_curl_at_hand_are_known() -> None:
    said = subprocess.run(["curl", "--help", "all"], capture_output=True, check=True).stdout.decode()
    options = re.findall(r"^\s*(?:-(\S), )?\s*--(\S+)( [<\[].*?[>\]])?", said, re.MULTILINE)
    assert len(options) > 200
    for letter, name, value in options:
        assert name in (VALUED if value else BARE), name
        assert not letter or SHORT[letter] == name


def test_a_request_takes_the_place_of_the_target_and_leaves_the_rest() -> None:
    state = state_of(PLAN)
    changed = with_request(state, parse_curl("curl -k -XPUT -m 3 -H 'X: 1' http://127.0.0.1/x"))
    plan = check(changed).plan
    assert plan is not None
    assert (plan.target.url, plan.target.method, plan.target.headers) == (
        "http://127.0.0.1/x",
        "PUT",
        {"X": "1"},
    )
    assert (plan.target.verify, plan.policy.timeout, plan.policy.redirects) == (False, 3.0, 0)
    assert (plan.load, plan.contender) == (PLAN.load, PLAN.contender)


def test_what_is_said_of_a_command_repeats_no_secret() -> None:
    words = taken(
        parse_curl(
            "curl -kL -u me:hunter22 -d pass=xyzzy -H 'Cookie: sid=plugh' -m 5 --retry 3 --http2 http://h/"
        )
    )
    assert words.splitlines() == [
        "Took over POST, 2 headers, a body of 10 bytes, unverified TLS, a user, redirects, a timeout of 5 s"
        " and retries.",
        "▲ left out --http2: HTTP/2 is ticked for each contender below",
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("curl h", True), (" $ curl\\\nh", True), ("curl", True), ("http://h/curl", False), ("curly h", False)],
)
def test_a_text_is_a_command_or_not(text: str, meant: bool) -> None:
    assert is_curl(text) is meant


def test_the_project_runs_no_command_of_a_paste(project: Path) -> None:
    for name in ("curl", "shell_words"):
        source = (project / "tui" / "forms" / f"{name}.py").read_text()
        assert not re.search(r"subprocess|os\.|open\(|\benviron\b|eval\(|exec\(", source)
