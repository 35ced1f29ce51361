"""curl_cffi, async: an `AsyncSession` that impersonates no browser."""

from __future__ import annotations

from httptui.codegen.client import READS_ALL, Client, is_looked_at, raised, request_call, taken
from httptui.codegen.texts import Line, after, call
from httptui.codegen.usage import Usage

VERSIONS = {"1.1": "v1", "2": "v2tls"}

ERRORS = (
    raised("exceptions.DNSError", "dns"),
    raised("exceptions.SSLError", "tls"),
    raised("exceptions.ConnectionError", "refused dns tls connect_timeout disconnected"),
    raised("exceptions.Timeout", "timeout connect_timeout read_timeout"),
    raised("exceptions.IncompleteRead", "truncated"),
    raised("exceptions.TooManyRedirects", "redirects"),
)


def client_of(usage: Usage) -> Client:
    """Describe the session, and one request with it."""
    trust = f"verify={usage.ca_file if usage.verify else False}" if usage.own_trust else None
    opened = call(
        "AsyncSession",
        f"max_clients={usage.pool}" if usage.pool is not None else None,
        trust,
        "headers=HEADERS",
        "default_headers=False",
        f"timeout={usage.timeout}",
        f'http_version="{VERSIONS[usage.http]}"',
        f"max_redirects={usage.redirects}" if usage.redirects else "allow_redirects=False",
        None if usage.cookies else "discard_cookies=True",
        *(() if usage.trust_env else ("trust_env=False", 'curl_options={CurlOpt.NOPROXY: "*"}')),
    )
    return Client(
        header_values="bytes",
        kind="AsyncSession",
        name="session",
        opened=opened,
        send=_send(usage),
        status="response.status_code",
        asynchronous=True,
        errors=ERRORS,
        error_imports=("from curl_cffi.requests import exceptions",),
        packages=("curl_cffi",),
        imports=(
            *(() if usage.trust_env else ("from curl_cffi import CurlOpt",)),
            "from curl_cffi.requests import AsyncSession",
        ),
    )


def _send(usage: Usage) -> tuple[Line, ...]:
    sent = request_call("session", usage, body="data")
    if not is_looked_at(usage):
        return (READS_ALL, after("await ", sent))
    answered = after("response = await ", sent)
    if usage.read == "bytes":
        return (READS_ALL, answered)
    return (answered, taken(usage, "", text="response.text"))
