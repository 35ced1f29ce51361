"""requests, urllib3 and http.client, each built on the next; http.client has one connection per thread."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.codegen.client import (
    LEAVES,
    Client,
    raised,
    request_call,
    sent_and_read,
    tls_lines,
)
from httptui.codegen.texts import Call, Line, after, block, call
from httptui.codegen.usage import Usage

CONTEXT_ADAPTER = (
    "class ContextAdapter(HTTPAdapter):",
    '    """One TLS context for all: no connection loads the CA bundle again."""',
    "",
    "    def init_poolmanager(self, *args, **options):",
    "        super().init_poolmanager(*args, ssl_context=TLS, **options)",
    "",
    "    def cert_verify(self, conn, url, verify, cert):",
    '        """Leave it to the context."""',
    "",
    "",
)

REQUESTS_ERRORS = (
    raised("requests.exceptions.SSLError", "tls"),
    raised("requests.ConnectTimeout", "connect_timeout"),
    raised("requests.ReadTimeout", "read_timeout"),
    raised("requests.Timeout", "timeout connect_timeout read_timeout"),
    raised("requests.ConnectionError", "refused dns tls connect_timeout disconnected protocol"),
    raised("requests.exceptions.ChunkedEncodingError", "truncated"),
    raised("requests.TooManyRedirects", "redirects"),
)


def requests_client(usage: Usage) -> Client:
    """Describe the session, and one request with it."""
    in_context = _has_context(usage)
    adapter = _adapter(usage)
    return Client(
        header_values="bytes",
        kind="requests.Session",
        name="session",
        opened=call("new_session"),
        send=_requests_send(usage),
        status="response.status_code",
        asynchronous=False,
        errors=REQUESTS_ERRORS,
        packages=("requests",),
        imports=(
            "import requests",
            "from http.cookiejar import DefaultCookiePolicy",
            "from requests.adapters import HTTPAdapter",
        ),
        constants=tls_lines(usage) if in_context else (),
        functions=(*(CONTEXT_ADAPTER if in_context else ()), *_new_session(usage, adapter)),
    )


def _requests_send(usage: Usage) -> tuple[Line, ...]:
    follow = "allow_redirects=True" if usage.redirects else "allow_redirects=False"
    streamed = ("stream=True",) if usage.read == "headers" else ()
    sent = request_call("session", usage, follow, f"timeout={usage.timeout}", *streamed, body="data")
    if streamed:
        return (after("with ", sent, " as response:"), f"    {LEAVES}")
    return sent_and_read(usage, sent)


def _new_session(usage: Usage, adapter: Call | None) -> Iterator[str]:
    lines: list[Line] = ["session = requests.Session()", "session.headers.update(HEADERS)"]
    if not usage.trust_env:
        lines.append("session.trust_env = False")
    if not usage.cookies:
        lines.append("session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))")
    if usage.redirects:
        lines.append(f"session.max_redirects = {usage.redirects}")
    if usage.tls and not usage.verify:
        lines.append("session.verify = False")
    elif usage.own_trust and not _has_context(usage):
        lines.append(f"session.verify = {usage.ca_file}")
    if adapter is not None:
        lines += [after("adapter = ", adapter)]
        lines += [f'session.mount("{scheme}://", adapter)' for scheme in ("http", "https")]
    yield "def new_session() -> requests.Session:"
    yield from block(1, [*lines, "return session"])


def _has_context(usage: Usage) -> bool:
    return usage.tls and usage.pool is not None


def _adapter(usage: Usage) -> Call | None:
    if usage.pool is None:
        return None
    return call(
        "ContextAdapter" if _has_context(usage) else "HTTPAdapter",
        f"pool_connections={usage.pool}",
        f"pool_maxsize={usage.pool}",
        "pool_block=True",
    )


URLLIB3_ERRORS = (
    raised("urllib3.exceptions.NameResolutionError", "dns"),
    raised("urllib3.exceptions.NewConnectionError", "refused dns"),
    raised("urllib3.exceptions.SSLError", "tls"),
    raised("urllib3.exceptions.ConnectTimeoutError", "connect_timeout refused dns"),
    raised("urllib3.exceptions.ReadTimeoutError", "read_timeout"),
    raised("urllib3.exceptions.EmptyPoolError", "pool_timeout"),
    raised("urllib3.exceptions.TimeoutError", "timeout read_timeout connect_timeout refused dns"),
    raised("urllib3.exceptions.ProtocolError", "disconnected truncated protocol"),
    raised("urllib3.exceptions.MaxRetryError", "redirects"),
)


def urllib3_client(usage: Usage) -> Client:
    """Describe the pool, and one request with it."""
    sent = call(
        "http.request",
        f'"{usage.method}"',
        usage.at(),
        "body=BODY" if usage.has_body else None,
        f"pool_timeout={usage.timeout}" if usage.pool is not None else None,
        "preload_content=False" if usage.read == "headers" else None,
    )
    return Client(
        header_values="latin-1",
        kind="urllib3.PoolManager",
        name="http",
        opened=_pool(usage),
        send=_urllib3_send(usage, sent),
        status="response.status",
        asynchronous=False,
        errors=URLLIB3_ERRORS,
        packages=("urllib3",),
        imports=("import urllib3",),
        constants=(*_retry(usage), *(tls_lines(usage) if _has_context(usage) else ())),
    )


def _urllib3_send(usage: Usage, sent: Call) -> tuple[Line, ...]:
    if usage.read == "headers":
        return (after("response = ", sent), "response.close()", "response.release_conn()")
    return sent_and_read(usage, sent)


def _pool(usage: Usage) -> Call:
    trust = None
    if _has_context(usage):
        trust = "ssl_context=TLS"
    elif usage.own_trust:
        trust = f"ca_certs={usage.ca_file}" if usage.verify else 'cert_reqs="CERT_NONE"'
    size = (f"maxsize={usage.pool}", "block=True") if usage.pool is not None else ()
    retries = "RETRIES" if usage.redirects else "False"
    return call(
        "urllib3.PoolManager",
        *size,
        trust,
        "headers=HEADERS",
        f"timeout={usage.timeout}",
        f"retries={retries}",
    )


def _retry(usage: Usage) -> tuple[Line, ...]:
    """Return the limits for redirects; without redirects, `retries=False` is enough."""
    if not usage.redirects:
        return ()
    # With False an error is raised as it is, with 0 as the cause of an error about retries.
    none = False if usage.tries.most > 1 else 0
    causes = (f"{cause}={none}" for cause in ("connect", "read", "other"))
    return (
        call("RETRIES = urllib3.Retry", "total=None", *causes, "status=0", f"redirect={usage.redirects}"),
    )


NO_POOL_NOTE = "http.client has no pool: each thread keeps a connection of its own."


HTTP_CLIENT_ERRORS = (
    raised("ConnectionRefusedError", "refused"),
    raised("socket.gaierror", "dns"),
    raised("ssl.SSLError", "tls"),
    raised("TimeoutError", "timeout connect_timeout read_timeout"),
    raised("ConnectionError", "disconnected refused"),
    raised("http.client.IncompleteRead", "truncated"),
    raised("http.client.HTTPException", "protocol truncated disconnected"),
)


def http_client(usage: Usage) -> Client:
    """Describe the connection, closed at the end of its block, and one request with it."""
    kind = "http.client.HTTPSConnection" if usage.tls else "http.client.HTTPConnection"
    in_context = usage.tls and (usage.pool is not None or usage.own_trust)
    context = "context=TLS" if in_context else None
    return Client(
        header_values="bytes",
        kind=kind,
        name="connection",
        opened=call("closing", call(kind, "HOST", "PORT", f"timeout={usage.timeout}", context)),
        send=_http_client_send(usage),
        status="response.status",
        asynchronous=False,
        errors=HTTP_CLIENT_ERRORS,
        imports=("import http.client", "from contextlib import closing"),
        target=(f'HOST, PORT = "{usage.requested.host}", {usage.requested.port}',),
        requested="PATH",
        constants=tls_lines(usage) if in_context else (),
        notes=(NO_POOL_NOTE,) if usage.reuse == "shared" else (),
        shareable=False,
    )


def _http_client_send(usage: Usage) -> tuple[Line, ...]:
    sent = call(
        "connection.request",
        f'"{usage.method}"',
        usage.at("PATH"),
        "body=BODY" if usage.has_body else None,
        "headers=HEADERS",
    )
    if usage.tries.most == 1:
        return (sent, "connection.getresponse().read()")
    answered: list[Line] = [sent, "response = connection.getresponse()", "response.read()"]
    opened_anew = ["connection.close()  # The next request opens it anew.", "raise"]
    return ("try:", *block(1, answered), "except Exception:", *block(1, opened_anew))
