"""The machine and the interpreter, as far as a reader needs them to repeat a run; without names of host or user."""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from httptui.safe_text import safe_text
from httptui.version import __version__

PACKAGES = (
    "aiohttp",
    "granian",
    "h2",
    "httpcore",
    "httptools",
    "httpx",
    "httpx-aiohttp",
    "msgspec",
    "psutil",
    "requests",
    "sniffio",
    "textual",
    "trustme",
    "urllib3",
    "uvloop",
)


def describe_environment() -> dict[str, Any]:
    """Plain values for a report's `environment`; None where this system does not tell."""
    return {
        "httptui": __version__,
        "python": python(),
        "packages": {name: found for name in PACKAGES if (found := _version_of(name))},
        "loops": ["asyncio", *(["uvloop"] if importlib.util.find_spec("uvloop") else [])],
        "system": {
            "os": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "virtual": _virtual(),
        },
        "cpu": cpu(),
        "memory_bytes": psutil.virtual_memory().total,
        "limits": limits(),
    }


def python() -> dict[str, Any]:
    """The interpreter: version, implementation, and whether threads run under a GIL."""
    gil_enabled = getattr(sys, "_is_gil_enabled", None)
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "gil": True if gil_enabled is None else bool(gil_enabled()),
    }


def cpu() -> dict[str, Any]:
    """Processors: model, counts, what this process may use, governor, and the load before the run."""
    return {
        "model": _cpu_model(),
        "logical": psutil.cpu_count(),
        "physical": psutil.cpu_count(logical=False),
        "usable": _usable_cpus(),
        "quota": _cgroup_quota(),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "load_average": load_average(),
    }


def load_average() -> list[float]:
    """Return the average number of runnable processes in the last 1, 5 and 15 minutes."""
    return [round(load, 2) for load in psutil.getloadavg()]


def limits() -> dict[str, Any]:
    """Return the limits of connections: open files (soft and hard) and, on Linux, the range of ephemeral ports."""
    return {
        "open_files": _open_files(),
        "ephemeral_ports": _numbers(_read("/proc/sys/net/ipv4/ip_local_port_range")),
        "tcp_tw_reuse": _numbers(_read("/proc/sys/net/ipv4/tcp_tw_reuse")),
    }


def parse_quota(text: str | None) -> float | None:
    """Cores from a cgroup's `cpu.max` ("200000 100000" is 2.0), None without a quota."""
    numbers = _numbers(text)
    return numbers[0] / numbers[1] if numbers and len(numbers) == 2 and numbers[1] else None


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _usable_cpus() -> int | None:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else psutil.cpu_count()


def _cgroup_quota() -> float | None:
    group = next(
        (line[3:] for line in (_read("/proc/self/cgroup") or "").splitlines() if line[:3] == "0::"), "/"
    )
    return parse_quota(_read(f"/sys/fs/cgroup{group.rstrip('/')}/cpu.max") or _read("/sys/fs/cgroup/cpu.max"))


def _cpu_model() -> str | None:
    for line in (_read("/proc/cpuinfo") or "").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() in ("model name", "Model", "Hardware"):
            return safe_text(value.strip(), 100)
    return safe_text(platform.processor(), 100) or None


def _virtual() -> bool | None:
    cpuinfo = _read("/proc/cpuinfo")
    return None if cpuinfo is None else " hypervisor" in cpuinfo


def _open_files() -> list[int] | None:
    if sys.platform == "win32":
        return None
    import resource

    return list(resource.getrlimit(resource.RLIMIT_NOFILE))


def _numbers(text: str | None) -> list[int] | None:
    words = (text or "").split()
    return [int(word) for word in words] if words and all(word.isdigit() for word in words) else None


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return None
