"""pyreqwest, async: a client made by its `ClientBuilder`."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.codegen.client import Client, raised, taken
from httptui.codegen.texts import Line, block, call
from httptui.codegen.usage import Usage

LAST = (
    "# Its threads end a moment after its clients; Python must still be there.",
    "await asyncio.sleep(0.1)",
)
NAMED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

ERRORS = (
    raised("exceptions.ConnectError", "refused dns tls disconnected"),
    raised("exceptions.ConnectTimeoutError", "connect_timeout read_timeout timeout"),
    raised("exceptions.RequestTimeoutError", "timeout connect_timeout read_timeout pool_timeout"),
    raised("exceptions.BodyDecodeError", "truncated"),
    raised("exceptions.DecodeError", "protocol truncated"),
    raised("exceptions.RedirectError", "redirects"),
)


def client_of(usage: Usage) -> Client:
    """Describe the client, and one request with it."""
    from_file = _reads_file(usage)
    return Client(
        kind="Client",
        name="client",
        opened=call("new_client"),
        send=_send(usage),
        status="response.status",
        asynchronous=True,
        errors=ERRORS,
        error_imports=("from pyreqwest import exceptions",),
        packages=("pyreqwest",),
        imports=(
            "from datetime import timedelta",
            *(("from pathlib import Path",) if from_file else ()),
            "from pyreqwest.client import Client, ClientBuilder",
        ),
        constants=(call("TIMEOUT = timedelta", f"seconds={usage.timeout}"),),
        functions=tuple(_new_client(usage)),
        last=LAST,
    )


def _send(usage: Usage) -> tuple[Line, ...]:
    named = usage.method in NAMED
    url = usage.at()
    asked = f"client.{usage.method.lower()}({url})" if named else f'client.request("{usage.method}", {url})'
    body = ".body_bytes(BODY)" if usage.has_body else ""
    read = taken(usage, "response.bytes()", prefix="await ")
    return (f"request = {asked}{body}.build()", "response = await request.send()", read)


def _new_client(usage: Usage) -> Iterator[str]:
    yield "def new_client() -> Client:"
    lines: list[Line] = [
        "builder = ClientBuilder().default_headers(HEADERS).timeout(TIMEOUT)",
        "builder = builder.referer(enable=False)",
        f"builder = builder.http2({usage.http == '2'})",
        f"builder = builder.default_cookie_store({usage.cookies})",
        f"builder = builder.follow_redirects({bool(usage.redirects)})",
    ]
    if usage.redirects:
        lines.append(f"builder = builder.max_redirects({usage.redirects})")
    if usage.pool is not None:
        lines.append(f"builder = builder.max_connections({usage.pool}).pool_timeout(TIMEOUT)")
        lines.append(f"builder = builder.pool_max_idle_per_host({usage.pool})")
    if not usage.trust_env:
        lines.append("builder = builder.no_proxy()")
    if _reads_file(usage):
        lines.append(f"authority = Path({usage.ca_file}).read_bytes()")
        lines.append("builder = builder.add_root_certificate_pem(authority)")
    elif usage.own_trust:
        lines.append("builder = builder.danger_accept_invalid_certs(True)")
    yield from block(1, [*lines, "return builder.build()"])


def _reads_file(usage: Usage) -> bool:
    return usage.own_trust and usage.verify
