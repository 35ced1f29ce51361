"""http.client of the standard library: one connection for each thread."""

from __future__ import annotations

from httptui.snippets.layout import call
from httptui.snippets.script import Client, tls_lines
from httptui.snippets.usage import Usage

NO_POOL_NOTE = "http.client has no pool: each thread keeps a connection of its own."


def client_of(usage: Usage) -> Client:
    """The connection, closed at the end of its block, and one request by it."""
    kind = "http.client.HTTPSConnection" if usage.tls else "http.client.HTTPConnection"
    in_context = usage.tls and (usage.pool is not None or usage.own_trust)
    context = "context=TLS" if in_context else None
    return Client(
        kind=kind,
        name="connection",
        opened=call("closing", call(kind, "HOST", "PORT", f"timeout={usage.timeout}", context)),
        send=(
            call(
                "connection.request",
                f'"{usage.method}"',
                "PATH",
                "body=BODY" if usage.body else None,
                "headers=HEADERS",
            ),
            "connection.getresponse().read()",
        ),
        asynchronous=False,
        imports=("import http.client", "from contextlib import closing"),
        target=(f'HOST, PORT = "{usage.host}", {usage.port}', f"PATH = {usage.path}"),
        constants=tls_lines(usage) if in_context else (),
        notes=(NO_POOL_NOTE,) if usage.reuse == "shared" else (),
        shareable=False,
    )
