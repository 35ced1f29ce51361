"""httpx and its successor httpx2, sync: a `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from httptui.snippets.httpx import cookie_imports, httpx_call, httpx_packages, httpx_send, httpx_tls
from httptui.snippets.script import Client
from httptui.snippets.usage import Usage


def client_of(usage: Usage, library: str = "httpx") -> Client:
    """The client, and one request by it; `library` is httpx or httpx2."""
    return Client(
        kind=f"{library}.Client",
        name="client",
        opened=httpx_call(library, "Client", usage, transport="HTTPTransport"),
        send=httpx_send("", usage),
        asynchronous=False,
        packages=httpx_packages(library, usage),
        imports=(f"import {library}", *cookie_imports(usage)),
        constants=httpx_tls(usage),
    )
