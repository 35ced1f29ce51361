"""aiohttp: a `ClientSession` over a `TCPConnector`."""

from __future__ import annotations

from httptui.codegen.client import LEAVES, Client, raised, request_call, taken, tls_lines
from httptui.codegen.texts import Call, Line, after, call
from httptui.codegen.usage import Usage

RETRY_NOTE = (
    "aiohttp sends an idempotent request once more where its connection has broken. "
    "The run keeps it from that, but there is no public switch."
)

ERRORS = (
    raised("aiohttp.ClientConnectorDNSError", "dns"),
    raised("aiohttp.ClientSSLError", "tls"),
    raised("aiohttp.ClientConnectorError", "refused dns tls connect_timeout"),
    raised("TimeoutError", "timeout connect_timeout read_timeout pool_timeout"),
    raised("aiohttp.ClientConnectionError", "disconnected refused dns tls connect_timeout"),
    raised("aiohttp.ClientPayloadError", "truncated"),
    raised("aiohttp.TooManyRedirects", "redirects"),
    raised("aiohttp.ClientResponseError", "protocol redirects"),
)


def client_of(usage: Usage) -> Client:
    """Describe the session, and one request with it."""
    url = f"yarl.URL({usage.at()}, encoded=True)" if usage.requested.escaped else ""
    sent = request_call("session", usage, *_redirects(usage), body="data", url=url)
    return Client(
        kind="aiohttp.ClientSession",
        name="session",
        opened=session_call(
            usage, "headers=HEADERS", f"timeout=aiohttp.ClientTimeout(total={usage.timeout})"
        ),
        send=(after("async with ", sent, " as response:"), f"    {_taken(usage)}"),
        status="response.status",
        asynchronous=True,
        errors=ERRORS,
        packages=("aiohttp",),
        imports=("import aiohttp", *(("import yarl",) if usage.requested.escaped else ())),
        constants=tls_constant(usage),
        notes=(RETRY_NOTE,),
    )


def session_call(usage: Usage, *arguments: str) -> Call:
    """Return the call that makes the session, with pool and cookies as in the run."""
    # By default a jar ignores cookies from IP addresses.
    jar = "CookieJar(unsafe=True)" if usage.cookies else "DummyCookieJar()"
    unwanted = usage.has_body and not usage.has_header("Content-Type")
    return call(
        "aiohttp.ClientSession",
        _connector(usage),
        f"cookie_jar=aiohttp.{jar}",
        'skip_auto_headers=["Content-Type"]' if unwanted else None,
        "trust_env=True" if usage.trust_env else None,
        *arguments,
    )


def tls_constant(usage: Usage) -> tuple[Line, ...]:
    """Return the TLS context, if the connector gets one."""
    return tls_lines(usage) if _needs_context(usage) else ()


def _needs_context(usage: Usage) -> bool:
    return usage.tls and (usage.pool is not None or (usage.verify and bool(usage.ca_file)))


def _connector(usage: Usage) -> Call | None:
    limit = f"limit={usage.pool}" if usage.pool is not None else None
    trust = "ssl=TLS" if _needs_context(usage) else "ssl=False" if usage.own_trust else None
    names = None
    if usage.dns_ttl is not None:
        names = f"ttl_dns_cache={usage.dns_ttl:g}" if usage.dns_ttl else "use_dns_cache=False"
    given = (limit, trust, names)
    return call("connector=aiohttp.TCPConnector", *given) if any(given) else None


def _taken(usage: Usage) -> str:
    return LEAVES if usage.read == "headers" else taken(usage, "response.read()", prefix="await ")


def _redirects(usage: Usage) -> tuple[str, ...]:
    if not usage.redirects:
        return ("allow_redirects=False",)
    # aiohttp fails on reaching the limit, not on exceeding it.
    return ("allow_redirects=True", f"max_redirects={usage.redirects + 1}")
