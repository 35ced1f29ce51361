"""urllib3: a `PoolManager`."""

from __future__ import annotations

from httptui.codegen.client import READS_ALL, Client, is_looked_at, raised, taken, tls_lines
from httptui.codegen.texts import Call, Line, after, call
from httptui.codegen.usage import Usage

ERRORS = (
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


def client_of(usage: Usage) -> Client:
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
        send=_taken(usage, sent),
        status="response.status",
        asynchronous=False,
        errors=ERRORS,
        packages=("urllib3",),
        imports=("import urllib3",),
        constants=(*_retry(usage), *(tls_lines(usage) if _has_context(usage) else ())),
    )


def _taken(usage: Usage, sent: Call) -> tuple[Line, ...]:
    if not is_looked_at(usage):
        return (READS_ALL, sent)
    answer = after("response = ", sent)
    if usage.read == "bytes":
        return (READS_ALL, answer)
    if usage.read == "json":
        return (answer, taken(usage, ""))
    return (answer, "response.close()", "response.release_conn()")


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


def _has_context(usage: Usage) -> bool:
    return usage.tls and usage.pool is not None
