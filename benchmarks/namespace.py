"""A Linux network namespace that no packet can leave: each one that tries is read, counted and discarded.

Names are answered by a DNS server inside the namespace, so that the answer can change between lookups.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path

INSIDE = "HTTPTUI_BENCHMARK_NAMESPACE"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LARGEST_PACKET = 65_536
ROUTES = (
    "link set lo up",
    "link set trap up",
    "addr add 192.0.2.1/24 dev trap",
    "route add default dev trap",
    "-6 addr add 2001:db8::1/64 dev trap nodad",
    "-6 route add default dev trap",
)
A, AAAA = 1, 28


def inside() -> bool:
    """Return whether this process is in a namespace made by `enter`."""
    return INSIDE in os.environ


def enter(module: str, arguments: Sequence[str]) -> int:
    """Run a module again in its own namespace; return its exit code."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = ["unshare", *user, "--net", "--mount", sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=os.environ | {INSIDE: "yes"}, check=False).returncode


class Trap:
    """The only route out of the namespace, where every packet ends; counts them by destination."""

    def __init__(self) -> None:
        self.packets: Counter[str] = Counter()
        self._device = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self._device, TUNSETIFF, struct.pack("16sH22x", b"trap", IFF_TUN | IFF_NO_PI))
        for words in ROUTES:
            subprocess.run(["ip", *words.split()], check=True)
        threading.Thread(target=self._read, name="trap", daemon=True).start()

    def _read(self) -> None:
        while packet := os.read(self._device, LARGEST_PACKET):
            six = packet[0] >> 4 == 6
            address = ip_address(packet[24:40] if six else packet[16:20])
            if not address.is_multicast:
                self.packets[str(address)] += 1


class Names:
    """DNS server on 127.0.0.1: `answers` returns addresses, from a name and the number of earlier lookups, or None
    for an unknown name.
    """

    def __init__(self, answers: Callable[[str, int], Sequence[str] | None]) -> None:
        self.asked: Mapping[str, int] = defaultdict(int)
        self._answers = answers
        self._times: dict[tuple[str, int], int] = defaultdict(int)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        os.chmod(file.name, 0o644)
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
        Path(file.name).unlink()
        threading.Thread(target=self._serve, name="names", daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, client = self._socket.recvfrom(LARGEST_PACKET)
            name, kind, end = _question(query)
            before = self._times[name, kind]
            self._times[name, kind] += 1
            self.asked = {**self.asked, name: before + 1}
            found = self._answers(name, before)
            wanted = [text for text in found or () if (":" in text) is (kind == AAAA)]
            addresses = wanted if kind in (A, AAAA) else []
            head = query[:2] + struct.pack(
                "!HHHHH", 0x8580 | (3 if found is None else 0), 1, len(addresses), 0, 0
            )
            records = b"".join(_record(kind, text) for text in addresses)
            self._socket.sendto(head + query[12:end] + records, client)


def _question(query: bytes) -> tuple[str, int, int]:
    """Return the name, the record type, and the end of the question."""
    labels, at = [], 12
    while size := query[at]:
        labels.append(query[at + 1 : at + 1 + size].decode("latin-1").lower())
        at += 1 + size
    return ".".join(labels), struct.unpack_from("!H", query, at + 1)[0], at + 5


def _record(kind: int, address: str) -> bytes:
    """Build an address record of the name in the question, with no time to live."""
    data = ip_address(address).packed
    return struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(data)) + data
