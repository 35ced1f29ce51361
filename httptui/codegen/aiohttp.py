"""aiohttp and aiosonic: a session or client over a `TCPConnector`."""

from __future__ import annotations

from httptui.codegen.client import LEAVES, Client, raised, request_call, taken, tls_lines
from httptui.codegen.texts import Call, Line, after, call
from httptui.codegen.usage import Usage

RETRY_NOTE = (
    "aiohttp sends an idempotent request once more where its connection has broken. "
    "The run keeps it from that, but there is no public switch."
)

AIOHTTP_ERRORS = (
    raised("aiohttp.ClientConnectorDNSError", "dns"),
    raised("aiohttp.ClientSSLError", "tls"),
    raised("aiohttp.ClientConnectorError", "refused dns tls connect_timeout"),
    raised("TimeoutError", "timeout connect_timeout read_timeout pool_timeout"),
    raised("aiohttp.ClientConnectionError", "disconnected refused dns tls connect_timeout"),
    raised("aiohttp.ClientPayloadError", "truncated"),
    raised("aiohttp.TooManyRedirects", "redirects"),
    raised("aiohttp.ClientResponseError", "protocol redirects"),
)


def aiohttp_client(usage: Usage) -> Client:
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
        errors=AIOHTTP_ERRORS,
        packages=("aiohttp",),
        imports=("import aiohttp", "import yarl"),
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


AIOSONIC_ERRORS = (
    raised("ConnectionRefusedError", "refused"),
    raised("socket.gaierror", "dns"),
    raised("ssl.SSLError", "tls"),
    raised("aiosonic.exceptions.ConnectTimeout", "connect_timeout"),
    raised("aiosonic.exceptions.BaseTimeout", "timeout connect_timeout read_timeout pool_timeout"),
    raised("aiosonic.exceptions.ConnectionDisconnected", "disconnected"),
    raised("asyncio.IncompleteReadError", "truncated"),
    raised("aiosonic.exceptions.HttpParsingError", "protocol"),
)


def aiosonic_client(usage: Usage) -> Client:
    """Describe the client, and one request with it; trust is given with each request."""
    return Client(
        kind="aiosonic.HTTPClient",
        name="client",
        opened=_aiosonic(usage),
        send=_aiosonic_send(usage),
        status="response.status_code",
        asynchronous=True,
        errors=AIOSONIC_ERRORS,
        packages=("aiosonic",),
        imports=(
            "import aiosonic",
            "from aiosonic.connectors import TCPConnector",
            "from aiosonic.pools import PoolConfig",
            "from aiosonic.timeout import Timeouts",
        ),
        constants=(*_sizes(usage), *(tls_lines(usage) if _needs_context(usage) else ())),
    )


def _aiosonic(usage: Usage) -> Call:
    pool = 'pool_configs={":default": POOL}' if usage.pool is not None else None
    return call(
        "aiosonic.HTTPClient",
        call("TCPConnector", pool, "timeouts=TIMEOUTS"),
        "handle_cookies=True" if usage.cookies else None,
        *(("follow=True", f"max_redirects={usage.redirects}") if usage.redirects else ()),
    )


def _aiosonic_send(usage: Usage) -> tuple[Line, ...]:
    trust = f"ssl={_context(usage)}" if _needs_context(usage) else "verify=False" if usage.own_trust else None
    simple = usage.method == "GET" and not usage.has_body
    sent = call(
        "response = await client.get" if simple else "response = await client.request",
        usage.at(),
        None if simple else f'"{usage.method}"',
        "headers=HEADERS",
        "data=BODY" if usage.has_body else None,
        trust,
    )
    leave = usage.read == "headers"
    return (sent, "await response.aclose()" if leave else taken(usage, "response.content()", prefix="await "))


def _sizes(usage: Usage) -> tuple[Line, ...]:
    names = ("sock_connect", "sock_read", "pool_acquire", "request_timeout")
    timeouts = call("TIMEOUTS = Timeouts", *(f"{name}={usage.timeout}" for name in names))
    # A pool has a default size, and by default closes its connections after so many requests.
    pool = call("POOL = PoolConfig", f"size={usage.pool}", "max_conn_requests=None")
    return (timeouts, pool) if usage.pool is not None else (timeouts,)


def _context(usage: Usage) -> str:
    """Return the context; aiosonic uses TLS if it gets one, whatever the URL says."""
    if all(url.scheme == "https" for url in usage.requested.split):
        return "TLS"
    return f'TLS if {usage.at()}.startswith("https:") else None'
