"""httpx and its successor httpx2, async: an `AsyncClient`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from httptui.codegen.client import (
    LEAVES,
    READS_ALL,
    Client,
    Raised,
    is_looked_at,
    raised,
    request_call,
    taken,
    tls_lines,
)
from httptui.codegen.texts import Call, Line, after, call
from httptui.codegen.usage import Usage

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "DELETE")
MADE_ONCE = "# Made once: each client would make one of its own{}."


def client_of(usage: Usage, library: str = "httpx") -> Client:
    """Describe the client, and one request with it; `library` is httpx or httpx2."""
    return Client(
        header_values="bytes",
        kind=f"{library}.AsyncClient",
        name="client",
        opened=httpx_call(library, "AsyncClient", usage),
        send=httpx_send("await ", usage),
        status="response.status_code",
        asynchronous=True,
        errors=httpx_errors(library),
        packages=httpx_packages(library, usage),
        imports=(f"import {library}", *cookie_imports(usage)),
        constants=httpx_tls(usage),
    )


def httpx_call(library: str, kind: str, usage: Usage) -> Call:
    """Return the call that makes the client."""
    connections = (*pool_arguments(library, usage), "http2=True" if usage.http == "2" else None)
    return call(f"{library}.{kind}", *connections, *policy_arguments(usage), *_proxies(usage))


def pool_arguments(library: str, usage: Usage) -> tuple[str | Call | None, ...]:
    """Return the arguments of pool and TLS, unless the plan leaves them to the library."""
    sizes = (f"{name}={usage.pool}" for name in ("max_connections", "max_keepalive_connections"))
    limits = call(f"limits={library}.Limits", *sizes)
    trust = "verify=TLS" if _needs_context(usage) else "verify=False" if usage.own_trust else None
    return (limits if usage.pool is not None else None, trust)


def policy_arguments(usage: Usage) -> tuple[str | None, ...]:
    """Return the arguments of the client that do not depend on its transport."""
    return (
        "headers=HEADERS",
        f"timeout={usage.timeout}",
        "follow_redirects=True" if usage.redirects else None,
        f"max_redirects={usage.redirects}" if usage.redirects else None,
        None if usage.cookies else "cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[]))",
    )


def httpx_send(prefix: str, usage: Usage) -> tuple[Line, ...]:
    """Return the lines of one request; a request that is not streamed has its body read."""
    if usage.read == "headers":
        content = "content=BODY" if usage.has_body else None
        streamed = call("client.stream", f'"{usage.method}"', usage.at(), content)
        within = "async with " if prefix else "with "
        return (after(within, streamed, " as response:"), f"    {LEAVES}")
    sent = request_call("client", usage, body="content", bodiless=WITHOUT_BODY)
    if not is_looked_at(usage):
        return (READS_ALL, after(prefix, sent))
    answered = after(f"response = {prefix}", sent)
    if usage.read == "bytes":
        return (READS_ALL, answered)
    return (answered, taken(usage, "", text="response.text"))


def httpx_errors(library: str) -> tuple[Raised, ...]:
    """Return the errors of the library."""
    return (
        raised(f"{library}.ConnectError", "refused dns tls"),
        raised(f"{library}.ConnectTimeout", "connect_timeout"),
        raised(f"{library}.ReadTimeout", "read_timeout"),
        raised(f"{library}.PoolTimeout", "pool_timeout"),
        raised(f"{library}.TimeoutException", "timeout connect_timeout read_timeout pool_timeout"),
        raised(f"{library}.ReadError {library}.RemoteProtocolError", "disconnected truncated protocol"),
        raised(f"{library}.TooManyRedirects", "redirects"),
    )


def httpx_tls(usage: Usage) -> tuple[Line, ...]:
    """Return the TLS context, if clients get one."""
    if not _needs_context(usage):
        return ()
    if usage.reuse == "shared":
        return tls_lines(usage)
    return (MADE_ONCE.format("" if usage.tls else ", even without TLS"), *tls_lines(usage))


def cookie_imports(usage: Usage) -> tuple[str, ...]:
    """Return the imports for keeping no cookies."""
    return () if usage.cookies else ("from http.cookiejar import CookieJar, DefaultCookiePolicy",)


def httpx_packages(library: str, usage: Usage) -> tuple[str, ...]:
    """Return the library, with its HTTP/2 extra if needed."""
    return (f"{library}[http2]",) if usage.http == "2" else (library,)


def _needs_context(usage: Usage) -> bool:
    if usage.pool is None:
        return usage.own_trust and usage.verify
    return usage.tls or usage.reuse != "shared"


def _proxies(usage: Usage) -> tuple[str, ...]:
    return () if usage.trust_env else ("trust_env=False",)
