"""httpx and its successor httpx2: an `AsyncClient` or a `Client`, over HTTP/1.1 or HTTP/2, or over aiohttp.

Over aiohttp a client sends by the transport of the package httpx-aiohttp, or by a short one such as users write.
"""

from __future__ import annotations

from dataclasses import replace

from httptui.codegen.aiohttp import AIOHTTP_ERRORS, RETRY_NOTE, session_call, tls_constant
from httptui.codegen.client import LEAVES, Client, Raised, raised, request_call, sent_and_read, tls_lines
from httptui.codegen.texts import Call, Line, after, block, call
from httptui.codegen.usage import Usage

WITHOUT_BODY = ("GET", "HEAD", "OPTIONS", "DELETE")
MADE_ONCE = "# Made once: each client would make one of its own{}."
COOKIES = "from http.cookiejar import CookieJar, DefaultCookiePolicy"
UNGUARDED = "{} does not guard its HTTP/2 connection against threads that share it: requests may fail."


def httpx_client(usage: Usage, library: str = "httpx", kind: str = "AsyncClient") -> Client:
    """Describe the client, and one request with it; `library` is httpx or httpx2, `kind` AsyncClient or Client."""
    asynchronous, http2 = kind == "AsyncClient", usage.http == "2"
    unguarded = not asynchronous and http2 and usage.reuse == "shared" and usage.concurrency > 1
    return Client(
        header_values="bytes",
        kind=f"{library}.{kind}",
        name="client",
        opened=call(
            f"{library}.{kind}",
            *_pool_arguments(library, usage),
            "http2=True" if http2 else None,
            *_policy_arguments(usage),
            None if usage.trust_env else "trust_env=False",
        ),
        send=_send("await " if asynchronous else "", usage),
        status="response.status_code",
        asynchronous=asynchronous,
        errors=_errors(library),
        packages=(f"{library}[http2]" if http2 else library,),
        imports=(f"import {library}", COOKIES),
        constants=_tls(usage),
        notes=(UNGUARDED.format(library),) if unguarded else (),
    )


def _pool_arguments(library: str, usage: Usage) -> tuple[str | Call | None, ...]:
    """Return the arguments of pool and TLS, unless the plan leaves them to the library."""
    sizes = (f"{name}={usage.pool}" for name in ("max_connections", "max_keepalive_connections"))
    limits = call(f"limits={library}.Limits", *sizes)
    trust = "verify=TLS" if _needs_context(usage) else "verify=False" if usage.own_trust else None
    return (limits if usage.pool is not None else None, trust)


def _policy_arguments(usage: Usage) -> tuple[str | None, ...]:
    """Return the arguments of the client that do not depend on its transport."""
    return (
        "headers=HEADERS",
        f"timeout={usage.timeout}",
        "follow_redirects=True" if usage.redirects else None,
        f"max_redirects={usage.redirects}" if usage.redirects else None,
        None if usage.cookies else "cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[]))",
    )


def _send(prefix: str, usage: Usage) -> tuple[Line, ...]:
    """Return the lines of one request; a request that is not streamed has its body read."""
    if usage.read == "headers":
        content = "content=BODY" if usage.has_body else None
        streamed = call("client.stream", f'"{usage.method}"', usage.at(), content)
        within = "async with " if prefix else "with "
        return (after(within, streamed, " as response:"), f"    {LEAVES}")
    return sent_and_read(usage, request_call("client", usage, body="content", bodiless=WITHOUT_BODY), prefix)


def _errors(library: str) -> tuple[Raised, ...]:
    return (
        raised(f"{library}.ConnectError", "refused dns tls"),
        raised(f"{library}.ConnectTimeout", "connect_timeout"),
        raised(f"{library}.ReadTimeout", "read_timeout"),
        raised(f"{library}.PoolTimeout", "pool_timeout"),
        raised(f"{library}.TimeoutException", "timeout connect_timeout read_timeout pool_timeout"),
        raised(f"{library}.ReadError {library}.RemoteProtocolError", "disconnected truncated protocol"),
        raised(f"{library}.TooManyRedirects", "redirects"),
    )


def _tls(usage: Usage) -> tuple[Line, ...]:
    """Return the TLS context, if clients get one."""
    if not _needs_context(usage):
        return ()
    if usage.reuse == "shared":
        return tls_lines(usage)
    return (MADE_ONCE.format("" if usage.tls else ", even without TLS"), *tls_lines(usage))


def _needs_context(usage: Usage) -> bool:
    if usage.pool is None:
        return usage.own_trust and usage.verify
    return usage.tls or usage.reuse != "shared"


PACKAGED = "HttpxAiohttpClient"
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
    over_aiohttp = replace(
        httpx_client(usage),
        errors=PUBLISHED_ERRORS,
        packages=("httpx-aiohttp",),
        imports=(
            "import aiohttp",
            "import httpx",
            f"from httpx_aiohttp import AiohttpTransport, {PACKAGED}",
            COOKIES,
        ),
        notes=(RETRY_NOTE,),
    )
    if usage.pool is None:
        return replace(
            over_aiohttp,
            kind=PACKAGED,
            opened=replace(over_aiohttp.opened, start=PACKAGED),
        )
    context = "verify=TLS" if _needs_context(usage) else None
    transport = call("transport = AiohttpTransport", context, "client=session")
    session = after("session = ", session_call(usage))
    return replace(
        over_aiohttp,
        opened=call("new_client"),
        functions=_new_client(usage, "httpx", session, transport, transport="transport"),
    )


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
    # The client's time-out is for its transport to enforce, and this transport leaves that to aiohttp.
    limit = f"timeout=aiohttp.ClientTimeout(total={usage.timeout})"
    session = session_call(usage, *(() if decompress else ("auto_decompress=False",)), limit)
    new_client = _new_client(
        usage, library, after("session = ", session), transport="AiohttpTransport(session)"
    )
    return replace(
        httpx_client(usage, library),
        opened=call("new_client"),
        errors=AIOHTTP_ERRORS,
        packages=("aiohttp", library),
        imports=("import aiohttp", f"import {library}", COOKIES),
        constants=tls_constant(usage),
        functions=(*TRANSPORT.format(library=library).strip("\n").split("\n"), "", "", *new_client),
        notes=(*faults, RETRY_NOTE),
    )


def _new_client(usage: Usage, library: str, *lines: Line, transport: str) -> tuple[Line, ...]:
    """Return the function that makes a client over a transport, which the lines before make."""
    made = call(f"return {library}.AsyncClient", f"transport={transport}", *_policy_arguments(usage))
    return (f"def new_client() -> {library}.AsyncClient:", *block(1, [*lines, made]))
