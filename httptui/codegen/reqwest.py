"""Async clients over Rust's reqwest and its fork wreq: pyreqwest, whose client a builder makes, and wreq."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.codegen.client import LEAVES, Client, raised, request_call, taken
from httptui.codegen.texts import Line, after, block, call
from httptui.codegen.usage import Usage

LAST = (
    "# Its threads end a moment after its clients; Python must still be there.",
    "await asyncio.sleep(0.1)",
)
NAMED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

PYREQWEST_ERRORS = (
    raised("exceptions.ConnectError", "refused dns tls disconnected"),
    raised("exceptions.ConnectTimeoutError", "connect_timeout read_timeout timeout"),
    raised("exceptions.RequestTimeoutError", "timeout connect_timeout read_timeout pool_timeout"),
    raised("exceptions.BodyDecodeError", "truncated"),
    raised("exceptions.DecodeError", "protocol truncated"),
    raised("exceptions.RedirectError", "redirects"),
)


def pyreqwest_client(usage: Usage) -> Client:
    """Describe the client, and one request with it."""
    return Client(
        kind="Client",
        name="client",
        opened=call("new_client"),
        send=_pyreqwest_send(usage),
        status="response.status",
        asynchronous=True,
        errors=PYREQWEST_ERRORS,
        packages=("pyreqwest",),
        imports=(
            "from datetime import timedelta",
            "from pathlib import Path",
            "from pyreqwest import exceptions",
            "from pyreqwest.client import Client, ClientBuilder",
        ),
        constants=(call("TIMEOUT = timedelta", f"seconds={usage.timeout}"),),
        functions=tuple(_new_client(usage)),
        last=LAST,
    )


def _pyreqwest_send(usage: Usage) -> tuple[Line, ...]:
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


WREQ_ERRORS = (
    raised("exceptions.TlsError", "tls"),
    raised("exceptions.ConnectionError", "refused dns tls connect_timeout"),
    raised("exceptions.TimeoutError", "timeout connect_timeout read_timeout"),
    raised("exceptions.ConnectionResetError exceptions.RequestError", "disconnected protocol"),
    raised("exceptions.DecodingError", "truncated"),
)


def wreq_client(usage: Usage) -> Client:
    """Describe the client, and one request with it."""
    from_file = usage.own_trust and usage.verify
    sizes = (f"{name}={usage.pool}" for name in ("pool_max_size", "pool_max_idle_per_host"))
    unverified = ("tls_verify=False", "tls_verify_hostname=False")
    return Client(
        kind="Client",
        name="client",
        opened=call(
            "Client",
            *(sizes if usage.pool is not None else ()),
            f"tls_verify=Path({usage.ca_file})" if from_file else None,
            *(unverified if usage.own_trust and not usage.verify else ()),
            "headers=HEADERS",
            f"timeout=timedelta(seconds={usage.timeout})",
            "referer=False",
            f"redirect=Policy.limited({usage.redirects})" if usage.redirects else "redirect=Policy.none()",
            "cookie_store=True" if usage.cookies else None,
            None if usage.trust_env else "no_proxy=True",
            None if usage.http == "2" else "http1_only=True",
        ),
        send=_wreq_send(usage),
        status="response.status.as_int()",
        asynchronous=True,
        errors=WREQ_ERRORS,
        packages=("wreq",),
        imports=(
            "from datetime import timedelta",
            "from pathlib import Path",
            "from wreq import Client, exceptions",
            "from wreq.redirect import Policy",
        ),
    )


def _wreq_send(usage: Usage) -> tuple[Line, ...]:
    sent = request_call("client", usage, body="body")
    if usage.read == "headers":
        return (after("async with await ", sent, " as response:"), f"    {LEAVES}")
    return (after("response = await ", sent), taken(usage, "response.bytes()", prefix="await "))
