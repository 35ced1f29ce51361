"""The flags that change a plan, declared once, as click options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from httptui.tui.command import completion

Command = TypeVar("Command", bound=Callable[..., Any])

ENGINE_HELP = """\b
A contender, may be repeated: ENGINE[:REUSE][,key=value…]
reuse: shared, per-worker, per-request, every-N;
keys: loop, http, concurrency, processes, pool, dns_ttl,
read (bytes, text, json, headers), inside (an app), label;
ENGINE may be ./mine.py:MyEngine."""

EXPECT_HELP = """\b
What must hold at the end, or the exit code is 3; may be repeated:
'aiohttp.p99 < 50ms', 'ratio(httpx) > 0.5', 'errors == 0'."""

SWEEP_HELP = """\b
Visit every level of a number in the plan; twice for a grid:
concurrency=1,2,4 or latency_ms=0,10,50 or pool=8,16 or load.rate=100,200"""

_OPTIONS = (
    click.option(
        "--url", help="The target: http://…, https://… or embedded[/path]; {n} is the request's number."
    ),
    click.option(
        "--urls",
        metavar="FILE",
        shell_complete=completion.files,
        help="URLs to request in turn instead, one a line; # begins a comment.",
    ),
    click.option(
        "--order",
        metavar="ORDER",
        shell_complete=completion.one_of("in-order", "shuffle"),
        help="Of several URLs: in-order, or shuffle by the seed.",
    ),
    click.option(
        "-e",
        "--engine",
        "engines",
        multiple=True,
        metavar="SPEC",
        shell_complete=completion.contenders,
        help=ENGINE_HELP,
    ),
    click.option("-c", "--concurrency", type=int, metavar="N", help="Requests in flight, at most."),
    click.option("-n", "--requests", type=int, metavar="N", help="Requests for each contender and round."),
    click.option("-d", "--duration", metavar="TIME", help="Time under load, such as 10s, instead of -n."),
    click.option("--burst", type=int, metavar="N", help="N requests at once, instead of a steady load."),
    click.option(
        "--rate", type=float, metavar="R", help="An open load: R requests a second, whatever comes back."
    ),
    click.option(
        "--arrivals",
        metavar="KIND",
        shell_complete=completion.one_of("constant", "poisson"),
        help="Of an open load: constant or poisson.",
    ),
    click.option("--think", metavar="TIME", help="Pause of each worker after an answer, in a closed load."),
    click.option(
        "--stage",
        "stages",
        multiple=True,
        metavar="TIME:LEVEL",
        help="Take rate or concurrency to LEVEL over TIME, such as 10s:100; may be repeated.",
    ),
    click.option(
        "--schedule",
        metavar="KIND",
        shell_complete=completion.one_of("concurrent", "interleaved", "sequential"),
        help="concurrent, interleaved or sequential.",
    ),
    click.option(
        "--until",
        metavar="WHEN",
        shell_complete=completion.one_of("done", "decided"),
        help="done, or decided: end once the order is settled.",
    ),
    click.option("--blocks", type=int, metavar="N", help="Turns that a timed load is divided into."),
    click.option("--rounds", type=int, metavar="N", help="How often the load is repeated."),
    click.option("--epochs", type=int, metavar="N", help="How often the processes are started anew."),
    click.option("--rest", metavar="TIME", help="Pause between rounds."),
    click.option("--cooldown", metavar="TIME", help="Pause after each interleaved turn."),
    click.option("--seed", type=int, metavar="N", help="Seed of the order of turns, and of arrivals."),
    click.option("--warmup", metavar="WARMUP", help="Not counted: auto, 1s, a number of requests, or 0."),
    click.option("--delta", type=float, metavar="SHARE", help="Called equal within this: 0.03 is 3 %."),
    click.option(
        "--compare",
        metavar="HOW",
        shell_complete=completion.one_of("alike", "as-is"),
        help="alike: rank only contenders that did equal work; as-is: rank all, and flag what differs.",
    ),
    click.option("--pin/--no-pin", default=None, help="Keep each contender on one core."),
    click.option(
        "--probe/--no-probe", default=None, help="A short load at the end, not counted, shows what limits."
    ),
    click.option("-X", "--method", metavar="METHOD", help="GET unless given."),
    click.option(
        "-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Or NAME: env:VARIABLE."
    ),
    click.option(
        "--data",
        metavar="TEXT|@FILE",
        help="The body, env:VARIABLE, or a file's text without line ends; does not change the method.",
    ),
    click.option("--data-binary", metavar="TEXT|@FILE", help="The same, with every byte of the file."),
    click.option("--data-raw", metavar="TEXT", help="The same, of a text that begins with @."),
    click.option(
        "--timeout",
        metavar="TIME",
        help="The longest that one request may take, whatever comes of it meanwhile.",
    ),
    click.option("--retries", type=int, metavar="N", help="Try a failed request again up to N times."),
    click.option(
        "--per-host-rate",
        type=float,
        metavar="R",
        help="Politeness: at most R requests a second to each host, evenly spaced.",
    ),
    click.option(
        "--max-body",
        type=int,
        metavar="BYTES",
        help="Give up larger bodies, as sent or as unpacked (256 MiB unless given).",
    ),
    click.option("--insecure", is_flag=True, help="Do not verify TLS certificates."),
    click.option(
        "--ca-file",
        metavar="FILE",
        shell_complete=completion.files,
        help="Trust the certificate authorities in this file.",
    ),
    click.option("--sweep", "sweeps", multiple=True, metavar="FIELD=LEVELS", help=SWEEP_HELP),
    click.option("--expect", multiple=True, metavar="CLAUSE", help=EXPECT_HELP),
)


def plan_options(command: Command) -> Command:
    """Add every flag that changes a plan; their names are the fields of `PlanFlags`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def consent_option(command: Command) -> Command:
    """Add the flag that grants load to a public host."""
    return click.option(
        "--i-own",
        "owned",
        multiple=True,
        metavar="HOST",
        help="Grant load to this public host, which is yours; may be repeated.",
    )(command)
