"""A seeded campaign of runs of the real command with one fault each: results lost, processes left, hangs, false
output.

Faults and their moments are drawn at random from the groups below. The expected count is zero everywhere.
"""

from __future__ import annotations

import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from random import Random

import psutil

from benchmarks.injecting import COMMAND, LOAD_SECONDS, Fault, Outcome, Trial, run, signalled
from benchmarks.published import Kept, command_line, load_average, publish, surroundings, table

DONE, BAD, NOTHING, INTERRUPTED, KILLED = 0, 2, 4, 130, -signal.SIGKILL
RUNS = 500
COLUMNS = ("fault", "runs", "lost results", "orphans", "hangs", "wrong exit codes", "tracebacks")
SILENCE_SECONDS = 15.0
"""Seconds of silence after which a lane is given up."""
MOST_SHOWN = 20
FEWEST_THREADS = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32)
"""From too few for the command alone to enough for all that a run of two clients starts."""
ANOTHER_USER = 64_738
"""The number of a user whom no system has."""
OF_MOUNTS = (
    ("--json small/a.json --markdown small/a.md", (BAD,), True),
    ("--out small", (BAD, DONE), True),
    ("--json readonly/a.json", (BAD,), False),
    ("--out readonly", (BAD,), False),
)
"""Outputs in a full and in a read-only file system, which only root can create."""


def signals(random: Random) -> Fault:
    """Draw a terminating signal at any moment under load or while results are written."""
    number = random.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    after, times = random.uniform(0.3, LOAD_SECONDS + 1.0), random.choice([1, 1, 2])
    return Fault(
        group="signals under load",
        name=f"{number.name} × {times} after {after:.2f} s",
        codes=(INTERRUPTED, DONE) if after > LOAD_SECONDS else (INTERRUPTED,),
        reported=after > 1.0,
        flags=random.choice([(), ("--json", "a.json"), ("--json", "-")])
        if after < LOAD_SECONDS
        else ("--json", "a.json"),
        inject=signalled(number, after, times=times),
    )


def early_signals(random: Random) -> Fault:
    """Draw a terminating signal before any load."""
    number, after = random.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP]), random.uniform(0.15, 1.0)
    return Fault(
        group="signals at the start",
        name=f"{number.name} after {after:.2f} s",
        # A shell reports a death by SIGINT as 130.
        codes=(INTERRUPTED, -signal.SIGINT, -number),
        inject=signalled(number, -after),
    )


def kills(random: Random) -> Fault:
    """Draw a SIGKILL, after which only the remaining processes can be judged."""
    after = random.uniform(0.0, LOAD_SECONDS)
    return Fault(
        group="the command is killed",
        name=f"after {after:.2f} s",
        codes=(KILLED,),
        inject=signalled(signal.SIGKILL, after),
    )


def stops(random: Random) -> Fault:
    """Draw a time for which the command is suspended."""
    seconds = random.choice([0.5, 3.0, SILENCE_SECONDS + 3.0])

    def inject(trial: Trial) -> None:
        trial.under_load()
        trial.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        trial.process.send_signal(signal.SIGCONT)

    return Fault(
        group="the command is stopped",
        name=f"for {seconds:g} s",
        codes=(DONE,),
        reported=True,
        flags=("--json", "a.json"),
        inject=inject,
        more_seconds=seconds,
    )


def lanes(random: Random) -> Fault:
    """Draw a client process that is killed or frozen while the other finishes."""
    number, after = random.choice([signal.SIGKILL, signal.SIGSTOP]), random.uniform(0.2, LOAD_SECONDS * 0.8)
    return Fault(
        group="a client's process ends or hangs",
        name=f"{number.name} after {after:.2f} s",
        codes=(DONE,),
        reported=True,
        flags=("--json", "a.json"),
        inject=partial(_to_one, Trial.lanes, number, after),
        more_seconds=SILENCE_SECONDS,
    )


def targets(random: Random) -> Fault:
    """Draw an embedded target that is killed or frozen."""
    number, after = random.choice([signal.SIGKILL, signal.SIGSTOP]), random.uniform(0.5, LOAD_SECONDS * 0.6)
    return Fault(
        group="the built-in target ends or hangs",
        name=f"{number.name} after {after:.2f} s",
        codes=(BAD,),
        reported=True,
        flags=random.choice([(), ("--json", "a.json")]),
        inject=partial(_to_one, Trial.targets, number, after),
    )


def servers(random: Random) -> Fault:
    """Draw a foreign server that hangs, dies or restarts."""
    what, after = random.choice(["hangs", "dies", "restarts"]), random.uniform(0.3, LOAD_SECONDS)
    port = _free_port()

    def inject(trial: Trial, server: subprocess.Popen[bytes]) -> None:
        trial.under_load()
        time.sleep(after)
        server.send_signal(signal.SIGSTOP if what == "hangs" else signal.SIGKILL)
        if what == "restarts":
            server.wait()
            with _server(port), suppress(subprocess.TimeoutExpired):
                trial.process.wait(LOAD_SECONDS)

    return Fault(
        group="another target",
        name=f"{what} after {after:.2f} s",
        codes=(DONE, NOTHING),
        reported=True,
        flags=("--url", f"http://127.0.0.1:{port}/", "--json", "a.json"),
        inject=inject,
        around=partial(_server, port),
    )


def streams(random: Random) -> Fault:
    """Draw a stdout or stderr that is closed, full, or abandoned by its reader."""
    shell, flags, codes = random.choice(
        [
            ("{} 2>&-", (), (DONE,)),
            ("{} 2>/dev/full", (), (DONE,)),
            ("{} 2> >(head -n 1 >/dev/null)", (), (DONE,)),
            ("{} 2> >(sleep 9)", ("--json", "a.json"), (DONE,)),
            ("{} >&-", ("--json", "a.json"), (DONE,)),
            ("{} >/dev/full", ("--json", "-"), (BAD,)),
            ("{} > >(true)", ("--json", "-", "--csv", "a.csv"), (BAD, DONE)),
            ("{} > >(head -n 1 >/dev/null)", ("--stream", "--out", "."), (BAD, DONE)),
            ("{} > >(head -n 1 >/dev/null)", ("--stream",), (BAD,)),
            ("{} >&- 2>&- 0<&-", (), (DONE,)),
        ]
    )
    return Fault(
        group="streams",
        name=f"{shell} {' '.join(flags)}",
        codes=codes,
        reported=flags != ("--stream",),
        shell=shell,
        flags=flags,
    )


def outputs(random: Random) -> Fault:
    """Draw an output that cannot be written, or is not a regular file."""
    first, codes, reported = random.choice(
        [
            ("--json /dev/full --csv a.csv", (BAD,), True),
            ("--json fifo", (BAD,), True),
            ("--json /dev/null --out .", (DONE,), True),
            ("--json link --csv /dev/fd/2", (DONE,), True),
            ("--json a.json --csv missing/a.csv", (BAD,), False),
            *(OF_MOUNTS if os.geteuid() == 0 else ()),
        ]
    )
    prepare = "mkfifo fifo; ln -s a.json link; mkdir small readonly; "
    mounts = "mount -t tmpfs -o size=8k none small; mount -t tmpfs -o ro none readonly; "
    wrapped = f"unshare --mount bash -c {shlex.quote(f'{prepare}{mounts}{{}}')}"
    return Fault(
        group="outputs",
        name=first,
        codes=codes,
        reported=reported,
        flags=shlex.split(first),
        shell=wrapped if os.geteuid() == 0 else f"{prepare}{{}}",
        more_seconds=5.0,
    )


def limits(random: Random) -> Fault:
    """Draw a limit of few descriptors or little memory."""
    kind, name, most = random.choice(
        [
            *((resource.RLIMIT_NOFILE, "descriptors", number) for number in (12, 20, 32, 48)),
            *((resource.RLIMIT_AS, "MiB of memory", number) for number in (80, 200, 400)),
        ]
    )
    scale = 2**20 if kind == resource.RLIMIT_AS else 1
    return Fault(
        group="limits",
        name=f"{most} {name}",
        codes=(DONE, BAD, NOTHING, 1),
        limits={kind: most * scale},
        flags=("--json", "a.json"),
    )


def threads(random: Random) -> Fault:
    """Limit processes and threads to fewer than a run starts."""
    return few_threads(random.choice(FEWEST_THREADS))


def few_threads(most: int) -> Fault:
    """The whole run may have so many processes and threads; root, who has no such limit, runs it as another user."""
    ways = "--inh-caps={0} --ambient-caps={0}".format("-all,+dac_override,+fowner")
    line = f"ulimit -u {most if os.geteuid() == 0 else most + _own_threads()}; {{}}"
    as_another = f"exec setpriv --reuid={ANOTHER_USER} --clear-groups {ways} bash -c {shlex.quote(line)}"
    return Fault(
        group="few threads",
        name=f"{most} processes and threads",
        codes=(DONE, BAD, NOTHING),
        shell=as_another if os.geteuid() == 0 else line,
        flags=("--json", "a.json"),
    )


def terminals(random: Random) -> Fault:
    """Draw a terminal of the app that vanishes, with or without a signal, also while the app is suspended."""
    controlling, stopped = random.random() < 0.5, random.random() < 0.5

    def inject(trial: Trial) -> None:
        assert trial.terminal is not None
        trial.terminal.read_for(random.uniform(0.5, 1.5))
        if stopped:
            trial.process.send_signal(signal.SIGSTOP)
        trial.terminal.vanish()
        if stopped:
            trial.process.send_signal(signal.SIGCONT)

    told = "with SIGHUP" if controlling else "without a signal"
    return Fault(
        group="terminals",
        name=f"vanishes {told}{', stopped' if stopped else ''}",
        codes=(INTERRUPTED,),
        reported=True,
        on_terminal=True,
        controlling=controlling,
        inject=inject,
        seconds=30.0,
        more_seconds=-20.0,
    )


KINDS: tuple[Callable[[Random], Fault], ...] = (
    signals,
    signals,
    early_signals,
    kills,
    stops,
    lanes,
    targets,
    servers,
    streams,
    streams,
    outputs,
    outputs,
    limits,
    threads,
    terminals,
)


def fault_of(seed: int, number: int) -> Fault:
    """Return the fault of one run of a campaign."""
    random = Random(f"{seed}-{number}")
    return random.choice(KINDS)(random)


def body_of(outcomes: list[Outcome]) -> str:
    """Return the table, and the first runs in which anything went wrong."""
    groups = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.group].append(outcome)
    rows = [_row(group, groups[group]) for group in sorted(groups)]
    faulty = [outcome for outcome in outcomes if not outcome.faultless]
    shown = [
        f"- {one.group}, {one.fault}: exit code {one.code} after {one.seconds:.1f} s"
        for one in faulty[:MOST_SHOWN]
    ]
    return "\n\n".join(
        [table(COLUMNS, [*rows, _row("all", outcomes)]), *(["\n".join(shown)] if shown else [])]
    )


def _row(group: str, outcomes: list[Outcome]) -> list[str]:
    counts = (
        len(outcomes),
        sum(one.lost for one in outcomes),
        sum(one.orphans for one in outcomes),
        sum(one.hung for one in outcomes),
        sum(one.wrong_code for one in outcomes),
        sum(one.traceback for one in outcomes),
    )
    return [group, *map(str, counts)]


def _to_one(
    which: Callable[[Trial], list[psutil.Process]], number: signal.Signals, after: float, trial: Trial
) -> None:
    """Send a signal to one of a run's processes."""
    trial.under_load()
    time.sleep(after)
    with suppress(Exception):
        which(trial)[0].send_signal(number)


def _own_threads() -> int:
    """Count the processes and threads of this user, all of which count against the limit."""
    own = [process for process in psutil.process_iter(["uids", "num_threads"]) if process.info["uids"]]
    return sum(
        process.info["num_threads"] or 1 for process in own if process.info["uids"].real == os.getuid()
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def _server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a target at a port in a separate process, and end it afterwards."""
    command = [*COMMAND, "target", "--port", str(port)]
    server = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()
        yield server
    finally:
        server.kill()
        server.communicate()


def main() -> int:
    """Run the campaign; return 1 if anything went wrong."""
    parser = command_line(__doc__, "an hour with 500 runs", resumable=True)
    parser.add_argument(
        "--runs", type=int, default=RUNS, metavar="N", help="how many runs (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="seed of the faults and their moments"
    )
    arguments = parser.parse_args()
    load = load_average()
    kept = Kept("faults", Outcome, resumed=arguments.resume)
    names = [f"{arguments.seed}-{number}" for number in range(arguments.runs)]
    for number, name in enumerate(names):
        if name not in kept.parts:
            outcome = run(fault_of(arguments.seed, number))
            kept.keep(name, outcome)
            told = "" if outcome.faultless else f"\n{outcome}"
            print(
                f"{number + 1} of {len(names)}: {outcome.group}, {outcome.fault}: {outcome.code}{told}",
                file=sys.stderr,
            )
    outcomes = [kept.parts[name] for name in names]
    body = f"{body_of(outcomes)}\n\nSeed {arguments.seed}. {surroundings(load)}"
    publish("faults", body, write=arguments.write)
    return 0 if all(outcome.faultless for outcome in outcomes) else 1


if __name__ == "__main__":
    if os.name != "posix":
        sys.exit("faults are injected on POSIX systems only")
    sys.exit(main())
