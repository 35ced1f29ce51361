"""The options of curl, and their values as a plan holds them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import quote

from httptui.plan.secrets import is_reference, masked_pairs, split_userinfo
from httptui.safe_text import safe_text
from httptui.tui.forms.shell_words import VARIABLE_END, VARIABLE_START

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
"""What only says where an answer goes and what is printed, or what every client does anyway."""

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
"""Why an option is left out, where it is not only that a plan has no place for it."""


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
    """How many values a range has; CurlError where curl refuses it."""
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
"""How bytes that are not UTF-8 stand in the words of a command."""
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
    """What is sent; CurlError where a file would be."""
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
    """Whether a word holds bytes that are no text in UTF-8."""
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
