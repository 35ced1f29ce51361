"""Who may be put under load; every name is resolved by the test, so no packet leaves."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from httptui.errors import ExitCode, NothingFinishedError, RefusedError
from httptui.plans.plan import Target
from httptui.runs.consent import Reach, check_all_consent, check_consent, reach_of

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
    return await check_consent(url, frozenset(granted), resolve)


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
    warnings = await check_all_consent(Target(urls=urls), frozenset({"shop.example"}), resolve)
    assert [line.split()[0] for line in warnings] == ["here.example", "load"]


async def test_consent_to_one_host_of_a_list_is_none_to_another() -> None:
    urls = ("http://shop.example/", "http://mixed.example/")
    with pytest.raises(RefusedError, match=r"^target\.urls\[1\]: mixed\.example"):
        await check_all_consent(Target(urls=urls), frozenset({"shop.example"}), resolve)
