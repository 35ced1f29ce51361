"""Examination of engines, a few at a time; each is reported as soon as it is done.

Scenes are jobs for the probe, each with the findings of its judges; lanes check the engine in real runs, as a
contender.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing, suppress

from httptui.doctor.bench import TIMEOUT, Bench, GaveUpError, Grounds, open_bench, open_grounds
from httptui.doctor.findings import (
    SHORT_TIMEOUT,
    Ask,
    Examination,
    Finding,
    Observation,
    excused,
    whole,
)
from httptui.doctor.judges import (
    EXPECTED,
    LARGE,
    REQUESTS,
    judge_after,
    judge_after_cancel,
    judge_body,
    judge_cancelled,
    judge_chunked,
    judge_cookies,
    judge_first,
    judge_gzip,
    judge_head,
    judge_head_request,
    judge_idle,
    judge_ipv6,
    judge_kind,
    judge_lanes,
    judge_large,
    judge_left,
    judge_method,
    judge_netrc,
    judge_own_authority,
    judge_proxies_off,
    judge_proxies_on,
    judge_redirect_off,
    judge_redirect_on,
    judge_retries,
    judge_statuses,
    judge_told,
    judge_unverified,
    judge_version,
)
from httptui.engines.registry import EngineInfo
from httptui.errors import HttptuiError
from httptui.plan.model import Contender, Load, Plan, Policy, Schedule, Target
from httptui.results.report import Report
from httptui.runs.conductor import run
from httptui.safe_text import safe_text

AT_ONCE = 4


async def examine(
    engines: Sequence[EngineInfo], *, accepted: Collection[str] = (), at_once: int = AT_ONCE
) -> AsyncGenerator[Examination, None]:
    """Yield the examination of each engine, in the order of completion.

    `accepted` are checks whose failure counts as an exception. Raises TargetError if the target does not start.
    """
    turns = asyncio.Semaphore(at_once)
    http2 = any("2" in info.http_versions for info in engines)
    async with open_grounds(len(engines), http2=http2) as grounds:

        async def taking_turns(index: int) -> Examination:
            async with turns:
                return await _examine_one(engines[index], grounds, index, accepted)

        tasks = [asyncio.create_task(taking_turns(index)) for index in range(len(engines))]
        try:
            for done in asyncio.as_completed(tasks):
                yield await done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def _examine_one(
    info: EngineInfo, grounds: Grounds, index: int, accepted: Collection[str]
) -> Examination:
    async with open_bench(info, grounds, index) as bench:
        failed = await bench.probe.start()
        found = [Finding("loads", failed is None, failed or "imported")]
        if found[-1].passed:
            found.append(await first(bench))
        if found[-1].passed:
            found += await _findings(bench)
    return Examination(
        engine=info.name,
        package=info.package,
        version=info.version,
        findings=tuple(excused(info.name, finding, accepted) for finding in whole(found)),
    )


async def _findings(bench: Bench) -> list[Finding]:
    """Return all findings but the first; lanes and probe work side by side, each with its own targets."""
    name = bench.info.name
    tasks = [
        asyncio.create_task(part)
        for part in (
            _probed(bench),
            connections_of_lanes(name),
            cancelling_of_lane(name, bench.beside(f"/fault/hang?seconds={HANG_SECONDS}")),
        )
    ]
    try:
        parts = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    return [finding for part in parts for finding in part]


async def _probed(bench: Bench) -> tuple[Finding, ...]:
    found: list[Finding] = []
    with suppress(GaveUpError):
        for scene in SCENES:
            found += await scene(bench)
    return (*found, judge_left(bench.sockets, bench.all_gone, bench.failures))


Findings = tuple[Finding, ...]

HEADERS = (
    ("X-First", "1"),
    ("User-Agent", "httptui-doctor/1"),
    ("Accept-Encoding", "identity"),
    ("x-lower", "two words"),
    ("X-oDD-cAsE", "as-is"),
    ("Authorization", "Bearer of-the-plan"),
    ("Cookie", "plan=1"),
    ("X-Last", '"quoted"; q=0.5'),
)
BODY = bytes(range(256)) * 16
STATUSES = (404, 503)
LATE_MS = 8_000
CANCEL_SECONDS = 0.3
OTHER_METHOD = "PURGE"
IDLE_MS = 200
QUERY = "/echo?a=b%20c&a=%2F"


async def first(bench: Bench) -> Finding:
    """Send the first request, without which the other scenes are pointless."""
    return judge_first(await bench.look(Ask(bench.at_target("/"))))


async def sent(bench: Bench) -> Findings:
    """Observe a GET and a POST as they arrive."""
    seen = await bench.look(
        Ask(bench.at_target(QUERY), headers=HEADERS),
        Ask(bench.at_target("/echo"), "POST", (("Content-Type", "application/octet-stream"),), BODY),
    )
    got = await bench.look(Ask(bench.at_target("/echo"), body=BODY))
    before = len(bench.witness.heads)
    purged = await bench.look(Ask(bench.at_witness("/"), OTHER_METHOD))
    return (
        *judge_head(seen.reply(0), "GET", QUERY, HEADERS),
        judge_body(seen.reply(1), "POST", BODY),
        judge_body(got.reply(), "GET", BODY, "body on GET"),
        judge_method(purged.reply(), bench.witness.heads[before:], OTHER_METHOD),
    )


async def received(bench: Bench) -> Findings:
    """Receive bodies of every kind, and error statuses."""
    large = await bench.look(Ask(bench.at_target(f"/bytes/{LARGE}")))
    chunked = await bench.look(Ask(bench.at_witness("/chunked")))
    head, opened, _ = await bench.counted(Ask(bench.at_target("/"), "HEAD"), Ask(bench.at_target("/")))
    gzip = await bench.look(Ask(bench.at_target("/gzip"), headers=(("Accept-Encoding", "gzip"),)))
    statuses = await bench.look(*(Ask(bench.at_target(f"/status/{status}")) for status in STATUSES))
    return (
        judge_large(large.reply()),
        judge_chunked(chunked.reply()),
        judge_head_request(head, opened),
        judge_gzip(gzip.reply()),
        judge_statuses(statuses, STATUSES),
    )


async def counted(bench: Bench) -> Findings:
    """Check the count of two connections, a connection to [::1], and one that the server closes while idle."""
    path = Ask(bench.at_target("/"))
    seen, opened, _ = await bench.counted(path, Ask(bench.at_target("/fault/close")), path, path)
    ipv6 = bench.grounds.ipv6
    at_ipv6 = None if ipv6 is None else await bench.look(Ask(f"http://[::1]:{ipv6.port}/"))
    before = len(bench.witness.heads)
    idle = await bench.look(
        Ask(bench.at_witness("/quiet")),
        Ask(bench.at_target(f"/delay/{IDLE_MS}")),
        Ask(bench.at_witness("/")),
        pool=2,
    )
    return (
        judge_ipv6(at_ipv6),
        judge_idle(idle, len(bench.witness.heads) - before - 1),
        judge_told(seen, opened),
    )


async def unasked(bench: Bench) -> Findings:
    """Check what the client must not do unless the plan asks for it."""
    redirect, _, hops = await bench.counted(Ask(bench.at_target("/status/302")))
    broken, _, tries = await bench.counted(Ask(bench.at_target("/fault/close")))
    environment = await bench.look(Ask(bench.at_target("/echo")), hostile=True)
    return (
        judge_redirect_off(redirect.reply(), hops),
        judge_cookies("cookies off", await _heads_of_cookies(bench, cookies=False), wanted=False),
        judge_proxies_off(environment.reply(), bench.proxy.opened),
        judge_netrc(environment.reply()),
        judge_retries(broken, tries),
    )


async def asked(bench: Bench) -> Findings:
    """Check the abilities that the engine declares."""
    able = bench.info.abilities
    findings = []
    if "redirects" in able:
        redirect, _, hops = await bench.counted(Ask(bench.at_target("/status/302")), redirects=2)
        findings.append(judge_redirect_on(redirect.reply(), hops))
    if "cookies" in able:
        heads = await _heads_of_cookies(bench, cookies=True)
        findings.append(judge_cookies("cookies on", heads, wanted=True))
    if "trust_env" in able:
        before = bench.proxy.opened
        seen = await bench.look(Ask(bench.at_target("/")), hostile=True, trust_env=True)
        findings.append(judge_proxies_on(seen.reply(), bench.proxy.opened - before))
    checks = {"redirects": "redirects on", "cookies": "cookies on", "trust_env": "proxies on"}
    missing = [
        Finding(check, None, "not among its abilities") for name, check in checks.items() if name not in able
    ]
    return (*findings, *missing)


async def versions(bench: Bench) -> Findings:
    """Check each HTTP version with both on offer."""
    findings = []
    for version in ("1.1", "2"):
        if version in bench.info.http_versions:
            seen = await bench.look(
                Ask(bench.at_encrypted("/echo")), http=version, ca_file=bench.grounds.encrypted.ca_file
            )
            findings.append(judge_version(version, seen.reply()))
        else:
            findings.append(Finding(f"HTTP/{version}", None, "not among its versions"))
    return tuple(findings)


async def faults(bench: Bench) -> Findings:
    """Cause every fault of the target, a closed port and an unknown name, each followed by a normal request."""
    urls = {name: bench.at_target(f"/fault/{name}") for name in ("close", "reset", "truncate", "malformed")}
    urls["hang"] = bench.at_target(f"/fault/hang?seconds={LATE_MS // 1000}")
    urls["refused"] = f"http://127.0.0.1:{bench.grounds.closed_port}/"
    urls["dns"] = "http://no-such-host.invalid/"
    urls["time-out"] = bench.at_target(f"/delay/{LATE_MS}")
    seen = {name: await _fault(bench, name, url) for name, url in urls.items()}
    return (*(judge_kind(name, job.reply()) for name, job in seen.items()), judge_after(seen))


async def certificates(bench: Bench) -> Findings:
    """Connect with certificates that must be refused, and with some that must be accepted."""
    url, grounds = bench.at_encrypted("/"), bench.grounds
    unknown = await bench.look(Ask(url))
    stranger = f"https://127.0.0.1:{grounds.stranger.port}/"
    wrong = await bench.look(Ask(stranger), ca_file=grounds.strangers_ca)
    own = f"https://127.0.0.1:{grounds.own_authority.port}/"
    its_own = await bench.look(Ask(own), ca_file=grounds.own_authoritys_ca)
    unverified = await bench.look(Ask(url), verify=False)
    return (
        judge_kind("unknown authority", unknown.reply()),
        judge_kind("wrong host", wrong.reply()),
        judge_own_authority(its_own.reply()),
        judge_unverified(unverified.reply()),
    )


async def cancelling(bench: Bench) -> Findings:
    """Cancel a request, and send another, with a pool of one."""
    if bench.info.mode == "sync":
        return (Finding("after a cancel", None, "a thread cannot be cancelled: the lane leaves it behind"),)
    held = Ask(bench.at_witness("/hold"), cancel_after=CANCEL_SECONDS)
    seen = await bench.look(held, Ask(bench.at_witness("/")), pool=1)
    return (judge_after_cancel(seen, await bench.witness.none_open()),)


async def _fault(bench: Bench, name: str, url: str) -> Observation:
    timeout = SHORT_TIMEOUT if name in ("hang", "time-out") else TIMEOUT
    return await bench.look(Ask(url), Ask(bench.at_target("/")), timeout=timeout)


async def _heads_of_cookies(bench: Bench, *, cookies: bool) -> list[bytes]:
    """Return the heads of two requests, of which the first is answered with a cookie."""
    before = len(bench.witness.heads)
    await bench.look(Ask(bench.at_witness("/cookie")), Ask(bench.at_witness("/")), cookies=cookies)
    return bench.witness.heads[before:]


SCENES = (sent, received, counted, unasked, asked, versions, faults, certificates, cancelling)


DELAY_MS = 20
RUN_SECONDS = 90.0
IN_FLIGHT = 3
LANE_TIMEOUT = 10.0
HANG_SECONDS = 120


def connections_plan(engine: str) -> Plan:
    """Build a plan with one contender for each check of EXPECTED, in that order."""
    ways = {
        "keep-alive": Contender(engine=engine, concurrency=1),
        "shared": Contender(engine=engine, concurrency=4),
        "per-worker": Contender(engine=engine, reuse="per-worker", concurrency=4),
        "per-request": Contender(engine=engine, reuse="per-request", concurrency=1),
        "every-5": Contender(engine=engine, reuse="every-5", concurrency=1),
        "pool size": Contender(engine=engine, concurrency=6, pool=2),
    }
    return Plan(
        target=Target(url=f"embedded/delay/{DELAY_MS}"),
        policy=Policy(timeout=LANE_TIMEOUT),
        load=Load(requests=REQUESTS),
        schedule=Schedule(kind="concurrent", warmup=0),
        contender=tuple(ways[check] for check in EXPECTED),
    )


def cancel_plan(engine: str, url: str) -> Plan:
    """Build a plan of IN_FLIGHT requests to a URL that does not answer during the run."""
    return Plan(
        target=Target(url=url),
        policy=Policy(timeout=HANG_SECONDS),
        load=Load(requests=IN_FLIGHT, concurrency=IN_FLIGHT),
        schedule=Schedule(kind="concurrent", warmup=0),
        contender=(Contender(engine=engine),),
    )


async def connections_of_lanes(engine: str) -> tuple[Finding, ...]:
    """Check how many connections each way of using the client opens."""
    report, failure = await _conduct(connections_plan(engine))
    seen = {} if report is None else dict(zip(EXPECTED, report.contenders, strict=True))
    return judge_lanes(seen, failure)


async def cancelling_of_lane(engine: str, url: str) -> tuple[Finding, ...]:
    """Check the counts of a run that is stopped with requests in flight."""
    report, failure = await _conduct(cancel_plan(engine, url), stop_at=IN_FLIGHT)
    stopped = None if report is None else report.contenders[0]
    return (judge_cancelled(stopped, IN_FLIGHT, failure),)


async def _conduct(plan: Plan, stop_at: int | None = None) -> tuple[Report | None, str]:
    """Run a plan, and stop it once so many requests are in flight; return the report, or None and the reason."""
    try:
        async with asyncio.timeout(RUN_SECONDS), aclosing(run(plan)) as running:
            async for item in running:
                if isinstance(item, Report):
                    return item, ""
                if sum(view.in_flight for view in item.contenders) == stop_at:
                    running.stop()
    except TimeoutError:
        return None, f"the run did not end within {RUN_SECONDS:g} s"
    except HttptuiError as error:
        return None, safe_text(str(error))
    return None, "the run ended without a report"
