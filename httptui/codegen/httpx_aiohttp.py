"""httpx over aiohttp: httpx's `AsyncClient` with a transport that sends through an aiohttp session."""

from __future__ import annotations

from httptui.codegen.aiohttp import RETRY_NOTE, session_call
from httptui.codegen.client import Client, raised
from httptui.codegen.httpx import cookie_imports, httpx_send, httpx_tls, policy_arguments, pool_arguments
from httptui.codegen.texts import Call, Line, after, block, call
from httptui.codegen.usage import Usage

PACKAGED = "HttpxAiohttpClient"
PACKAGED_IMPORTS = (f"from httpx_aiohttp import {PACKAGED}",)
IMPORTS = ("import aiohttp", "import httpx", "from httpx_aiohttp import AiohttpTransport")

ERRORS = (
    # It turns nearly every error of aiohttp into this one.
    raised("httpx.ConnectTimeout", "refused dns tls connect_timeout disconnected"),
    raised("httpx.ReadTimeout", "read_timeout"),
    raised("httpx.PoolTimeout", "pool_timeout"),
    raised(
        "httpx.TimeoutException",
        "timeout connect_timeout read_timeout pool_timeout refused dns tls disconnected",
    ),
    raised("httpx.ReadError", "truncated"),
    raised("httpx.TooManyRedirects", "redirects"),
)


def client_of(usage: Usage) -> Client:
    """Describe the client, and one request with it; without a pool size, the transport's own client is used."""
    packaged = usage.pool is None
    return Client(
        header_values="bytes",
        kind=PACKAGED if packaged else "httpx.AsyncClient",
        name="client",
        opened=_packaged(usage) if packaged else call("new_client"),
        send=httpx_send("await ", usage),
        status="response.status_code",
        asynchronous=True,
        errors=ERRORS,
        error_imports=("import httpx",),
        packages=("httpx-aiohttp",),
        imports=(*cookie_imports(usage), *(PACKAGED_IMPORTS if packaged else IMPORTS)),
        constants=httpx_tls(usage),
        functions=() if packaged else _new_client(usage),
        notes=(RETRY_NOTE,),
    )


def _packaged(usage: Usage) -> Call:
    proxies = None if usage.trust_env else "trust_env=False"
    return call(PACKAGED, *pool_arguments("httpx", usage), *policy_arguments(usage), proxies)


def _new_client(usage: Usage) -> tuple[Line, ...]:
    context = "verify=TLS" if httpx_tls(usage) else None
    transport = call("transport = AiohttpTransport", context, "client=session")
    made = call("return httpx.AsyncClient", "transport=transport", *policy_arguments(usage))
    body = block(1, [after("session = ", session_call(usage)), transport, made])
    return ("def new_client() -> httpx.AsyncClient:", *body)
