"""httpx, async: an `AsyncClient`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from httptui.snippets.layout import Call, Line, after, call
from httptui.snippets.script import Client, tls_lines
from httptui.snippets.sending import READS_ALL, request_call
from httptui.snippets.usage import Usage

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "DELETE")
MADE_ONCE = "# Made once: httpx would make one for each client, even without TLS."


def client_of(usage: Usage) -> Client:
    """The client, and one request by it."""
    return Client(
        kind="httpx.AsyncClient",
        name="client",
        opened=httpx_call("httpx.AsyncClient", usage, transport="httpx.AsyncHTTPTransport"),
        send=httpx_send("await ", usage),
        asynchronous=True,
        packages=httpx_packages(usage),
        imports=("import httpx", *cookie_imports(usage)),
        constants=httpx_tls(usage),
    )


def httpx_call(kind: str, usage: Usage, *, transport: str) -> Call:
    """The client; its retries, and with them its pool and TLS, are those of a transport given to it."""
    connections = (*pool_arguments(usage), "http2=True" if usage.http == "2" else None)
    if usage.retries:
        given = (call(f"transport={transport}", *connections, *_proxies(usage), f"retries={usage.retries}"),)
        return call(kind, *given, *policy_arguments(usage), *_proxies(usage))
    return call(kind, *connections, *policy_arguments(usage), *_proxies(usage))


def pool_arguments(usage: Usage) -> tuple[str | Call | None, ...]:
    """Pool and TLS, as far as the plan does not leave them to httpx."""
    limits = call(
        "limits=httpx.Limits", f"max_connections={usage.pool}", f"max_keepalive_connections={usage.pool}"
    )
    trust = "verify=TLS" if _needs_context(usage) else "verify=False" if usage.own_trust else None
    return (limits if usage.pool is not None else None, trust)


def policy_arguments(usage: Usage) -> tuple[str | None, ...]:
    """What the client itself is told, whichever transport it has."""
    return (
        "headers=HEADERS",
        f"timeout={usage.timeout}",
        "follow_redirects=True" if usage.redirects else None,
        f"max_redirects={usage.redirects}" if usage.redirects else None,
        None if usage.cookies else "cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[]))",
    )


def httpx_send(prefix: str, usage: Usage) -> tuple[Line, ...]:
    """One request; what is not streamed has its body read."""
    sent = request_call("client", usage, body="content", bodiless=WITHOUT_BODY)
    return (READS_ALL, after(prefix, sent))


def httpx_tls(usage: Usage) -> tuple[Line, ...]:
    """The TLS context, where clients are given one."""
    if not _needs_context(usage):
        return ()
    return (MADE_ONCE, *tls_lines(usage)) if usage.reuse != "shared" else tls_lines(usage)


def cookie_imports(usage: Usage) -> tuple[str, ...]:
    """What it takes to keep no cookies."""
    return () if usage.cookies else ("from http.cookiejar import CookieJar, DefaultCookiePolicy",)


def httpx_packages(usage: Usage) -> tuple[str, ...]:
    """httpx, with what it takes to speak HTTP/2."""
    return ("httpx[http2]",) if usage.http == "2" else ("httpx",)


def _needs_context(usage: Usage) -> bool:
    if usage.pool is None:
        return usage.own_trust and usage.verify
    return usage.tls or usage.reuse != "shared"


def _proxies(usage: Usage) -> tuple[str, ...]:
    return () if usage.trust_env else ("trust_env=False",)
