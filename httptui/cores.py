"""Which cores this process may use, and keeping a process on one of them."""

from __future__ import annotations

from contextlib import suppress


def cores_to_pin() -> tuple[int, ...] | None:
    """The cores that this process may use, or None where the system does not let a process be pinned."""
    import psutil

    affinity = getattr(psutil.Process(), "cpu_affinity", None)
    return None if affinity is None else tuple(affinity())


def pin(pid: int, number: int) -> None:
    """Keep a process on one core: number 0 on the first, the others in turn on the rest, where there is a rest."""
    import psutil

    cores = cores_to_pin()
    if not cores:
        return
    core = cores[0] if number == 0 or len(cores) == 1 else cores[1 + (number - 1) % (len(cores) - 1)]
    with suppress(psutil.Error):
        psutil.Process(pid).cpu_affinity([core])
