"""httpx and its successor httpx2, sync: a `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from httptui.codegen.client import Client
from httptui.codegen.httpx import (
    cookie_imports,
    httpx_call,
    httpx_errors,
    httpx_packages,
    httpx_send,
    httpx_tls,
)
from httptui.codegen.usage import Usage

UNGUARDED = "{} does not guard its HTTP/2 connection against threads that share it: requests may fail."


def client_of(usage: Usage, library: str = "httpx") -> Client:
    """Describe the client, and one request with it; `library` is httpx or httpx2."""
    return Client(
        header_values="bytes",
        kind=f"{library}.Client",
        name="client",
        opened=httpx_call(library, "Client", usage),
        send=httpx_send("", usage),
        status="response.status_code",
        asynchronous=False,
        errors=httpx_errors(library),
        packages=httpx_packages(library, usage),
        imports=(f"import {library}", *cookie_imports(usage)),
        constants=httpx_tls(usage),
        notes=(UNGUARDED.format(library),) if _shared_over_http_2(usage) else (),
    )


def _shared_over_http_2(usage: Usage) -> bool:
    return usage.http == "2" and usage.reuse == "shared" and usage.concurrency > 1
