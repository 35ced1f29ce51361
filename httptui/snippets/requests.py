"""requests: a `Session` whose adapter is as large as the pool."""

from __future__ import annotations

from collections.abc import Iterator

from httptui.snippets.layout import Call, Line, after, block, call
from httptui.snippets.script import Client, tls_lines
from httptui.snippets.sending import LEAVES, READS_ALL, request_call, taken
from httptui.snippets.usage import Usage

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


def client_of(usage: Usage) -> Client:
    """The session, and one request by it."""
    in_context = _has_context(usage)
    adapter = _adapter(usage)
    imports = ["import requests"]
    if adapter is not None:
        imports.append("from requests.adapters import HTTPAdapter")
    if not usage.cookies:
        imports.append("from http.cookiejar import DefaultCookiePolicy")
    return Client(
        kind="requests.Session",
        name="session",
        opened=call("new_session"),
        send=_send(usage),
        asynchronous=False,
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
    if usage.read == "bytes":
        return (READS_ALL, sent)
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
    retries = f"max_retries={usage.retries}" if usage.retries else None
    if usage.pool is None:
        return call("HTTPAdapter", retries) if retries else None
    return call(
        "ContextAdapter" if _has_context(usage) else "HTTPAdapter",
        f"pool_connections={usage.pool}",
        f"pool_maxsize={usage.pool}",
        "pool_block=True",
        retries,
    )
