"""A curl command taken apart into what a plan can hold; nothing is executed, and no file is read."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from httptui.plan.requests import CLIENTS_OWN, DEFAULT_HEADERS
from httptui.plan.texts import headers_text, number_text, real_number, truth_text
from httptui.plan.urls import NUMBER, split_target
from httptui.safe_text import safe_text
from httptui.tui.forms.curl_options import (
    LEFT_OUT,
    VARIABLE,
    WITHOUT_EFFECT,
    CurlError,
    address,
    bytes_given,
    encoded,
    has_bytes,
    held,
    known,
    named,
    options_of,
    plain,
    shown_option,
    text_given,
)
from httptui.tui.forms.shell_words import (
    NO_BREAK,
    ShellError,
    plain_paste,
    split_command,
    start_of_command,
    why_another_shell,
)
from httptui.tui.forms.state import with_values
from httptui.units import listed, plural

if TYPE_CHECKING:
    from httptui.tui.forms.state import FormState

__all__ = ["CurlError", "CurlRequest", "is_curl", "parse_curl"]

MOST_CHARACTERS = 1_500_000
MOST_REDIRECTS = 20
ENCODINGS = "gzip, deflate"
FORM = "application/x-www-form-urlencoded"
DATA = {"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json", "url-query"}
TEXTS = {"request", "user", "cacert", "max-time", "max-redirs", "retry"}
SWITCHES = {"insecure", "location", "location-trusted", "compressed", "get", "head", "globoff"}
USUAL = {
    "user-agent": ("User-Agent", ""),
    "referer": ("Referer", ""),
    "range": ("Range", "bytes="),
    "oauth2-bearer": ("Authorization", "Bearer "),
}
"""Options that stand for a header: its name, and what its value begins with."""


@dataclass(frozen=True, slots=True)
class CurlRequest:
    """What a command asks for; None is what it does not say.  `told` are the parts that were left out, and why.

    `body_base64` is a body of bytes that are not text, in base64, in the place of `body`.
    """

    url: str
    method: str
    headers: dict[str, str]
    body: str
    verify: bool = True
    ca_file: str = ""
    timeout: float | None = None
    redirects: int | None = None
    retries: int | None = None
    told: tuple[str, ...] = ()
    body_base64: str = ""


def is_curl(text: str) -> bool:
    """Whether a text is meant as a curl command, a prompt before it allowed."""
    return start_of_command(plain_paste(text)) is not None


def parse_curl(text: str) -> CurlRequest:
    """The request of a command, as browsers copy it or as one types it; CurlError says what cannot be followed.

    A shell's $NAME becomes `env:NAME` where a plan can hold that.
    """
    if len(text) > MOST_CHARACTERS:
        raise CurlError("the command is too long")
    text = plain_paste(text)
    match = start_of_command(text)
    if match is None:
        raise CurlError("this is not a curl command")
    if why := why_another_shell(text):
        raise CurlError(why)
    try:
        command = split_command(text[match.end() :])
    except ShellError as problem:
        raise CurlError(f"the command {problem}") from None
    reader = _Reader()
    for name, value in options_of(command.words):
        reader.take(name, value)
    return reader.request(command.rest)


class _Reader:
    """Gathers what options say, in their order, and makes a request of it all."""

    def __init__(self) -> None:
        self._addresses: list[str] = []
        self._query: list[str] = []
        self._headers: dict[str, str] = {}
        self._usual: dict[str, str] = {}
        self._unset: set[str] = set()
        self._without_agent = False
        self._clients_own: list[str] = []
        self._told: list[str] = []
        self._body: str | None = None
        self._texts: dict[str, str] = {}
        self._on: dict[str, bool] = {}

    def take(self, name: str, value: str) -> None:
        """Take one option; of those that say the same, the last counts."""
        switch = name.removeprefix("no-")
        if name == "url":
            self._addresses.append(value)
        elif name == "header":
            self._header(value)
        elif name == "cookie":
            self._cookie(value)
        elif name in DATA:
            self._data(name, value)
        elif name in USUAL:
            self._usual_header(name, value)
        elif name in TEXTS:
            self._texts[name] = value
        elif switch in SWITCHES:
            self._on[switch.removesuffix("-trusted")] = switch == name
        elif not {name, switch} & WITHOUT_EFFECT:
            why = LEFT_OUT.get(name)
            self._told.append(f"left out {shown_option(name)}" + (f": {why}" if why else ""))

    def request(self, rest: str) -> CurlRequest:
        """The whole; `rest` is what follows the command in a shell."""
        if len(self._addresses) != 1:
            count = len(self._addresses)
            raise CurlError(
                f"{count} addresses are given; a plan has one" if count else "no address is given"
            )
        query, body = self._query, self._body
        if self._on.get("get") and body is not None:
            query, body = [*query, known(body, "-G")], None
        headers = self._all_headers(has_body=body is not None)
        method = "HEAD" if self._on.get("head") else "GET" if body is None else "POST"
        kept = bytes_given(body, "the body") if has_bytes(body or "") else ""
        if kept:
            self._told.append(
                "the body holds bytes that are not text: they are kept, and no field shows them"
            )
        url = address(self._addresses[0], query, self._user(), globs=not self._on.get("globoff"))
        return CurlRequest(
            url=self._without_number(url),
            method=plain(self._texts.get("request", method), "-X"),
            headers=headers,
            body="" if kept else held(body or "", "the body"),
            body_base64=kept,
            verify=not self._on.get("insecure"),
            ca_file=plain(self._texts.get("cacert", ""), "--cacert"),
            timeout=_number(self._texts, "max-time") or None,
            redirects=self._redirects(),
            retries=None if (retries := _number(self._texts, "retry")) is None else int(retries),
            told=self._all_told(rest),
        )

    def _without_number(self, url: str) -> str:
        """The URL without what a plan takes for the request's number."""
        if NUMBER not in url:
            return url
        sent = quote(NUMBER)
        self._told.append(f"{NUMBER} in the address is sent as {sent}: in a plan it is the request's number")
        return url.replace(NUMBER, sent)

    def _header(self, line: str) -> None:
        text_given(line, "-H")
        if "\n" in line or "\r" in line:
            raise CurlError(f"-H {named(line, 40)} must have no line breaks")
        name, colon, value = (part.strip(f" \t{NO_BREAK}") for part in line.partition(":"))
        if not colon and name.endswith(";"):
            name, colon = name.removesuffix(";"), ":"
        elif colon and not value:
            self._unset.add(name.lower())
            return
        if not colon or not name:
            self._told.append(f"left out -H {named(line, 40)}: not a header")
        elif name.lower() in CLIENTS_OWN:
            self._clients_own.append(safe_text(known(name, "-H"), 40))
        else:
            self._add(plain(name, "-H"), held(value, safe_text(name, 60)))

    def _usual_header(self, name: str, value: str) -> None:
        """An option that stands for a header; an empty -A or -e stands for none."""
        header, before = USUAL[name]
        if name == "referer":
            value = value.removesuffix(";auto")
        if name == "user-agent":
            self._without_agent = not value
        if value or before:
            self._usual[header] = held(before + value, shown_option(name))
        else:
            self._usual.pop(header, None)

    def _cookie(self, value: str) -> None:
        """Cookies to send; an empty value only has curl keep those that it is sent, and one request is sent none."""
        if not value:
            return
        if "=" not in value and not VARIABLE.search(value):
            raise CurlError("-b without name=value reads a file, and no file is read; write the cookies")
        self._add("Cookie", held(value, "-b"))

    def _add(self, name: str, value: str) -> None:
        """A header that is given again is joined to itself, as a list of its values."""
        own = next((known for known in self._headers if known.lower() == name.lower()), name)
        between = "; " if name.lower() == "cookie" else ", "
        self._headers[own] = f"{self._headers[own]}{between}{value}" if own in self._headers else value

    def _data(self, name: str, value: str) -> None:
        typed = shown_option(name)
        if name == "url-query":
            self._query.append(known(value[1:], typed) if value[:1] == "+" else encoded(value, typed))
            return
        if name == "data-urlencode":
            value = encoded(value, typed)
        elif name != "data-raw":
            value = text_given(value, typed)
        if name == "json":
            self._usual |= {"Content-Type": "application/json", "Accept": "application/json"}
        between = "" if self._body is None or name == "json" else "&"
        self._body = (self._body or "") + between + value

    def _all_headers(self, *, has_body: bool) -> dict[str, str]:
        """Those that were given, then those that an option or curl itself adds."""
        usual = dict(self._usual)
        if self._on.get("compressed"):
            usual["Accept-Encoding"] = ENCODINGS
        if has_body:
            usual.setdefault("Content-Type", FORM)
        given = {name.lower() for name in self._headers} | self._unset
        return self._headers | {name: value for name, value in usual.items() if name.lower() not in given}

    def _user(self) -> str | None:
        user = self._texts.get("user")
        if user is not None and "authorization" in {name.lower() for name in self._headers}:
            self._told.append("left out -u: an Authorization header is given")
            return None
        return user

    def _redirects(self) -> int | None:
        if not self._on.get("location"):
            return None
        most = _number(self._texts, "max-redirs")
        return MOST_REDIRECTS if most is None or most < 0 else min(int(most), MOST_REDIRECTS)

    def _all_told(self, rest: str) -> tuple[str, ...]:
        told = list(self._told)
        if self._clients_own:
            told.insert(0, f"left out {', '.join(self._clients_own)}: clients set these themselves")
        if unset := sorted(self._unset & {name.lower() for name, _ in DEFAULT_HEADERS}):
            told.append(f"left out -H '{unset[0]}:': httptui's own {unset[0]} is sent")
        if self._without_agent and "user-agent" not in {name.lower() for name in self._headers}:
            told.append("left out -A '': httptui's own user-agent is sent")
        if rest:
            told.append(f"left out what follows the command: {named(rest, 60)}")
        return tuple(told)


def _number(texts: dict[str, str], name: str) -> float | None:
    if name not in texts:
        return None
    try:
        return real_number(known(texts[name], shown_option(name)))
    except CurlError:
        raise
    except ValueError as problem:
        raise CurlError(f"{shown_option(name)}: {problem}") from None


def with_request(state: FormState, request: CurlRequest) -> FormState:
    """The state with the command's target in place of its own; what clients may do changes only where it says so."""
    asked = (("timeout", request.timeout), ("redirects", request.redirects), ("retries", request.retries))
    policy = {f"policy.{name}": number_text(value) for name, value in asked if value is not None}
    target = {
        "source": "url",
        "url": request.url,
        "method": request.method,
        "headers": headers_text(request.headers),
        "body": request.body,
        "body_base64": request.body_base64,
        "verify": truth_text(request.verify),
        "ca_file": request.ca_file,
    }
    return with_values(state, {f"target.{name}": text for name, text in target.items()} | policy)


def taken(request: CurlRequest) -> str:
    """What was taken over, in a line, and one line for each part that was left out; no value is repeated."""
    parts = [safe_text(request.method, 20)]
    if request.headers:
        parts.append(plural(len(request.headers), "header"))
    if request.body or request.body_base64:
        size = len(base64.b64decode(request.body_base64) or request.body.encode())
        parts.append(f"a body of {plural(size, 'byte')}")
    if not request.verify:
        parts.append("unverified TLS")
    if _has_user(request.url):
        parts.append("a user")
    if request.redirects:
        parts.append("redirects")
    if request.timeout is not None:
        parts.append(f"a timeout of {number_text(request.timeout)} s")
    if request.retries:
        parts.append("retries")
    return "\n".join([f"Took over {listed(parts)}.", *(f"▲ {line}" for line in request.told)])


def _has_user(url: str) -> bool:
    try:
        return split_target(url).userinfo is not None
    except ValueError:
        return False
