"""Hosts in their one form, and how far away an address is that carries another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.engines.hosts import Reach, is_address, normal_host, reach_of
from httptui.plan.urls import split_target


@pytest.mark.parametrize(
    ("host", "form"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0X7F.0.0.1", "127.0.0.1"),
        ("0177.0.0.01", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0x", "0.0.0.0"),
        ("2852039166", "169.254.169.254"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("[::FFFF:7f00:1]", "127.0.0.1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("A.Example.", "a.example"),
        ("1.example", "1.example"),
        ("0x7f.example", "0x7f.example"),
        ("3com", "3com"),
    ],
)
def test_a_host_has_one_form(host: str, form: str) -> None:
    assert normal_host(host) == form
    assert normal_host(form) == form
    assert is_address(form) == (form[-1].isdigit() and form != "3com")


@pytest.mark.parametrize(
    "host",
    [
        "1.2.3.4.5",
        "256.1.1.1",
        "a.1",
        "1..1",
        "4294967296",
        "0x1ffffffff",
        "08",
        "1.0xg.1",
        "::g",
        "1.2.65536",
    ],
)
def test_what_only_looks_like_an_address_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="must have a valid host"):
        normal_host(host)


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_address_is_that_address(ip: object) -> None:
    number = int(ip)  # type: ignore[call-overload]
    first, rest = number >> 24, number & 0xFFFFFF
    for spelt in (f"{number}", f"0x{number:x}", f"0{number:o}", f"{first}.{rest}", f"0x{first:X}.0{rest:o}"):
        assert normal_host(spelt) == str(ip)
        assert split_target(f"http://{spelt}:8080/x").without_userinfo == f"http://{ip}:8080/x"


@pytest.mark.parametrize(
    "address",
    [
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::7f00:1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "2001:0:7f00:1::1",
    ],
)
def test_an_address_behind_somebodys_relay_is_public(address: str) -> None:
    assert reach_of(address) is Reach.PUBLIC


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:a9fe:a9fe",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2002:a9fe:a9fe::",
        "2001:0:a9fe:a9fe::1",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "2001:db8::5efe:169.254.169.254",
        "::ffff:169.254.42.42",
        "64:ff9b::169.254.0.23",
        "fe80::a9fe:a9fe%eth0",
    ],
)
def test_a_metadata_service_is_known_in_every_wrapping(address: str) -> None:
    assert reach_of(address) is Reach.METADATA


@pytest.mark.parametrize(
    "address",
    [
        "169.254.42.42",
        "fd00:42::42",
        "169.254.0.23",
        "169.254.169.252",
        "fd00:c1::a9fe:a9fe",
        "fd00:a9fe:a9fe::1",
        "fe80::a9fe:a9fe",
        "100.96.0.96",
        "100.80.80.80",
    ],
)
def test_the_metadata_service_of_every_cloud_is_known(address: str) -> None:
    assert reach_of(address) is Reach.METADATA


@pytest.mark.parametrize("address", ["169.254.42.43", "fd00:42::43", "100.96.0.97", "fd00:a9fe:a9fe::2"])
def test_the_address_next_to_a_metadata_service_is_private(address: str) -> None:
    assert reach_of(address) is Reach.PRIVATE
