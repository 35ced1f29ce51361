"""requests: a `Session` whose adapter has the size of the pool."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.codegen.client import (
    LEAVES,
    READS_ALL,
    Client,
    is_looked_at,
    raised,
    request_call,
    taken,
    tls_lines,
)
from httptui.codegen.texts import Call, Line, after, block, call
from httptui.codegen.usage import Usage

CONTEXT_ADAPTER = (
    "class ContextAdapter(HTTPAdapter):",
    '    """One TLS context for all: no connection loads the CA bundle again."""',
    "",
    "    def init_poolmanager(self, *args, **options):",
    "        super().init_poolmanager(*args, ssl_context=TLS, **options)",
    "",
    "    def cert_verify(self, conn, url, verify, cert):",
    '        """Leave it to the context."""',
    "",
    "",
)

ERRORS = (
    raised("requests.exceptions.SSLError", "tls"),
    raised("requests.ConnectTimeout", "connect_timeout"),
    raised("requests.ReadTimeout", "read_timeout"),
    raised("requests.Timeout", "timeout connect_timeout read_timeout"),
    raised("requests.ConnectionError", "refused dns tls connect_timeout disconnected protocol"),
    raised("requests.exceptions.ChunkedEncodingError", "truncated"),
    raised("requests.TooManyRedirects", "redirects"),
)


def client_of(usage: Usage) -> Client:
    """Describe the session, and one request with it."""
    in_context = _has_context(usage)
    adapter = _adapter(usage)
    imports = ["import requests"]
    if adapter is not None:
        imports.append("from requests.adapters import HTTPAdapter")
    if not usage.cookies:
        imports.append("from http.cookiejar import DefaultCookiePolicy")
    return Client(
        header_values="bytes",
        kind="requests.Session",
        name="session",
        opened=call("new_session"),
        send=_send(usage),
        status="response.status_code",
        asynchronous=False,
        errors=ERRORS,
        packages=("requests",),
        imports=tuple(imports),
        constants=tls_lines(usage) if in_context else (),
        functions=(*(CONTEXT_ADAPTER if in_context else ()), *_new_session(usage, adapter)),
    )


def _send(usage: Usage) -> tuple[Line, ...]:
    follow = "allow_redirects=True" if usage.redirects else "allow_redirects=False"
    streamed = ("stream=True",) if usage.read == "headers" else ()
    sent = request_call("session", usage, follow, f"timeout={usage.timeout}", *streamed, body="data")
    if streamed:
        return (after("with ", sent, " as response:"), f"    {LEAVES}")
    if not is_looked_at(usage):
        return (READS_ALL, sent)
    if usage.read == "bytes":
        return (READS_ALL, after("response = ", sent))
    return (after("response = ", sent), taken(usage, "", text="response.text"))


def _new_session(usage: Usage, adapter: Call | None) -> Iterator[str]:
    lines: list[Line] = ["session = requests.Session()", "session.headers.update(HEADERS)"]
    if not usage.trust_env:
        lines.append("session.trust_env = False")
    if not usage.cookies:
        lines.append("session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))")
    if usage.redirects:
        lines.append(f"session.max_redirects = {usage.redirects}")
    if usage.tls and not usage.verify:
        lines.append("session.verify = False")
    elif usage.own_trust and not _has_context(usage):
        lines.append(f"session.verify = {usage.ca_file}")
    if adapter is not None:
        lines += [after("adapter = ", adapter)]
        lines += [f'session.mount("{scheme}://", adapter)' for scheme in ("http", "https")]
    yield "def new_session() -> requests.Session:"
    yield from block(1, [*lines, "return session"])


def _has_context(usage: Usage) -> bool:
    return usage.tls and usage.pool is not None


def _adapter(usage: Usage) -> Call | None:
    if usage.pool is None:
        return None
    return call(
        "ContextAdapter" if _has_context(usage) else "HTTPAdapter",
        f"pool_connections={usage.pool}",
        f"pool_maxsize={usage.pool}",
        "pool_block=True",
    )
