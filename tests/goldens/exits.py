"""The exit codes of a fixed list of commands that send no request."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.goldens.calling import called
from tests.goldens.derived import slowed

BUG = 1

COMMANDS = """
--version
--help
-h
run --help
presest
--nonsense
--preset demmo
--preset secret.toml
'http://a b/'
app --preset typo.toml
run demmo
run missing.toml
run typo.toml
run secret.toml
run empty.json
run other.json
run http://127.0.0.1:9/
run --nonsense
run -c 0
run -c many
run -n
run -d soon
run -H colon
run -e nobody
run -e aiohttp,size=3
run -e httpx,http=2 --url http://127.0.0.1:9/
run -e ./missing.py:Mine
run --url ''
run --url http://127.0.0.1:9/ --urls urls.txt
run --urls missing.txt
run --data @missing.txt
run --data text --data-raw text
run --expect 'speed < 5'
run --expect 'aiohttp.p99 < 5 apples'
run --sweep levels
run --sweep pool=1,2 --sweep pool=4,8
run --json - --stream
run --json missing/report.json
run --json .
run --markdown - --csv -
run knee --settle
run knee --hgrm percentiles
run --url http://203.0.113.7/
run --urls urls.txt
run --url http://169.254.169.254/ --i-own 169.254.169.254
presets
presets list
presets show demo
presets show typo.toml
presets show nobody
presets check demo
presets check typo.toml
presets check missing.toml
presets schema
presets nonsense
code demo A
code demo --list
code demo Z
code -e raw demo A
code nobody
engines
engines list
engines show raw
engines show nobody
engines nonsense
doctor nobody
doctor ./missing.py:Mine
doctor raw --accept nothing
doctor raw --json missing/doctor.json
doctor raw --json - --markdown -
selftest --seconds 5
selftest --json missing/selftest.json
report
report show run.json
report show sweep.json
report show missing.json
report show empty.json
report show other.json
report show -
report export run.json
report export run.json --csv -
report export run.json --html missing/page.html
report export run.json --html - --csv -
report export run.json --hgrm percentiles
report export run.json --hgrm -
report export run.json --hgrm - --contender A
report export run.json --hgrm - --contender Z
report export run.json --hgrm - --contender A --what response
report export run.json --csv - --contender A
report export run.json --hgrm percentiles --what service
report export sweep.json --bmf -
report export sweep.json --hgrm percentiles
report compare run.json
report compare run.json run.json
report compare run.json slow.json
report compare run.json slow.json -t 'req_per_s > -5%'
report compare run.json slow.json -t 'req_per_s > -5%' --strict
report compare run.json slow.json -t 'req_per_s > -5%' --point
report compare run.json slow.json -t 'req_per_s > -50%' --point
report compare run.json slow.json -t 'req_per_s == 1%'
report compare run.json slow.json -t 'speed > 1%'
report compare run.json slow.json -t 'curl.p99 < 1%'
report compare run.json slow.json --point --significant
report compare run.json slow.json --control nobody
report compare run.json slow.json --json - --html -
report compare run.json sweep.json
report compare sweep.json sweep.json
report compare sweep.json grid.json
report compare run.json missing.json
report compare - -
target --port 99999
target --latency soon
target --error-rate 2
config
config path
config show
config schema
config keys
config init
config init
config nonsense
completion bash
completion zsh
completion fish
completion tcsh
completion
"""

FILES = {
    "empty.json": "",
    "other.json": '{"schema": "httptui.report/9"}',
    "typo.toml": '[load]\nconcurency = 4\n[[contender]]\nengine = "aiohttp"\n',
    "secret.toml": '[target]\nurl = "http://127.0.0.1:9/"\nheaders.X-Token = "env:GOLDEN_TOKEN"\n'
    '[[contender]]\nengine = "raw"\n',
    "urls.txt": "http://127.0.0.1:9/\nhttp://203.0.113.7/\n",
}


def exit_codes(folder: Path, run: bytes, sweeps: tuple[bytes, bytes]) -> str:
    """Return a line for each command: its code and its words."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    reports = {"run": run, "slow": slowed(run), "sweep": sweeps[0], "grid": sweeps[1]}
    for name, data in reports.items():
        (folder / f"{name}.json").write_bytes(data)
    return "".join(f"{code:3}  {line}\n" for code, line in _codes())


def _codes() -> Iterator[tuple[int, str]]:
    """Run each command; AssertionError if one fails by a bug, whose code must not be recorded."""
    for line in COMMANDS.strip().splitlines():
        done = called(*shlex.split(line))
        if done.code == BUG:
            raise AssertionError(f"httptui {line}: {done.err}")
        yield done.code, line
