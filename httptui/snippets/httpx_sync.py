"""httpx, sync: a `Client`, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

from httptui.snippets.httpx import cookie_imports, httpx_call, httpx_packages, httpx_send, httpx_tls
from httptui.snippets.script import Client
from httptui.snippets.usage import Usage


def client_of(usage: Usage) -> Client:
    """The client, and one request by it."""
    return Client(
        kind="httpx.Client",
        name="client",
        opened=httpx_call("httpx.Client", usage, transport="httpx.HTTPTransport"),
        send=httpx_send("", usage),
        asynchronous=False,
        packages=httpx_packages(usage),
        imports=("import httpx", *cookie_imports(usage)),
        constants=httpx_tls(usage),
    )
