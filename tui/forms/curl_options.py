"""The options of curl: which take a value, which leave the request as it is, and which cannot be followed here."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.safe_text import safe_text

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
