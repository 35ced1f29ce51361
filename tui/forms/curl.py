"""A curl command taken apart into what a plan can hold; nothing is executed, and no file is read."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from httptui.plan.requests import CLIENTS_OWN, DEFAULT_HEADERS
from httptui.plan.secrets import is_reference, masked_pairs, split_userinfo
from httptui.plan.texts import headers_text, number_text, real_number, truth_text
from httptui.plan.urls import NUMBER, split_target
from httptui.safe_text import safe_text
from httptui.tui.forms.shell_words import (
    NO_BREAK,
    VARIABLE_END,
    VARIABLE_START,
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


_SHORT = """
a=append E=cert K=config C=continue-at b=cookie c=cookie-jar d=data q=disable D=dump-header f=fail F=form
P=ftp-port G=get g=globoff I=head H=header h=help 0=http1.0 i=include k=insecure 4=ipv4 6=ipv6
j=junk-session-cookies l=list-only L=location M=manual m=max-time n=netrc :=next N=no-buffer o=output Z=parallel
#=progress-bar x=proxy U=proxy-user p=proxytunnel Q=quote r=range e=referer J=remote-header-name O=remote-name
R=remote-time X=request S=show-error s=silent Y=speed-limit y=speed-time 2=sslv2 3=sslv3 t=telnet-option
z=time-cond 1=tlsv1 T=upload-file B=use-ascii u=user A=user-agent v=verbose V=version w=write-out
"""
_VALUED = """
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw
data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file
engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method
ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header help hostpubmd5 hostpubsha256 hsts
interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port
login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer
output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert
proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type
proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword
proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve
retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service
socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers
tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query user
user-agent variable vlan-priority write-out
"""
_BARE = """
anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable
disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body
false-start form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get
globoff haproxy-protocol head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted
mail-rcpt-allowfails manual metalink negotiate netrc netrc-optional next no-alpn no-buffer no-clobber
no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb parallel parallel-immediate path-as-is post301
post302 post303 progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure
proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw
remote-header-name remote-name remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused
sasl-ir show-error show-headers silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl
ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3
tr-encoding trace-ids trace-time use-ascii verbose version xattr
"""
_WITHOUT_EFFECT = """
alpn basic buffer clobber cookie-jar create-dirs create-file-mode disable dump-header fail fail-early
fail-with-body hsts http1.1 include junk-session-cookies keepalive libcurl no-buffer no-clobber
no-progress-meter npn output output-dir parallel path-as-is progress-bar progress-meter remote-header-name
remote-name remote-name-all remote-time remove-on-error sessionid show-error show-headers silent skip-existing
stderr styled-output suppress-connect-headers tcp-nodelay trace trace-ascii trace-config trace-ids trace-time
verbose write-out xattr
"""

SHORT = dict(pair.split("=") for pair in _SHORT.split())
"""Letter → long name; https://curl.se/docs/manpage.html, as of version 8."""

VALUED = frozenset(_VALUED.split())
BARE = frozenset(_BARE.split())
WITHOUT_EFFECT = frozenset(_WITHOUT_EFFECT.split())
"""Options that only say where an answer goes and what is printed, or that every client follows anyway."""

REFUSED = {
    **dict.fromkeys(("form", "form-string"), "sends a multipart form, which a plan cannot hold"),
    "upload-file": "sends a file, and no file is read; put its text into the body",
    "config": "reads options from a file, and no file is read",
    "variable": "needs curl itself; write the value out",
    "next": "begins a second request; a plan has one target",
    "request-target": "asks for another path than the address has; write that path into the address",
    **dict.fromkeys(
        ("resolve", "connect-to"), "sends the request to another address, which a plan cannot do"
    ),
    **dict.fromkeys(("unix-socket", "abstract-unix-socket"), "is not a TCP connection, which a plan needs"),
    **dict.fromkeys(
        ("digest", "ntlm", "ntlm-wb", "negotiate", "anyauth", "aws-sigv4"),
        "is a way to log in that a plan cannot hold; -u alone, or a bearer token, can be held",
    ),
    **dict.fromkeys(("help", "manual", "version"), "asks curl for help and requests nothing"),
}
"""Without these the request would not be the one that was meant."""

LEFT_OUT = {
    **dict.fromkeys(("http2", "http2-prior-knowledge"), "HTTP/2 is ticked for each contender below"),
    **dict.fromkeys(("http3", "http3-only", "http1.0", "http0.9"), "contenders speak HTTP/1.1 and HTTP/2"),
    **dict.fromkeys(
        ("proxy", "preproxy", "socks4", "socks4a", "socks5", "socks5-hostname"),
        "clients go to the target directly",
    ),
    **dict.fromkeys(("cert", "key"), "clients have no certificate of their own"),
}
"""Reasons for leaving out an option, other than that a plan has no place for it."""


class CurlError(ValueError):
    """A command that cannot become a target, and why."""


def options_of(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each option by its long name, with its value; an address without one is a `url`.

    CurlError names what is no option of curl, and what cannot be followed.
    """
    rest = iter(words)
    only_addresses = False
    for word in rest:
        if only_addresses or not word.startswith("-") or word == "-":
            yield "url", word
        elif word == "--":
            only_addresses = True
        elif word.startswith("--"):
            name = _checked(word[2:], word)
            yield name, _value(word, rest) if name in VALUED else ""
        else:
            yield from _letters(word, rest)


def shown_option(name: str) -> str:
    """An option as one types it."""
    letter = next((letter for letter, long in SHORT.items() if long == name), None)
    return f"-{letter}" if letter else f"--{name}"


def _letters(word: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """The options of a word such as `-sSLd'body'`."""
    for at, letter in enumerate(word[1:], 2):
        name = _checked(SHORT.get(letter, ""), f"-{letter}")
        if name in VALUED:
            yield name, word[at:] or _value(f"-{letter}", rest)
            return
        yield name, ""


def _checked(name: str, typed: str) -> str:
    if why := REFUSED.get(name):
        raise CurlError(f"{typed} {why}")
    if name not in VALUED and name not in BARE and name.removeprefix("no-") not in BARE:
        raise CurlError(f"{safe_text(typed, 60)} is no option of curl that is known here")
    return name


def _value(typed: str, rest: Iterator[str]) -> str:
    value = next(rest, None)
    if value is None:
        raise CurlError(f"{typed} has no value")
    return value


_PIECE = re.compile(
    r"""
      (?P<literal>\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[^\]\s]{1,40})?\])  # an IPv6 address
    | \\(?P<escaped>[\[\]{}])
    | \{(?P<words>[^{}\[\]]*)\}
    | \[(?P<first>[0-9]{1,18}|[A-Za-z])-(?P<last>[0-9]{1,18}|[A-Za-z])(?::(?P<step>[0-9]{1,9}))?\]
    | (?P<bad>[\[\]{}])
    | (?P<plain>[^\[\]{}\\]+|\\)
    """,
    re.VERBOSE,
)
LITERALLY = "add -g to the command where it is meant as it stands"


def without_globs(address: str) -> str:
    """The one address that curl makes of a pattern; CurlError where it makes several, or refuses the pattern."""
    made: list[str] = []
    count = 1
    for match in _PIECE.finditer(address):
        kind = match.lastgroup
        if kind == "words":
            words = match["words"].split(",")
            if words == [""]:
                raise CurlError(f"the address holds {{}}, which curl refuses; {LITERALLY}")
            count *= len(words)
            made.append(words[0])
        elif match["first"] is not None:
            count *= _length(match)
            made.append(match["first"])
        elif kind == "bad":
            near = safe_text(address[match.start() : match.start() + 20], 20)
            raise CurlError(
                f"the address holds {near}, which curl takes for a pattern and refuses; {LITERALLY}"
            )
        else:
            made.append(match["escaped"] or match[0])
    if count > 1:
        raise CurlError(
            f"the address is a pattern, of which curl makes {count} addresses, and a plan from a command has one; "
            f"give them as a list of URLs, or {LITERALLY}"
        )
    return "".join(made)


def _length(match: re.Match[str]) -> int:
    """Count the values of a range; CurlError where curl refuses it."""
    first, last, step = match["first"], match["last"], int(match["step"] or 1)
    alike = first.isdigit() == last.isdigit() and first.islower() == last.islower()
    low, high = (
        (int(first), int(last)) if first.isdigit() and last.isdigit() else (ord(first[0]), ord(last[0]))
    )
    if not alike or low > high or step < 1:
        raise CurlError(
            f"the address holds {safe_text(match[0], 60)}, which curl takes for a range and refuses; {LITERALLY}"
        )
    return (high - low) // step + 1


BYTES = "surrogateescape"
"""The encoding of bytes that are not UTF-8 in the words of a command."""
VARIABLE = re.compile(f"{VARIABLE_START}([A-Za-z0-9_]*){VARIABLE_END}")
_HELD = re.compile(f"((?:[A-Za-z][A-Za-z0-9._-]* )?){VARIABLE.pattern}")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_UNSENDABLE = re.compile(r"[^\x21-\x7e]+")
_AUTHORITY = re.compile(r"[^/?#]*")
_BYTES = re.compile("[\udc80-\udcff]")


def named(text: str, limit: int) -> str:
    """A piece of the command as one reads it, its variables as they were typed and its secrets masked."""
    return safe_text(masked_pairs(VARIABLE.sub(r"$\1", text)), limit)


def known(value: str, where: str) -> str:
    """A value without variables; CurlError names one that it holds."""
    if match := VARIABLE.search(value):
        raise CurlError(f"{where} holds the shell's ${match[1]}, which is not known here; write its value")
    return value


def held(value: str, where: str) -> str:
    """A value that may be one variable, alone or after a word as in `Bearer $TOKEN`: a reference then.

    CurlError where the text itself would be taken for one in a plan, and so for a value that nobody typed.
    """
    if match := _HELD.fullmatch(value):
        return f"{match[1]}env:{match[2]}"
    if is_reference(text := plain(value, where)):
        variable = text.rpartition("env:")[2]
        raise CurlError(
            f"{where} is {named(text, 60)}, which curl sends as text and a plan takes for a variable of the "
            f"environment; write ${safe_text(variable, 60)} if the variable is meant"
        )
    return text


def plain(value: str, where: str) -> str:
    """A value that is text and has no variables; CurlError where it is not."""
    if has_bytes(known(value, where)):
        raise CurlError(f"{where} holds bytes that are not text in UTF-8, which a plan cannot hold there")
    return value


def text_given(value: str, typed: str) -> str:
    """Return the text that is sent; CurlError where a file would be."""
    if value.startswith("@"):
        raise CurlError(f"{typed} {named(value, 40)} sends a file, and no file is read; put its text there")
    return value


def encoded(value: str, typed: str) -> str:
    """A value of --data-urlencode: `text`, `=text` or `name=text`."""
    name, equals, text = known(value, typed).partition("=")
    if not equals:
        name, text = "", name
        if "@" in text:
            raise CurlError(f"{typed} {named(text, 40)} may name a file, and no file is read; write =text")
    return f"{name}=" * bool(name) + quote(text, safe="", errors=BYTES)


def has_bytes(text: str) -> bool:
    """Check for bytes that are not UTF-8."""
    return _BYTES.search(text) is not None


def bytes_given(value: str | None, where: str) -> str:
    """A value that holds bytes which are not text, in base64."""
    return base64.b64encode(known(value or "", where).encode(errors=BYTES)).decode("ascii")


def address(typed: str, query: list[str], user: str | None, *, globs: bool = True) -> str:
    """The URL as it is requested: with a scheme, a longer query, a user and a password, and without a fragment.

    `globs` says that patterns are to be taken for what curl makes of them.
    """
    url = known(typed, "the address").partition("#")[0].strip()
    if globs:
        url = without_globs(url)
    scheme = _SCHEME.match(url)
    if scheme is None:
        url = f"http://{url}"
    elif scheme[1].lower() not in ("http", "https"):
        raise CurlError(f"{safe_text(scheme[1], 20)}:// is not requested here; http:// and https:// are")
    for part in query:
        url += ("" if url[-1] in "?&" else "&" if "?" in url else "?") + part
    start, _, rest = url.partition("://")
    authority = _AUTHORITY.match(rest)
    assert authority is not None
    typed_user, at, host = authority[0].rpartition("@")
    userinfo = f"{_percent(_as_text(typed_user))}{at}" if user is None else f"{_userinfo(user)}@"
    return f"{start}://{userinfo}{host}{_percent(rest[authority.end() :])}"


def _percent(text: str) -> str:
    """The text with all that a URL cannot hold percent-encoded."""
    return _UNSENDABLE.sub(lambda match: quote(match[0], errors=BYTES), text)


def _as_text(userinfo: str) -> str:
    """A user and password that stand in the address, spelled so that no part is taken for a reference in a plan."""
    parts = split_userinfo(userinfo)
    return ":".join(part.replace("env:", "%65nv:", 1) if is_reference(part) else part for part in parts)


def _userinfo(user: str) -> str:
    """User and password as a URL holds them, each a reference or percent-encoded."""
    name, colon, password = user.partition(":")
    if colon:  # A plan takes env:NAME for a variable there only as the password, or alone for both.
        known(name, "the user of -u")
    parts = [_user_part(part) for part in ((name, password) if colon else (name,))]
    return ":".join("%65nv" if part == "env" else part for part in parts)


def _user_part(part: str) -> str:
    reference = VARIABLE.fullmatch(part)
    return f"env:{reference[1]}" if reference else quote(known(part, "-u"), safe="", errors=BYTES)


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
    """The request of a command; None where it says nothing. `told` has the parts that were left out, and why.

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
    """Check that a text is meant as a curl command, a prompt before it allowed."""
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
    value = known(texts[name], shown_option(name))
    try:
        return real_number(value)
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
    """Sum up what was taken over, with a line for each part that was left out; no value is repeated."""
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
