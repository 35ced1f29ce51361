"""Who may be put under load; every name is resolved by the test, so no packet leaves."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from httptui.errors import ExitCode, NothingFinishedError, PlanError, RefusedError
from httptui.plan.model import Contender, Plan, Policy, Target
from httptui.runs.consent import Reach, check_all_consent, check_plan, reach_of
from httptui.tui.cli import allowing

HOSTS: dict[str, list[str]] = {
    "localhost": ["127.0.0.1", "::1"],
    "here.example": ["192.168.1.5"],
    "shop.example": ["203.0.113.7"],
    "mixed.example": ["127.0.0.1", "203.0.113.7"],
    "home.example": ["127.0.0.1", "10.0.0.1"],
    "trap.example": ["127.0.0.1", "169.254.169.254"],
    "empty.example": [],
}
asked: list[tuple[str, int]] = []
OWN = """
from httptui.engines.base import SyncEngine

class Mine(SyncEngine):
    abilities = ("redirects",)
    resolver = "{}"

    def send(self, request):
        return 200, b"", "1.1"
"""


async def resolve(host: str, port: int) -> Sequence[str]:
    asked.append((host, port))
    if host in HOSTS:
        return HOSTS[host]
    try:
        reach_of(host)
    except ValueError:
        raise socket.gaierror(-2, "Name or service not known") from None
    return [host]


async def consent(url: str, *granted: str) -> tuple[str, ...]:
    asked.clear()
    return (await check_all_consent(Target(url=url), frozenset(granted), resolve)).warnings


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("127.0.0.1", Reach.LOOPBACK),
        ("127.9.9.9", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.31.0.1", Reach.PRIVATE),
        ("192.168.0.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("169.254.1.1", Reach.PRIVATE),
        ("0.0.0.0", Reach.PRIVATE),
        ("fd12::1", Reach.PRIVATE),
        ("fe80::1%eth0", Reach.PRIVATE),
        ("::ffff:10.0.0.1", Reach.PRIVATE),
        ("172.32.0.1", Reach.PUBLIC),
        ("8.8.8.8", Reach.PUBLIC),
        ("2001:4860:4860::8888", Reach.PUBLIC),
        ("::ffff:8.8.8.8", Reach.PUBLIC),
        ("224.0.0.1", Reach.PUBLIC),
        ("169.254.169.254", Reach.METADATA),
        ("::ffff:169.254.169.254", Reach.METADATA),
        ("64:ff9b::a9fe:a9fe", Reach.METADATA),
        ("2002:a9fe:a9fe::1", Reach.METADATA),
        ("fd00:ec2::254", Reach.METADATA),
        ("100.100.100.200", Reach.METADATA),
    ],
)
def test_how_far_an_address_is(address: str, reach: Reach):
    assert reach_of(address) is reach


@pytest.mark.parametrize("url", ["embedded/x", "https://embedded/"])
async def test_the_embedded_target_needs_no_look_up(url: str):
    assert await consent(url) == ()
    assert asked == []


@pytest.mark.parametrize("url", ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]/"])
async def test_this_machine_is_free(url: str):
    assert await consent(url) == ()


@pytest.mark.parametrize("url", ["http://here.example/", "http://192.168.1.5/", "http://home.example/"])
async def test_a_private_network_is_warned_of(url: str):
    (warning,) = await consent(url)
    assert "private network" in warning


@pytest.mark.parametrize("host", ["shop.example", "mixed.example", "203.0.113.7"])
async def test_a_public_host_is_refused_with_the_flag_that_helps(host: str):
    with pytest.raises(RefusedError) as caught:
        await consent(f"http://{host}/")
    assert f"--i-own {host}" in str(caught.value)
    assert caught.value.exit_code == ExitCode.REFUSED


@pytest.mark.parametrize("granted", ["shop.example", "SHOP.example."])
async def test_a_granted_public_host_is_allowed_and_said_so(granted: str):
    (warning,) = await consent("http://shop.example/", granted)
    assert "shop.example (203.0.113.7)" in warning


async def test_a_grant_for_another_host_does_not_help():
    with pytest.raises(RefusedError):
        await consent("http://shop.example/", "example", "www.shop.example", "*")


@pytest.mark.parametrize(
    "host", ["trap.example", "169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"]
)
async def test_cloud_metadata_is_refused_whatever_is_granted(host: str):
    with pytest.raises(RefusedError, match="always refused"):
        await consent(f"http://{host}/", host, host.strip("[]"))


async def test_a_name_is_resolved_once():
    await consent("https://localhost/")
    assert asked == [("localhost", 443)]


@pytest.mark.parametrize("host", ["nowhere.invalid", "empty.example"])
async def test_a_host_that_is_not_found_is_one_clear_line(host: str):
    with pytest.raises(NothingFinishedError, match=f"^cannot find the host {host}: ") as caught:
        await consent(f"http://{host}/")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == ExitCode.NOTHING_FINISHED


async def test_every_host_of_a_list_is_asked_about_once_and_named_by_its_place() -> None:
    asked.clear()
    urls = ("http://localhost/a", "http://here.example/a", "http://here.example/b", "http://shop.example/")
    with pytest.raises(RefusedError) as refused:
        await check_all_consent(Target(urls=urls), frozenset(), resolve)
    assert str(refused.value).startswith("target.urls[3]: shop.example (203.0.113.7) is a public host")
    assert refused.value.host == "shop.example"
    assert [host for host, _ in asked] == ["localhost", "here.example", "shop.example"]


async def test_a_list_goes_ahead_with_a_warning_for_each_host_that_is_away() -> None:
    urls = ("http://here.example/a", "http://shop.example/", "http://127.0.0.1:8099/")
    asked_for = await check_all_consent(Target(urls=urls), frozenset({"shop.example"}), resolve)
    assert [line.split()[0] for line in asked_for.warnings] == ["here.example", "load"]
    assert asked_for.pins == {
        "here.example": ("192.168.1.5",),
        "shop.example": ("203.0.113.7",),
        "127.0.0.1": ("127.0.0.1",),
    }


async def test_leave_to_build_a_package_is_none_to_load_a_host_of_its_name() -> None:
    contenders = (Contender(engine="aiohttp", requires=("shop.example",)),)
    there = Plan(target=Target(url="http://shop.example/"), contender=contenders)
    with pytest.raises(RefusedError, match=r"^shop\.example .* is a public host"):
        await check_plan(there, allowing.granted((), there, build=True), resolve)
    here = Plan(target=Target(url="http://here.example/"), policy=Policy(redirects=3), contender=contenders)
    asked.clear()
    await check_plan(here, allowing.granted((), here, build=True), resolve)
    assert [host for host, _ in asked] == ["here.example", "localhost"]


async def test_consent_to_one_host_of_a_list_is_none_to_another() -> None:
    urls = ("http://shop.example/", "http://mixed.example/")
    with pytest.raises(RefusedError, match=r"^target\.urls\[1\]: mixed\.example"):
        await check_all_consent(Target(urls=urls), frozenset({"shop.example"}), resolve)


@pytest.mark.parametrize("url", ["http://2130706433:80/", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/"])
async def test_a_spelling_of_an_address_is_asked_about_as_that_address(url: str) -> None:
    assert await consent(url) == ()
    assert asked == [("127.0.0.1", 80)]


@pytest.mark.parametrize(
    "host", ["2852039166", "0251.0376.0251.0376", "[2002:7f00:1::1]", "[64:ff9b::7f00:1]"]
)
async def test_a_spelling_hides_no_host_that_needs_consent(host: str) -> None:
    with pytest.raises(RefusedError):
        await consent(f"http://{host}/")


def plan_of(url: str, engine: str = "aiohttp", **policy: object) -> Plan:
    return Plan(
        target=Target(url=url),
        policy=Policy(**policy),  # type: ignore[arg-type]
        contender=(Contender(engine=engine),),
    )


async def test_each_host_is_looked_up_once_and_its_addresses_are_what_a_run_may_connect_to() -> None:
    asked.clear()
    urls = ("http://home.example:1/", "http://home.example:2/", "http://HOME.example./", "http://127.1/")
    plan = Plan(target=Target(urls=urls), contender=(Contender(engine="aiohttp"),))
    found = await check_plan(plan, frozenset(), resolve)
    assert [host for host, _ in asked] == ["home.example", "127.0.0.1"]
    assert found.pins == {"home.example": ("127.0.0.1", "10.0.0.1"), "127.0.0.1": ("127.0.0.1",)}
    assert found.near


async def test_redirects_may_lead_to_granted_hosts_by_the_addresses_they_have_now() -> None:
    granted = frozenset({"shop.example", "trap.example", "empty.example", "no host"})
    off = await check_plan(plan_of("http://here.example/"), granted, resolve)
    on = await check_plan(plan_of("http://here.example/", redirects=3), granted, resolve)
    assert set(off.pins) == {"here.example"}
    assert on.pins == off.pins | {"localhost": ("127.0.0.1", "::1"), "shop.example": ("203.0.113.7",)}


PROXIES = {"http": "me:pw@here.example:3128", "all": "socks5://127.0.0.1:1080", "no": "localhost"}


async def test_proxies_of_the_environment_are_asked_about_where_they_are_used() -> None:
    unused = await check_plan(plan_of("http://127.0.0.1/"), frozenset(), resolve, lambda: PROXIES)
    assert (unused.warnings, unused.proxies) == ((), ())
    used = await check_plan(
        plan_of("http://127.0.0.1/", trust_env=True), frozenset(), resolve, lambda: PROXIES
    )
    assert [line.split()[:3] for line in used.warnings] == [["the", "environment's", "proxy:"]]
    assert used.proxies == ("http://here.example:3128/", "http://127.0.0.1:1080/")
    assert used.pins["here.example"] == ("192.168.1.5",)


@pytest.mark.parametrize(
    ("proxy", "error"),
    [("http://shop.example:80", RefusedError), ("169.254.169.254", RefusedError), ("http://a b", PlanError)],
)
async def test_a_proxy_that_needs_consent_or_is_none_ends_the_run(proxy: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="the environment's proxy"):
        await check_plan(
            plan_of("http://127.0.0.1/", trust_env=True), frozenset(), resolve, lambda: {"https": proxy}
        )


@pytest.mark.parametrize(
    ("url", "redirects", "resolver", "words"),
    [
        ("http://here.example/", 0, "own", "looks names up by itself"),
        ("http://127.0.0.1/", 3, "own", "follows redirects by itself"),
        ("http://127.0.0.1/", 0, "own", ""),
        ("http://localhost/", 0, "own", ""),
        ("http://here.example/", 3, "python", ""),
        ("http://here.example/", 3, "pinned", ""),
    ],
)
async def test_an_engine_that_cannot_be_held_to_the_addresses_is_refused_by_name(
    tmp_path: Path, url: str, redirects: int, resolver: str, words: str
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN.format(resolver))
    plan = plan_of(url, f"{file}:Mine", redirects=redirects)
    if not words:
        await check_plan(plan, frozenset(), resolve)
        return
    with pytest.raises(RefusedError, match=rf"^contender\[0\]: .*mine\.py:Mine {words}"):
        await check_plan(plan, frozenset(), resolve)
