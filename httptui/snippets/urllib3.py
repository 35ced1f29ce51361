"""urllib3: a `PoolManager`."""

from __future__ import annotations

from httptui.snippets.layout import Call, Line, after, call
from httptui.snippets.script import Client, tls_lines
from httptui.snippets.sending import READS_ALL, taken
from httptui.snippets.usage import Usage


def client_of(usage: Usage) -> Client:
    """The pool, and one request by it."""
    sent = call(
        "http.request",
        f'"{usage.method}"',
        "URL",
        "body=BODY" if usage.body else None,
        f"pool_timeout={usage.timeout}" if usage.pool is not None else None,
        "redirect=False" if usage.retries and not usage.redirects else None,
        "preload_content=False" if usage.read == "headers" else None,
    )
    return Client(
        kind="urllib3.PoolManager",
        name="http",
        opened=_pool(usage),
        send=_taken(usage, sent),
        asynchronous=False,
        packages=("urllib3",),
        imports=("import urllib3",),
        constants=(*_retry(usage), *(tls_lines(usage) if _has_context(usage) else ())),
    )


def _taken(usage: Usage, sent: Call) -> tuple[Line, ...]:
    if usage.read == "bytes":
        return (READS_ALL, sent)
    answer = after("response = ", sent)
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
    retries = "RETRIES" if usage.retries or usage.redirects else "False"
    return call(
        "urllib3.PoolManager",
        *size,
        trust,
        "headers=HEADERS",
        f"timeout={usage.timeout}",
        f"retries={retries}",
    )


def _retry(usage: Usage) -> tuple[Line, ...]:
    """How often a request is tried again and how far it is followed; with neither, `retries=False` says it all."""
    if not usage.retries and not usage.redirects:
        return ()
    tries = (f"{cause}={usage.retries}" for cause in ("connect", "read", "other"))
    return (call("RETRIES = urllib3.Retry", "total=None", *tries, "status=0", f"redirect={usage.redirects}"),)


def _has_context(usage: Usage) -> bool:
    return usage.tls and usage.pool is not None
