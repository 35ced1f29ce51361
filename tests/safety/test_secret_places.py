"""Secrets by plain names, in bodies of every common form, and tokens known by their own form."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.plan.model import Contender, Plan, Target
from httptui.plan.requests import shown_url
from httptui.plan.secrets import (
    MASK,
    SHORTEST_KNOWN,
    Redactor,
    is_secret_header,
    is_secret_name,
    masked_pairs,
    redacted_plan,
    redacted_url,
    secret_places,
)

CANARY = "c4n4ry"
ONE = (Contender(engine="raw"),)
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjNG40cnkifQ.c4n4ry-_x"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nc4n4ry\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "passcode",
            "client_assertion",
            "SAMLResponse",
            "totp",
            "PHPSESSID",
            "JSESSIONID",
            "csrf",
            "X-XSRF",
            "psk",
        ),
        *(
            "userPin",
            "authCode",
            "pinCode",
            "wifiPsk",
            "otp",
            "mfa",
            "2fa-code",
            "one_time_passcode",
            "webhook_url",
        ),
        *("codeVerifier", "oauth_verifier", "verificationCode", "smsCode", "mfaCode", "securityCode"),
        *("device_code", "dbpass", "DBPASS", "userpass", "my_userpass2", "newpass", "mysqlpw"),
    ],
)
def test_plain_names_of_secrets_are_known(name: str) -> None:
    assert is_secret_name(name)
    assert masked_pairs(f"{name}={CANARY}&page=2") == f"{name}={MASK}&page=2"


@pytest.mark.parametrize(
    "name",
    [
        *("page", "author", "spinner", "pins", "assess", "residual", "signal", "verifier", "smsCount"),
        *("statusCode", "zipcode", "postcode", "errorCode", "exitCode", "barcode", "countryCode"),
        *("presetCode", "successCode", "processCode", "decode", "codeName", "newpassage", "appwrite"),
        *("compass", "bypass", "encompass", "trespass", "overpass", "lowpass", "passenger"),
    ],
)
def test_names_that_only_hold_the_letters_are_none(name: str) -> None:
    assert not is_secret_name(name)


BODIES = {
    "form": f"a=1&password={CANARY}&b=2",
    "form with quotes and semicolons": f"a=1&password=it's;{CANARY}&b=2",
    "multipart": f'--b\r\nContent-Disposition: form-data; name="passcode"\r\n\r\n{CANARY}\r\n--b--\r\n',
    "typed part": f'--b\nContent-Disposition: form-data; name="totp"\nContent-Type: a/b\n\n{CANARY}\n--b--',
    "graphql": f'mutation {{ login(user: "me", password: "{CANARY}") {{ ok }} }}',
    "graphql with a number": "mutation { login(user: 3, pin: 918273) { ok } }",
    "graphql in json": json.dumps({"query": f'mutation {{ login(password: "{CANARY}", n: 1) }}'}),
    "xml": f"<soap:Body><w:Password Type='t'>{CANARY}</w:Password></soap:Body>",
    "xml attribute": f'<login user="me" password="{CANARY}"/>',
    "xml cdata": f"<secret><![CDATA[<{CANARY}>]]></secret>",
    "xml property": f'<property name="password" value="{CANARY}"/>',
    "xml parameter": f'<param key="secret" type="t">{CANARY}</param>',
    "ini": f"[login]\nuser = me\npassword = {CANARY}\n",
    "yaml": f"user: me\npassword: {CANARY} and more\npage: 2\n",
    "yaml in quotes": f"user: me\npassword: '{CANARY}'\n",
    "yaml on one line": f"{{user: joe, password: {CANARY}}}",
    "yaml on one line within": f"login: {{'user': joe, 'password': {CANARY} x, page: 2}}\n",
    "json encoded": f"payload=%7B%22password%22%3A%22{CANARY}%22%7D&page=2",
    "json encoded as python does": urlencode({"p": json.dumps({"user": "me", "password": f"{CANARY} x"})}),
    "json encoded as browsers do": f"p=%7B%22password%22%3A%22it's%20{CANARY}%22%7D",
    "json encoded, deep": f"p={quote(json.dumps({'credentials': {'deep': [{'x': CANARY}]}}))}",
    "json encoded twice": f"p={quote(quote(json.dumps({'password': CANARY})))}",
    "yaml encoded": urlencode({"p": f"{{user: me, password: {CANARY}}}"}),
    "url encoded": f"next=https%3A%2F%2Fh%2F%3Ftoken%3D{CANARY}%26page%3D2",
    "url encoded in json": json.dumps({"next": f"https%3A%2F%2Fh%2F%3Ftoken%3D{CANARY}"}),
    "pair encoded": f"password%3D{CANARY}",
    "pair encoded but for its end": f"a=1&password%3Dx=={CANARY}=&b=2",
    "pair encoded of other letters": f"p=password%3Dvoil%C3%A0{CANARY}",
    "yaml block": f"user: me\nprivate_key: |\n  {CANARY}\n  {CANARY}\npage: 2\n",
    "pem": PEM,
    "pem in json": json.dumps({"cert": PEM}),
    "jwt": JWT,
    "jwt in text": f"the answer is {JWT}, they say",
    "json": json.dumps({"user": "me", "client_secret": CANARY}, indent=1),
    "json with an escaped quote": json.dumps({"password": f'x"{CANARY}'}),
    "json list": json.dumps({"passwords": ["first", CANARY]}),
    "json lists of pairs": json.dumps([["user", "me"], ["password", CANARY]]),
    "json names and values": json.dumps(
        [{"name": "totp", "value": CANARY}, {"value": CANARY, "key": "password"}]
    ),
    "json within": json.dumps({"credentials": {"user": "me", "deep": [{"x": CANARY}]}}),
    "json in json": json.dumps({"body": json.dumps({"password": CANARY})}),
    "url with a user": f"see https://me:{CANARY}@h/ for it",
    "url with a user, encoded": f"next=https%3A%2F%2Fme%3A{CANARY}%40h%2F",
    "url with a user in json": json.dumps({"next": f"https://me:{CANARY}@h/"}),
    "url with a user in json of another language": rf'{{"next": "https:\/\/me:{CANARY}@h\/"}}',
    "url of a database": f"DSN: postgres://me:{CANARY}@h/db",
    "github": "remember ghp_c4n4ryc4n4ryc4n4ry0123 well",
    "aws": "AKIAC4N4RYC4N4RY0123",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_secret_in_a_body_of_any_form_is_in_no_redacted_plan_and_no_message(body: str) -> None:
    plan = Plan(target=Target(body=body), contender=ONE)
    shown = json.dumps(redacted_plan(plan))
    for canary in (CANARY, CANARY.upper(), "918273"):
        assert canary not in shown
    for place in secret_places(body):
        if place.end - place.start < SHORTEST_KNOWN:
            continue
        echoed = Redactor.for_plan(plan, {}).redact(f"no: {body[place.start : place.end]}!")
        assert echoed == f"no: {MASK}!"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("p=%7B%22n%22%3A1%2C+%22pin%22%3A+%221%204%22%7D&b", "p=%7B%22n%22%3A1%2C+%22pin%22%3A+%22***%22%7D&b"),
        ("to=https%3A%2F%2Fh%3Ftoken%3Dabc%26n%3D2&b=2", "to=https%3A%2F%2Fh%3Ftoken%3D***%26n%3D2&b=2"),
        ("/to/https%3A%2F%2Fh%3Ftoken%3Dabc?b=2", "/to/https%3A%2F%2Fh%3Ftoken%3D***?b=2"),
        ("a=password%3Dabc&password%3Dabc&b", "a=password%3D***&password%3D***&b"),
        ("next=https%3A%2F%2Fme%3Aabc%40h%2F&b=2", "next=https%3A%2F%2F***%40h%2F&b=2"),
        ("next=https%253A%252F%252Fme%253Aabc%2540h&b=2", "next=https%253A%252F%252F***%2540h&b=2"),
        ("next=https%3A%2F%2Fabc%40h", "next=https%3A%2F%2F***%40h"),
        ("next=%2F%2Fme%3Aabc%40h", "next=%2F%2F***%40h"),
        ("next=https://me:a&b@h/&c=2", "next=https://***@h/&c=2"),
        ("/to/https%3A//me%3Aabc@h/x", "/to/https%3A//***@h/x"),
        ("ftp://me:abc@h/ and ftp://me@h/", "ftp://***@h/ and ftp://me@h/"),
        ("{user: joe, password: hunter2, page: 2}", "{user: joe, password: ***, page: 2}"),
    ],
)  # fmt: skip
def test_only_the_secret_of_what_is_encoded_or_on_one_line_is_masked(text: str, shown: str) -> None:
    assert masked_pairs(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "q=caf%C3%A9%20au%20lait&discount=100%25&n=%2B1",
        "next=https%3A%2F%2Fh%2Fitems%3Fpage%3D2%26statusCode%3D5",
        "p=%7B%22statusCode%22%3A%205%2C%20%22compass%22%3A%20%22north%22%7D",
        "{user: joe, statusCode: 5, compass: north}",
        "{token: null, password: true}",
        "as told, token: abc",
        "100% of it, %3D and %",
        "next=https://h:8080&email=me@h.example",
        "next=https%3A%2F%2Fh%2F%40me&b=https%3A%2F%2Fh%3A80%2Fa%40b",
        "clone ssh://git@h/x, see https://h/@me and https://h?to=me@h",
        "https://***:***@h/ https://***@h/",
    ],
)
def test_nothing_of_what_holds_no_secret_is_masked(text: str) -> None:
    assert masked_pairs(text) == text


USER = st.text("ab-._~ü%:/?#[]@!$&'()*+,;= \"<>", max_size=12)


def encoded(text: str, layers: int) -> str:
    for _ in range(layers):
        text = quote(text, safe="")
    return text


@given(
    user=USER, password=USER, layers=st.integers(0, 3), rest=st.sampled_from(["", "/", ":80/a@b", "?q=c@d"])
)
def test_a_password_in_a_url_is_masked_wherever_the_url_stands_and_however_often_it_is_encoded(
    user: str, password: str, layers: int, rest: str
) -> None:
    login = f"{quote(user, safe='')}:{CANARY}{quote(password, safe='')}"
    held = encoded(f"https://{login}@h{rest}", layers)
    for text in (
        f"http://h/?page=2&next={held}&last=3",
        f"http://h/to/{held}",
        f"page=2&next={held}",
        json.dumps({"next": held, "page": 2}),
        f"moved to {held}",
    ):
        shown = redacted_url(text) if text.startswith("http") else masked_pairs(text)
        assert CANARY not in shown
        assert redacted_url(shown) == shown if text.startswith("http") else masked_pairs(shown) == shown
        plan = Plan(target=Target(body=text), contender=ONE)
        assert CANARY not in Redactor.for_plan(plan, {}).redact(f"no login as {CANARY}{password}")


@given(
    host=st.sampled_from(["h", "h:80", "[::1]", "www.h.example:8080"]),
    path=st.text("ab@:-.", max_size=12),
    layers=st.integers(0, 3),
)
def test_a_url_that_nobody_logs_in_at_stays_as_it_is(host: str, path: str, layers: int) -> None:
    text = f"page=2&next={encoded(f'https://{host}/{path}', layers)}&to=me@h"
    assert masked_pairs(text) == text


def test_a_secret_in_a_body_of_bytes_hides_the_whole() -> None:
    data = b"\xff\xfepassword=" + CANARY.encode()
    plan = Plan(target=Target(body_base64=base64.b64encode(data).decode()), contender=ONE)
    assert redacted_plan(plan)["target"]["body_base64"] == MASK
    plain = Plan(target=Target(body_base64=base64.b64encode(b"\xff\xfe").decode()), contender=ONE)
    assert redacted_plan(plain)["target"]["body_base64"] == plain.target.body_base64


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.slack.com/services/T00/B00/c4n4ry", "https://hooks.slack.com/services/***"),
        (
            "https://api.telegram.org/bot123456:c4n4ryc4n4ryc4n4ryc4n4ryc4n4ry12345/x",
            "https://api.telegram.org/***/x",
        ),
        ("https://api.telegram.org/bot12345:c4n4ry-xyz/x", "https://api.telegram.org/***/x"),
        ("https://discord.com/api/webhooks/1234567890/c4n4ryxyz", "https://discord.com/api/webhooks/***"),
        ("https://h/reset/token/c4n4ry0123456/x", "https://h/reset/token/***/x"),
        ("http://h/#token=c4n4ry", "http://h/#token=***"),
        ("http://h/?token=c4n4ry&next=https://u:c4n4ry@i/", "http://h/?token=***&next=https://***@i/"),
        ("http://u:x@h/?to=https%3A%2F%2Fu%3Ac4n4ry%40i", "http://***:***@h/?to=https%3A%2F%2F***%40i"),
        ("  ftp://u:c4n4ry@h/x", "  ftp://***:***@h/x"),
        ("http://h/?a=1#access_token=c4n4ry&b=2", "http://h/?a=1#access_token=***&b=2"),
        ("u:c4n4ry@h/x", "***:***@h/x"),
        ("http://u:c4n/4ry@h/x", "http://***:***@h/x"),
        ("http://u:c4n?4ry@h/x", "http://***:***@h/x"),
        ("http://h:80/a@b?c=d@e", "http://h:80/a@b?c=d@e"),
        ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
        ("http://h/items/0123456789abcdef", "http://h/items/0123456789abcdef"),
        ("http://h/password/reset", "http://h/password/reset"),
        ("http://h/services/catalogue/of-2026/all-items", "http://h/services/catalogue/of-2026/all-items"),
        ("http://h/hooks/stripe/v2", "http://h/hooks/stripe/v2"),
    ],
)
def test_a_url_is_kept_without_tokens_in_its_path_and_fragment(url: str, shown: str) -> None:
    assert redacted_url(url) == shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    "url",
    [
        "http://u:c4n4ry/@h/ x",
        "http://u:c4n4ry?x@h/ x",
        "http://u:c4n4ry#x@h/ x",
        "u:c4n4ry@h",
        "http://h/#token=c4n4ry",
        "http://h/?token=c4n4ry",
        "ftp://u:c4n4ry@h://x",
        "https://hooks.slack.com/services/T00/B00/c4n4ry x",
        "c4n4ry@h",
    ],
)
def test_what_is_said_of_a_url_that_is_none_repeats_no_secret(url: str) -> None:
    assert "c4n4" not in shown_url(url)


@pytest.mark.parametrize(
    ("value", "is_secret"),
    [
        ("ApiKey c4n4ry0123456", True),
        ("API-Key abcdefghijklmnopq", True),
        ("SharedAccessSignature sr=x&sig=0123456", True),
        ("AWS4-HMAC-SHA256 Credential=AKIA0123", True),
        ('OAuth oauth_consumer_key="x"', True),
        ("ApiKey env:TOKEN", False),
        ("ApiKey s3cr3t", True),
        ("key features", False),
        ("gzip, deflate", False),
    ],
)
def test_headers_of_other_ways_to_log_in_are_known_by_their_value(value: str, is_secret: bool) -> None:
    assert is_secret_header("X-Upstream", value) == is_secret


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        'a="',
        'key="',
        '"',
        "key:",
        "<key>",
        '{"key":[',
        "password=;",
        "%2525",
        "%25=",
        "%2525=%3D",
        "{key: ",
        "/key/",
        "key: |\n ",
        "eyJ",
        "https://a",
        "//a:",
        "https://&",
        ":///&a",
        "1",
        " ",
    ],
)
def test_a_long_text_of_what_may_begin_a_secret_is_read_to_its_end(piece: str) -> None:
    places = secret_places(
        piece * (200_000 // len(piece))
    )  # Minutes, if any of it were read again and again.
    assert all(place.start < place.end for place in places)
