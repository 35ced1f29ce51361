"""httpx and its successor httpx2: an `AsyncClient` or a `Client`, over HTTP/1.1 or HTTP/2, or over aiohttp.

Over aiohttp a client sends by the transport of the package httpx-aiohttp, or by a short one such as users write.
"""

from __future__ import annotations

from httptui.codegen.aiohttp import AIOHTTP_ERRORS, RETRY_NOTE, session_call, tls_constant
from httptui.codegen.client import (
    LEAVES,
    READS_ALL,
    Client,
    Raised,
    is_looked_at,
    raised,
    request_call,
    taken,
    tls_lines,
)
from httptui.codegen.texts import Call, Line, after, block, call
from httptui.codegen.usage import Usage

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "DELETE")
MADE_ONCE = "# Made once: each client would make one of its own{}."


def httpx_client(usage: Usage, library: str = "httpx") -> Client:
    """Describe the client, and one request with it; `library` is httpx or httpx2."""
    return Client(
        header_values="bytes",
        kind=f"{library}.AsyncClient",
        name="client",
        opened=httpx_call(library, "AsyncClient", usage),
        send=httpx_send("await ", usage),
        status="response.status_code",
        asynchronous=True,
        errors=httpx_errors(library),
        packages=httpx_packages(library, usage),
        imports=(f"import {library}", *cookie_imports(usage)),
        constants=httpx_tls(usage),
    )


def httpx_call(library: str, kind: str, usage: Usage) -> Call:
    """Return the call that makes the client."""
    connections = (*pool_arguments(library, usage), "http2=True" if usage.http == "2" else None)
    return call(f"{library}.{kind}", *connections, *policy_arguments(usage), *_proxies(usage))


def pool_arguments(library: str, usage: Usage) -> tuple[str | Call | None, ...]:
    """Return the arguments of pool and TLS, unless the plan leaves them to the library."""
    sizes = (f"{name}={usage.pool}" for name in ("max_connections", "max_keepalive_connections"))
    limits = call(f"limits={library}.Limits", *sizes)
    trust = "verify=TLS" if _needs_context(usage) else "verify=False" if usage.own_trust else None
    return (limits if usage.pool is not None else None, trust)


def policy_arguments(usage: Usage) -> tuple[str | None, ...]:
    """Return the arguments of the client that do not depend on its transport."""
    return (
        "headers=HEADERS",
        f"timeout={usage.timeout}",
        "follow_redirects=True" if usage.redirects else None,
        f"max_redirects={usage.redirects}" if usage.redirects else None,
        None if usage.cookies else "cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[]))",
    )


def httpx_send(prefix: str, usage: Usage) -> tuple[Line, ...]:
    """Return the lines of one request; a request that is not streamed has its body read."""
    if usage.read == "headers":
        content = "content=BODY" if usage.has_body else None
        streamed = call("client.stream", f'"{usage.method}"', usage.at(), content)
        within = "async with " if prefix else "with "
        return (after(within, streamed, " as response:"), f"    {LEAVES}")
    sent = request_call("client", usage, body="content", bodiless=WITHOUT_BODY)
    if not is_looked_at(usage):
        return (READS_ALL, after(prefix, sent))
    answered = after(f"response = {prefix}", sent)
    if usage.read == "bytes":
        return (READS_ALL, answered)
    return (answered, taken(usage, "", text="response.text"))


def httpx_errors(library: str) -> tuple[Raised, ...]:
    """Return the errors of the library."""
    return (
        raised(f"{library}.ConnectError", "refused dns tls"),
        raised(f"{library}.ConnectTimeout", "connect_timeout"),
        raised(f"{library}.ReadTimeout", "read_timeout"),
        raised(f"{library}.PoolTimeout", "pool_timeout"),
        raised(f"{library}.TimeoutException", "timeout connect_timeout read_timeout pool_timeout"),
        raised(f"{library}.ReadError {library}.RemoteProtocolError", "disconnected truncated protocol"),
        raised(f"{library}.TooManyRedirects", "redirects"),
    )


def httpx_tls(usage: Usage) -> tuple[Line, ...]:
    """Return the TLS context, if clients get one."""
    if not _needs_context(usage):
        return ()
    if usage.reuse == "shared":
        return tls_lines(usage)
    return (MADE_ONCE.format("" if usage.tls else ", even without TLS"), *tls_lines(usage))


def cookie_imports(usage: Usage) -> tuple[str, ...]:
    """Return the imports for keeping no cookies."""
    return () if usage.cookies else ("from http.cookiejar import CookieJar, DefaultCookiePolicy",)


def httpx_packages(library: str, usage: Usage) -> tuple[str, ...]:
    """Return the library, with its HTTP/2 extra if needed."""
    return (f"{library}[http2]",) if usage.http == "2" else (library,)


def _needs_context(usage: Usage) -> bool:
    if usage.pool is None:
        return usage.own_trust and usage.verify
    return usage.tls or usage.reuse != "shared"


def _proxies(usage: Usage) -> tuple[str, ...]:
    return () if usage.trust_env else ("trust_env=False",)


UNGUARDED = "{} does not guard its HTTP/2 connection against threads that share it: requests may fail."


def httpx_sync_client(usage: Usage, library: str = "httpx") -> Client:
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


PACKAGED = "HttpxAiohttpClient"
PACKAGED_IMPORTS = (f"from httpx_aiohttp import {PACKAGED}",)
IMPORTS = ("import aiohttp", "import httpx", "from httpx_aiohttp import AiohttpTransport")

PUBLISHED_ERRORS = (
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


def httpx_aiohttp_client(usage: Usage) -> Client:
    """Describe the client, and one request with it; without a pool size, the transport's own client is used."""
    packaged = usage.pool is None
    return Client(
        header_values="bytes",
        kind=PACKAGED if packaged else "httpx.AsyncClient",
        name="client",
        opened=_packaged_client(usage) if packaged else call("new_client"),
        send=httpx_send("await ", usage),
        status="response.status_code",
        asynchronous=True,
        errors=PUBLISHED_ERRORS,
        error_imports=("import httpx",),
        packages=("httpx-aiohttp",),
        imports=(*cookie_imports(usage), *(PACKAGED_IMPORTS if packaged else IMPORTS)),
        constants=httpx_tls(usage),
        functions=() if packaged else _with_published_transport(usage),
        notes=(RETRY_NOTE,),
    )


def _packaged_client(usage: Usage) -> Call:
    proxies = None if usage.trust_env else "trust_env=False"
    return call(PACKAGED, *pool_arguments("httpx", usage), *policy_arguments(usage), proxies)


def _with_published_transport(usage: Usage) -> tuple[Line, ...]:
    context = "verify=TLS" if httpx_tls(usage) else None
    transport = call("transport = AiohttpTransport", context, "client=session")
    made = call("return httpx.AsyncClient", "transport=transport", *policy_arguments(usage))
    body = block(1, [after("session = ", session_call(usage)), transport, made])
    return ("def new_client() -> httpx.AsyncClient:", *body)


TRANSPORT = '''
class AiohttpTransport({library}.AsyncBaseTransport):
    """Sends what {library} asks for by one aiohttp session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def handle_async_request(self, request: {library}.Request):
        async with self._session.request(
            request.method,
            str(request.url),
            headers=request.headers.multi_items(),
            data=await request.aread() or None,
            allow_redirects=False,
        ) as response:
            body = {library}.ByteStream(await response.read())
        headers = [(name.lower(), value) for name, value in response.raw_headers]
        return {library}.Response(response.status, headers=headers, stream=body)

    async def aclose(self) -> None:
        await self._session.close()


'''
UNPACKED_TWICE = (
    "The fault of a transport that was published: aiohttp unpacks a body and hands its Content-Encoding on, "
    "so that {library} unpacks it once more and fails."
)


def over_aiohttp_client(usage: Usage, library: str = "httpx", *, decompress: bool = False) -> Client:
    """Describe the client, and one request with it; with `decompress`, each body is decompressed twice."""
    faults = (UNPACKED_TWICE.format(library=library),) if decompress else ()
    return Client(
        header_values="bytes",
        kind=f"{library}.AsyncClient",
        name="client",
        opened=call("new_client"),
        send=httpx_send("await ", usage),
        status="response.status_code",
        asynchronous=True,
        errors=AIOHTTP_ERRORS,
        packages=("aiohttp", library),
        imports=("import aiohttp", f"import {library}", *cookie_imports(usage)),
        constants=tls_constant(usage),
        functions=(
            *TRANSPORT.format(library=library).strip("\n").split("\n"),
            "",
            "",
            *_with_own_transport(usage, library, () if decompress else ("auto_decompress=False",)),
        ),
        notes=(*faults, RETRY_NOTE),
    )


def _with_own_transport(usage: Usage, library: str, unpacking: tuple[str, ...]) -> tuple[Line, ...]:
    # The client's time-out is for its transport to enforce, and this transport leaves that to aiohttp.
    session = session_call(usage, *unpacking, f"timeout=aiohttp.ClientTimeout(total={usage.timeout})")
    made = call(
        f"return {library}.AsyncClient", "transport=AiohttpTransport(session)", *policy_arguments(usage)
    )
    body = block(1, [after("session = ", session), made])
    return (f"def new_client() -> {library}.AsyncClient:", *body)
