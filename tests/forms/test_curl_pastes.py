"""Curl commands as documents, other shells and terminals hand them on: understood, or told in words that lead on."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess

import pytest
from form_examples import PLAN

from httptui.plan.texts import real_number
from httptui.safe_text import safe_text
from httptui.tui.forms.curl import CurlError, is_curl, parse_curl, taken, with_request
from httptui.tui.forms.mapping import check
from httptui.tui.forms.shell_words import is_another_command
from httptui.tui.forms.state import state_of


@pytest.mark.parametrize(
    "command",
    [
        "curl\u00a0-H\u00a0'A: b'\u00a0http://h/",
        "curl -H 'A:\u00a0b' http://h/",
        "\ufeffcurl -H 'A: b' http://h/",
        "\u200bcurl".replace("\u200b", "") + " \u200b-H 'A: b' http://h/\u200b",
        "```bash\ncurl -H 'A: b' http://h/\n```",
        "```\ncurl -H 'A: b' \\\n  http://h/\n```\n",
        "`curl -H 'A: b' http://h/`",
        "Curl -H 'A: b' http://h/",
        "me@host:~/src$ curl -H 'A: b' http://h/",
        "PS C:\\Users\\me> curl.exe -H 'A: b' http://h/",
        'C:\\>curl -H "A: b" http://h/',
        "curl \\\r\n -H 'A: b' \\\r\n http://h/\r\n",
    ],
)
def test_what_surrounds_a_command_and_what_stands_for_its_spaces_is_passed_over(command: str) -> None:
    request = parse_curl(command)
    assert is_curl(command)
    assert (request.url, request.headers, request.told) == ("http://h/", {"A": "b"}, ())


POWERSHELL, PROMPT = "written for PowerShell", "written for the Windows command prompt"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ('curl.exe "http://h/" `\n  -H "accept: */*"', POWERSHELL),
        ('curl.exe "http://h/" ` \r\n  -H "accept: */*"', POWERSHELL),
        ('curl.exe -H "Authorization: Bearer $env:TOKEN" http://h/', POWERSHELL),
        ('curl.exe -d "{`"a`":1}" http://h/', POWERSHELL),
        ("curl -Uri http://h/ -Method POST -Body x", POWERSHELL),
        ("curl http://h/ -Headers @{ 'A' = 'b' }", POWERSHELL),
        ('curl "http://h/" ^\n -H "a: b"', PROMPT),
        ('curl ^"http://h/?a=1^" -H ^"a: b^"', PROMPT),
        ("curl http://h/?a=1^&b=2", PROMPT),
        (
            'curl http://h/ --data "{""a"":""b c""}"',
            'doubles quotes (""), as the Windows command prompt does',
        ),
        ("curl -H “Accept: a/b” http://h/", "typographic quote “"),
        ("curl -H ‘Accept: a/b’ http://h/", "typographic quote ‘"),
        ("curl --data=„x“ http://h/", "typographic quote „"),
        ("curl –X POST http://h/", "has the dash –"),
        ("curl —data x http://h/", "has the dash —"),
        ("curl \\\n−X POST http://h/", "has the dash −"),
        ("curl http://h/ \\ \n -H 'A: b'", "a backslash with a blank after it"),
        ("curl http://h/ \\\t\n -H 'A: b'", "a backslash with a blank after it"),
        ("curl http://h/ \\\u00a0\n -H 'A: b'", "a backslash with a blank after it"),
        ("curl http://h/ \\\u200b\n -H 'A: b'", "a backslash with a blank after it"),
        ("curl http://h/ \\ \ufeff\u3000\n -H 'A: b'", "a backslash with a blank after it"),
        ("curl -H ´Accept: a/b´ http://h/", "typographic quote ´"),
        ("curl -H ʼAccept: a/bʼ http://h/", "typographic quote ʼ"),
        ("curl -d 〝x〞 http://h/", "typographic quote 〝"),
        ("curl -d x〟 http://h/", "typographic quote 〟"),
        ("curl -–data x http://h/", "has the dash –"),
        ("curl -—data x http://h/", "has the dash —"),
    ],
)
def test_what_another_shell_or_a_document_made_of_a_command_is_told(command: str, why: str) -> None:
    assert is_curl(command)
    with pytest.raises(CurlError, match=re.escape(why)):
        parse_curl(command)


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("curl -d '“quoted” – and ^ so on`' http://h/", "“quoted” – and ^ so on`"),
        ("curl -d it’s http://h/", "it’s"),
        ("curl -d it´s-–ʼn http://h/", "it´s-–ʼn"),
        ("curl -d a\\\u00a0b http://h/", "a\u00a0b"),
        ("curl -d a\\ b http://h/", "a b"),
        ("curl -d '$env:X -Body @{y}' http://h/", "$env:X -Body @{y}"),
        ('curl -d "a"\'b\'"c" http://h/', "abc"),
        ('curl -d "" http://h/', ""),
        ("curl -d $'\\u2028é\\n' http://h/", "\u2028é\n"),
        ("curl -d $'a\\0b' http://h/", "a"),
        ("curl -d $'\\xe2'$'\\x82\\xac' http://h/", "€"),
    ],
)
def test_what_only_looks_like_it_is_taken_as_bash_takes_it(command: str, body: str) -> None:
    assert parse_curl(command).body == body


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x89PNG\r\n\x1a\n", b"\xed\xa0\x80", b"caf\xe9"])
def test_the_bytes_of_a_body_that_is_no_text_are_kept(data: bytes) -> None:
    written = "".join(f"\\x{byte:02x}" for byte in data)
    request = parse_curl(f"curl http://h/ --data-binary $'{written}'")
    assert (request.body, base64.b64decode(request.body_base64)) == ("", data)
    state = with_request(state_of(PLAN), request)
    plan = check(state).plan
    assert plan is not None
    assert (plan.target.body, base64.b64decode(plan.target.body_base64)) == ("", data)
    assert f"a body of {len(data)} bytes" in taken(request)
    assert request.told == ("the body holds bytes that are not text: they are kept, and no field shows them",)
    again = check(with_request(state, parse_curl("curl -d x http://h/"))).plan
    assert again is not None
    assert (again.target.body, again.target.body_base64) == ("x", "")


@pytest.mark.parametrize(
    ("command", "where"),
    [
        ("curl -H $'X: \\xff' http://h/", "X"),
        ("curl -X $'\\xff' http://h/", "-X"),
        ("curl --cacert $'\\xff' http://h/", "--cacert"),
    ],
)
def test_bytes_that_a_plan_cannot_hold_are_refused_where_they_stand(command: str, where: str) -> None:
    with pytest.raises(CurlError, match=f"^{where} holds bytes that are not text in UTF-8"):
        parse_curl(command)


@pytest.mark.skipif(shutil.which("bash") is None, reason="compares with bash")
def test_bytes_in_a_url_are_percent_encoded_as_they_are() -> None:
    assert parse_curl("curl $'http://h/\\xff\\xe9'").url == "http://h/%FF%E9"
    script = "printf %s $'\\xff\\xe9'"
    assert subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout == b"\xff\xe9"


@pytest.mark.parametrize(
    ("command", "url"),
    [
        ("curl -u joe:pw 'http://127.0.0.1?mail=a@10.9.9.9'", "http://joe:pw@127.0.0.1?mail=a@10.9.9.9"),
        ("curl -u joe:pw 'http://127.0.0.1/?mail=a@10.9.9.9'", "http://joe:pw@127.0.0.1/?mail=a@10.9.9.9"),
        ("curl -u joe:pw '127.0.0.1?to=x@h&n=1'", "http://joe:pw@127.0.0.1?to=x@h&n=1"),
        ("curl -u joe:pw 'http://you:x@h?a=b@c/d@e'", "http://joe:pw@h?a=b@c/d@e"),
        ("curl -u joe:pw 'http://[::1]?a=b@c'", "http://joe:pw@[::1]?a=b@c"),
        ("curl -u 'joe:p/w?#@x' http://h", "http://joe:p%2Fw%3F%23%40x@h"),
        ("curl -u joe:pw -G -d 'a=b@c' http://h", "http://joe:pw@h?a=b@c"),
        ("curl http://bücher.example/é", "http://bücher.example/%C3%A9"),
    ],
)
def test_a_user_never_moves_the_host(command: str, url: str) -> None:
    assert parse_curl(command).url == url


@pytest.mark.parametrize(
    "command",
    [
        "curl -m 'a\x9b\x9d\u202eb' http://h/",
        "curl -H 'a\x9b\x9d\u202eb' http://h/",
        "curl 'a\x9b://\x9d\u202eb'",
        "curl --a\x9b\u202e http://h/",
        "curl -\x9b http://h/",
        "curl http://h/ | a\x9b\u202e",
    ],
)
def test_nothing_that_a_terminal_obeys_is_in_what_is_said_of_a_command(command: str) -> None:
    try:
        words = taken(parse_curl(command))
    except CurlError as error:
        words = str(error)
    assert all(safe_text(line, 2_000) == line for line in words.split("\n"))


def test_what_is_said_of_the_rest_of_a_command_repeats_no_secret() -> None:
    words = taken(parse_curl("curl http://h/?a=1&access_token=xyzzy42&b=2"))
    assert "xyzzy42" not in words
    assert "access_token=***" in words


def test_a_number_that_is_none_is_repeated_without_what_a_terminal_obeys() -> None:
    with pytest.raises(ValueError, match="“a\N{REPLACEMENT CHARACTER}b” is not a number"):
        real_number("a\x9bb")


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ('Invoke-WebRequest -Uri "http://h/"', True),
        ("PS C:\\> iwr http://h/", True),
        ("$ wget http://h/", True),
        ("http GET h X:1", True),
        ('await fetch("http://h/", {method: "POST"})', True),
        ("http://h/wget x", False),
        ("https://h/", False),
        ("curl http://h/", False),
        ("wget.example/x", False),
    ],
)
def test_a_request_of_another_tool_is_known(text: str, another: bool) -> None:
    assert is_another_command(text) is another
