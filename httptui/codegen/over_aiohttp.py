"""httpx or httpx2 over aiohttp, with a short transport such as users write themselves."""

from __future__ import annotations

from httptui.codegen.aiohttp import ERRORS, RETRY_NOTE, session_call, tls_constant
from httptui.codegen.client import Client
from httptui.codegen.httpx import cookie_imports, httpx_send, policy_arguments
from httptui.codegen.texts import Line, after, block, call
from httptui.codegen.usage import Usage

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


def client_of(usage: Usage, library: str = "httpx", *, decompress: bool = False) -> Client:
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
        errors=ERRORS,
        packages=("aiohttp", library),
        imports=("import aiohttp", f"import {library}", *cookie_imports(usage)),
        constants=tls_constant(usage),
        functions=(
            *TRANSPORT.format(library=library).strip("\n").split("\n"),
            "",
            "",
            *_new_client(usage, library, () if decompress else ("auto_decompress=False",)),
        ),
        notes=(*faults, RETRY_NOTE),
    )


def _new_client(usage: Usage, library: str, unpacking: tuple[str, ...]) -> tuple[Line, ...]:
    # The client's time-out is for its transport to enforce, and this transport leaves that to aiohttp.
    session = session_call(usage, *unpacking, f"timeout=aiohttp.ClientTimeout(total={usage.timeout})")
    made = call(
        f"return {library}.AsyncClient", "transport=AiohttpTransport(session)", *policy_arguments(usage)
    )
    body = block(1, [after("session = ", session), made])
    return (f"def new_client() -> {library}.AsyncClient:", *body)
