"""`httptui target`: the embedded target alone, in the foreground."""

from __future__ import annotations

import click

from httptui.errors import PlanError
from httptui.tui.cli.plan_options import seconds_of_text


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="The port; 0, the default, takes a free one."
)
@click.option("--latency", default="0", metavar="TIME", help="Wait this long before each answer.")
@click.option("--jitter", default="0", metavar="TIME", help="Vary this wait by up to this much.")
@click.option(
    "--error-rate", type=click.FloatRange(0, 1), default=0.0, help="Share of requests answered with a 503."
)
@click.option("--tls", is_flag=True, help="Serve HTTPS, with a certificate of its own CA.")
@click.option("--http2", is_flag=True, help="Serve HTTP/2 over TLS.")
def target(port: int, latency: str, jitter: str, error_rate: float, tls: bool, http2: bool) -> int:
    """Serve the embedded target on 127.0.0.1 until Ctrl-C, and print its URL on stdout.

    \b
    Paths: / (1 KiB), /bytes/N, /json/N, /gzip, /delay/MS, /cpu/MS (of CPU), /status/CODE,
    /stats, /echo, /fault/{close,truncate,malformed,drip,hang,reset};
    query: ?latency_ms=&jitter_ms=&error_rate=
    """
    from httptui.target.server import run_foreground

    return run_foreground(
        port=port,
        latency_ms=_milliseconds("--latency", latency),
        jitter_ms=_milliseconds("--jitter", jitter),
        error_rate=error_rate,
        tls=tls,
        http2=http2,
    )


def _milliseconds(flag: str, text: str) -> float:
    try:
        return seconds_of_text(text) * 1000
    except ValueError as allowed:
        raise PlanError(f"{flag}: {text!r} is not allowed; {allowed}") from None
