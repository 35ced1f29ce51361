"""aiosonic: an `HTTPClient` over a `TCPConnector`."""

from __future__ import annotations

from httptui.codegen.client import Client, raised, taken, tls_lines
from httptui.codegen.texts import Call, Line, call
from httptui.codegen.usage import Usage

ERRORS = (
    raised("ConnectionRefusedError", "refused"),
    raised("socket.gaierror", "dns"),
    raised("ssl.SSLError", "tls"),
    raised("aiosonic.exceptions.ConnectTimeout", "connect_timeout"),
    raised("aiosonic.exceptions.BaseTimeout", "timeout connect_timeout read_timeout pool_timeout"),
    raised("aiosonic.exceptions.ConnectionDisconnected", "disconnected"),
    raised("asyncio.IncompleteReadError", "truncated"),
    raised("aiosonic.exceptions.HttpParsingError", "protocol"),
)


def client_of(usage: Usage) -> Client:
    """Describe the client, and one request with it; trust is given with each request."""
    return Client(
        kind="aiosonic.HTTPClient",
        name="client",
        opened=_client(usage),
        send=_send(usage),
        status="response.status_code",
        asynchronous=True,
        errors=ERRORS,
        packages=("aiosonic",),
        imports=(
            "import aiosonic",
            "from aiosonic.connectors import TCPConnector",
            *(("from aiosonic.pools import PoolConfig",) if usage.pool is not None else ()),
            "from aiosonic.timeout import Timeouts",
        ),
        constants=(*_sizes(usage), *(tls_lines(usage) if _has_context(usage) else ())),
    )


def _client(usage: Usage) -> Call:
    pool = 'pool_configs={":default": POOL}' if usage.pool is not None else None
    return call(
        "aiosonic.HTTPClient",
        call("TCPConnector", pool, "timeouts=TIMEOUTS"),
        "handle_cookies=True" if usage.cookies else None,
        *(("follow=True", f"max_redirects={usage.redirects}") if usage.redirects else ()),
    )


def _send(usage: Usage) -> tuple[Line, ...]:
    trust = f"ssl={_context(usage)}" if _has_context(usage) else "verify=False" if usage.own_trust else None
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


def _has_context(usage: Usage) -> bool:
    return usage.tls and (usage.pool is not None or (usage.verify and bool(usage.ca_file)))
