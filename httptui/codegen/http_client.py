"""http.client of the standard library: one connection per thread."""

from __future__ import annotations

from httptui.codegen.client import Client, raised, tls_lines
from httptui.codegen.texts import Line, block, call
from httptui.codegen.usage import Usage

NO_POOL_NOTE = "http.client has no pool: each thread keeps a connection of its own."


ERRORS = (
    raised("ConnectionRefusedError", "refused"),
    raised("socket.gaierror", "dns"),
    raised("ssl.SSLError", "tls"),
    raised("TimeoutError", "timeout connect_timeout read_timeout"),
    raised("ConnectionError", "disconnected refused"),
    raised("http.client.IncompleteRead", "truncated"),
    raised("http.client.HTTPException", "protocol truncated disconnected"),
)


def client_of(usage: Usage) -> Client:
    """Describe the connection, closed at the end of its block, and one request with it."""
    kind = "http.client.HTTPSConnection" if usage.tls else "http.client.HTTPConnection"
    in_context = usage.tls and (usage.pool is not None or usage.own_trust)
    context = "context=TLS" if in_context else None
    return Client(
        header_values="bytes",
        kind=kind,
        name="connection",
        opened=call("closing", call(kind, "HOST", "PORT", f"timeout={usage.timeout}", context)),
        send=_send(usage),
        status="response.status",
        asynchronous=False,
        errors=ERRORS,
        imports=("import http.client", "from contextlib import closing"),
        target=(f'HOST, PORT = "{usage.requested.host}", {usage.requested.port}',),
        requested="PATH",
        constants=tls_lines(usage) if in_context else (),
        notes=(NO_POOL_NOTE,) if usage.reuse == "shared" else (),
        shareable=False,
    )


def _send(usage: Usage) -> tuple[Line, ...]:
    sent = call(
        "connection.request",
        f'"{usage.method}"',
        usage.at("PATH"),
        "body=BODY" if usage.has_body else None,
        "headers=HEADERS",
    )
    if usage.tries.most == 1:
        return (sent, "connection.getresponse().read()")
    answered: list[Line] = [sent, "response = connection.getresponse()", "response.read()"]
    opened_anew = ["connection.close()  # The next request opens it anew.", "raise"]
    return ("try:", *block(1, answered), "except Exception:", *block(1, opened_anew))
