"""Libraries over libcurl: pycurl, with one handle per thread or many in an `AsyncCurlMulti`, and curl_cffi."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.codegen.client import Client, raised, request_call, sent_and_read
from httptui.codegen.texts import Line, block, call
from httptui.codegen.usage import Usage

NO_POOL_NOTE = "A handle of libcurl is used by one thread only: each thread keeps one, and its connection."
PYCURL_VERSIONS = {"1.1": "CURL_HTTP_VERSION_1_1", "2": "CURL_HTTP_VERSION_2TLS"}
ADDED = ("Content-Type", "Expect")
"""Headers that libcurl adds to a body; a header line without a value suppresses it."""

CURLS = '''
class Curls:
    """Handles in one AsyncCurlMulti, each kept for the next request."""

    async def __aenter__(self) -> Self:
        self._multi = pycurl.AsyncCurlMulti()
{limits}        self._idle: list[pycurl.Curl] = []
        return self

    async def perform(self{given}) -> {result}:
        handle = self._idle.pop() if self._idle else new_handle()
        body = BytesIO()
{set_url}        handle.setopt(pycurl.WRITEDATA, body)
        try:
            await self._multi.perform(handle)
        finally:
            self._idle.append(handle)
        return {answer}

    async def __aexit__(self, *_) -> None:
        await self._multi.aclose()
        for handle in self._idle:
            handle.close()
'''
SET_URL = "handle.setopt(pycurl.URL, url)"
STATUS = "handle.getinfo(pycurl.RESPONSE_CODE)"
PYCURL_ERRORS = (
    raised("pycurl.E_COULDNT_CONNECT", "refused connect_timeout"),
    raised("pycurl.E_COULDNT_RESOLVE_HOST", "dns"),
    raised("pycurl.E_SSL_CONNECT_ERROR pycurl.E_PEER_FAILED_VERIFICATION", "tls"),
    raised("pycurl.E_OPERATION_TIMEDOUT", "timeout connect_timeout read_timeout"),
    raised("pycurl.E_GOT_NOTHING pycurl.E_SEND_ERROR pycurl.E_RECV_ERROR", "disconnected"),
    raised("pycurl.E_PARTIAL_FILE", "truncated"),
    raised("pycurl.E_TOO_MANY_REDIRECTS", "redirects"),
)


def pycurl_client(usage: Usage) -> Client:
    """Describe the handle, closed at the end of its block, and one request with it."""
    return Client(
        kind="pycurl.Curl",
        name="handle",
        opened=call("new_handle"),
        send=(*((SET_URL,) if usage.requested.differ else ()), "handle.perform_rb()"),
        status=STATUS,
        asynchronous=False,
        errors=PYCURL_ERRORS,
        errors_of="pycurl.error",
        packages=("pycurl",),
        imports=("import pycurl",),
        functions=tuple(_new_handle(usage)),
        notes=(NO_POOL_NOTE,) if usage.reuse == "shared" else (),
        shareable=False,
    )


def pycurl_async_client(usage: Usage) -> Client:
    """Describe the handles of one multi handle, and one request with one of them."""
    return Client(
        kind="Curls",
        name="curls",
        opened=call("Curls"),
        send=(_performed(usage),),
        status="status",
        asynchronous=True,
        errors=PYCURL_ERRORS,
        errors_of="pycurl.error",
        packages=("pycurl",),
        imports=("import pycurl", "from io import BytesIO", "from typing import Self"),
        functions=(*_new_handle(usage), "", "", *_curls(usage).split("\n")),
    )


def _performed(usage: Usage) -> str:
    asked = f"await curls.perform({usage.at() if usage.requested.differ else ''})"
    return f"status, _ = {asked}" if usage.tries.statuses else asked


def _curls(usage: Usage) -> str:
    options = ("M_MAX_TOTAL_CONNECTIONS", "M_MAXCONNECTS") if usage.pool is not None else ()
    told = bool(usage.tries.statuses)
    return CURLS.strip("\n").format(
        limits="".join(f"        self._multi.setopt(pycurl.{option}, {usage.pool})\n" for option in options),
        given=", url: str" if usage.requested.differ else "",
        set_url=f"        {SET_URL}\n" if usage.requested.differ else "",
        result="tuple[int, bytes]" if told else "bytes",
        answer=f"{STATUS}, body.getvalue()" if told else "body.getvalue()",
    )


def _new_handle(usage: Usage) -> Iterator[str]:
    yield "def new_handle() -> pycurl.Curl:"
    encoded = "" if all(value.isascii() for _, value in usage.headers) else ".encode()"
    lines: list[Line] = [f'lines = [f"{{name}}: {{value}}"{encoded} for name, value in HEADERS.items()]']
    if usage.has_body and (unwanted := [name for name in ADDED if not usage.has_header(name)]):
        without = ", ".join(f'{"b" if encoded else ""}"{name}:"' for name in unwanted)
        lines.append(f"lines += [{without}]  # Not added by libcurl, then.")
    lines.append("handle = pycurl.Curl()")
    lines += (call("handle.setopt", f"pycurl.{name}", value) for name, value in _options(usage))
    yield from block(1, [*lines, "return handle"])


def _options(usage: Usage) -> Iterator[tuple[str, str]]:
    """Yield every option of a handle with its value."""
    yield "NOSIGNAL", "True"
    yield "TIMEOUT_MS", str(round(float(usage.timeout) * 1000))
    yield "HTTP_VERSION", f"pycurl.{PYCURL_VERSIONS[usage.http]}"
    if usage.redirects:
        yield "FOLLOWLOCATION", "True"
        yield "MAXREDIRS", str(usage.redirects)
    if not usage.trust_env:
        yield "NOPROXY", '"*"'
    if usage.tls and not usage.verify:
        yield "SSL_VERIFYPEER", "False"
        yield "SSL_VERIFYHOST", "False"
    elif usage.tls and usage.ca_file:
        yield "CAINFO", usage.ca_file
    if not usage.requested.differ:
        yield "URL", "URL"
    yield "PATH_AS_IS", "True"
    yield "HTTPHEADER", "lines"
    if usage.has_body:
        yield "POSTFIELDS", "BODY"
    elif usage.method in ("POST", "PUT", "PATCH"):
        yield "POSTFIELDS", 'b""'
    if usage.method == "HEAD":
        yield "NOBODY", "True"
    elif usage.method != "GET" or usage.has_body:
        yield "CUSTOMREQUEST", f'"{usage.method}"'


CURL_CFFI_VERSIONS = {"1.1": "v1", "2": "v2tls"}

CURL_CFFI_ERRORS = (
    raised("exceptions.DNSError", "dns"),
    raised("exceptions.SSLError", "tls"),
    raised("exceptions.ConnectionError", "refused dns tls connect_timeout disconnected"),
    raised("exceptions.Timeout", "timeout connect_timeout read_timeout"),
    raised("exceptions.IncompleteRead", "truncated"),
    raised("exceptions.TooManyRedirects", "redirects"),
)


def curl_cffi_client(usage: Usage) -> Client:
    """Describe the session, and one request with it."""
    trust = f"verify={usage.ca_file if usage.verify else False}" if usage.own_trust else None
    opened = call(
        "AsyncSession",
        f"max_clients={usage.pool}" if usage.pool is not None else None,
        trust,
        "headers=HEADERS",
        "default_headers=False",
        f"timeout={usage.timeout}",
        f'http_version="{CURL_CFFI_VERSIONS[usage.http]}"',
        f"max_redirects={usage.redirects}" if usage.redirects else "allow_redirects=False",
        None if usage.cookies else "discard_cookies=True",
        *(() if usage.trust_env else ("trust_env=False", 'curl_options={CurlOpt.NOPROXY: "*"}')),
    )
    return Client(
        header_values="bytes",
        kind="AsyncSession",
        name="session",
        opened=opened,
        send=sent_and_read(usage, request_call("session", usage, body="data"), "await "),
        status="response.status_code",
        asynchronous=True,
        errors=CURL_CFFI_ERRORS,
        packages=("curl_cffi",),
        imports=("from curl_cffi import CurlOpt", "from curl_cffi.requests import AsyncSession, exceptions"),
    )
