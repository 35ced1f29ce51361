"""Cores of this process, and pinning of processes to them."""

from __future__ import annotations

from contextlib import suppress


def cores_to_pin() -> tuple[int, ...] | None:
    """Return the cores that this process may use, or None if the system cannot pin a process."""
    import psutil

    affinity = getattr(psutil.Process(), "cpu_affinity", None)
    return None if affinity is None else tuple(affinity())


def pin(pid: int, number: int) -> None:
    """Pin a process to one core: number 0 to the first, the others in turn to the rest, if there is a rest."""
    import psutil

    cores = cores_to_pin()
    if not cores:
        return
    core = cores[0] if number == 0 or len(cores) == 1 else cores[1 + (number - 1) % (len(cores) - 1)]
    with suppress(psutil.Error):
        psutil.Process(pid).cpu_affinity([core])
