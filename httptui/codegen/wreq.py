"""wreq, async: a `Client`."""

from __future__ import annotations

from httptui.codegen.client import LEAVES, Client, raised, request_call, taken
from httptui.codegen.texts import Line, after, call
from httptui.codegen.usage import Usage

ERRORS = (
    raised("exceptions.TlsError", "tls"),
    raised("exceptions.ConnectionError", "refused dns tls connect_timeout"),
    raised("exceptions.TimeoutError", "timeout connect_timeout read_timeout"),
    raised("exceptions.ConnectionResetError exceptions.RequestError", "disconnected protocol"),
    raised("exceptions.DecodingError", "truncated"),
)


def client_of(usage: Usage) -> Client:
    """The client, and one request by it."""
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
        send=_send(usage),
        status="response.status.as_int()",
        asynchronous=True,
        errors=ERRORS,
        error_imports=("from wreq import exceptions",),
        packages=("wreq",),
        imports=(
            "from datetime import timedelta",
            *(("from pathlib import Path",) if from_file else ()),
            "from wreq import Client",
            "from wreq.redirect import Policy",
        ),
    )


def _send(usage: Usage) -> tuple[Line, ...]:
    sent = request_call("client", usage, body="body")
    if usage.read == "headers":
        return (after("async with await ", sent, " as response:"), f"    {LEAVES}")
    return (after("response = await ", sent), taken(usage, "response.bytes()", prefix="await "))
