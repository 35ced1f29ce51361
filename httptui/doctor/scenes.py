"""Scenes of the conformance run: jobs for the probe, each with the findings of its judges."""

from __future__ import annotations

from httptui.doctor import judges as connections
from httptui.doctor import judges as errors
from httptui.doctor import judges as messages
from httptui.doctor import judges as policies
from httptui.doctor.bench import TIMEOUT, Bench
from httptui.doctor.findings import SHORT_TIMEOUT, Ask, Finding, Observation

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
    return messages.judge_first(await bench.look(Ask(bench.at_target("/"))))


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
        *messages.judge_head(seen.reply(0), "GET", QUERY, HEADERS),
        messages.judge_body(seen.reply(1), "POST", BODY),
        messages.judge_body(got.reply(), "GET", BODY, "body on GET"),
        messages.judge_method(purged.reply(), bench.witness.heads[before:], OTHER_METHOD),
    )


async def received(bench: Bench) -> Findings:
    """Receive bodies of every kind, and error statuses."""
    large = await bench.look(Ask(bench.at_target(f"/bytes/{messages.LARGE}")))
    chunked = await bench.look(Ask(bench.at_witness("/chunked")))
    head, opened, _ = await bench.counted(Ask(bench.at_target("/"), "HEAD"), Ask(bench.at_target("/")))
    gzip = await bench.look(Ask(bench.at_target("/gzip"), headers=(("Accept-Encoding", "gzip"),)))
    statuses = await bench.look(*(Ask(bench.at_target(f"/status/{status}")) for status in STATUSES))
    return (
        messages.judge_large(large.reply()),
        messages.judge_chunked(chunked.reply()),
        messages.judge_head_request(head, opened),
        messages.judge_gzip(gzip.reply()),
        messages.judge_statuses(statuses, STATUSES),
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
        connections.judge_ipv6(at_ipv6),
        connections.judge_idle(idle, len(bench.witness.heads) - before - 1),
        connections.judge_told(seen, opened),
    )


async def unasked(bench: Bench) -> Findings:
    """Check what the client must not do unless the plan asks for it."""
    redirect, _, hops = await bench.counted(Ask(bench.at_target("/status/302")))
    broken, _, tries = await bench.counted(Ask(bench.at_target("/fault/close")))
    environment = await bench.look(Ask(bench.at_target("/echo")), hostile=True)
    return (
        policies.judge_redirect_off(redirect.reply(), hops),
        policies.judge_cookies("cookies off", await _heads_of_cookies(bench, cookies=False), wanted=False),
        policies.judge_proxies_off(environment.reply(), bench.proxy.opened),
        policies.judge_netrc(environment.reply()),
        policies.judge_retries(broken, tries),
    )


async def asked(bench: Bench) -> Findings:
    """Check the abilities that the engine declares."""
    able = bench.info.abilities
    findings = []
    if "redirects" in able:
        redirect, _, hops = await bench.counted(Ask(bench.at_target("/status/302")), redirects=2)
        findings.append(policies.judge_redirect_on(redirect.reply(), hops))
    if "cookies" in able:
        heads = await _heads_of_cookies(bench, cookies=True)
        findings.append(policies.judge_cookies("cookies on", heads, wanted=True))
    if "trust_env" in able:
        before = bench.proxy.opened
        seen = await bench.look(Ask(bench.at_target("/")), hostile=True, trust_env=True)
        findings.append(policies.judge_proxies_on(seen.reply(), bench.proxy.opened - before))
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
            findings.append(policies.judge_version(version, seen.reply()))
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
    return (*(errors.judge_kind(name, job.reply()) for name, job in seen.items()), errors.judge_after(seen))


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
        errors.judge_kind("unknown authority", unknown.reply()),
        errors.judge_kind("wrong host", wrong.reply()),
        errors.judge_own_authority(its_own.reply()),
        errors.judge_unverified(unverified.reply()),
    )


async def cancelling(bench: Bench) -> Findings:
    """Cancel a request, and send another, with a pool of one."""
    if bench.info.mode == "sync":
        return (Finding("after a cancel", None, "a thread cannot be cancelled: the lane leaves it behind"),)
    held = Ask(bench.at_witness("/hold"), cancel_after=CANCEL_SECONDS)
    seen = await bench.look(held, Ask(bench.at_witness("/")), pool=1)
    return (connections.judge_after_cancel(seen, await bench.witness.none_open()),)


async def _fault(bench: Bench, name: str, url: str) -> Observation:
    timeout = SHORT_TIMEOUT if name in ("hang", "time-out") else TIMEOUT
    return await bench.look(Ask(url), Ask(bench.at_target("/")), timeout=timeout)


async def _heads_of_cookies(bench: Bench, *, cookies: bool) -> list[bytes]:
    """Return the heads of two requests, of which the first is answered with a cookie."""
    before = len(bench.witness.heads)
    await bench.look(Ask(bench.at_witness("/cookie")), Ask(bench.at_witness("/")), cookies=cookies)
    return bench.witness.heads[before:]


SCENES = (sent, received, counted, unasked, asked, versions, faults, certificates, cancelling)
