"""Base classes of bare loops, for tasks and for threads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """The one request that every worker repeats, and the number in flight."""

    url: str
    headers: dict[str, str]
    in_flight: int


class AsyncLoop(ABC):
    """A client driven by tasks."""

    def __init__(self, job: Job) -> None:
        self.job = job

    @abstractmethod
    async def open(self) -> None:
        """Make the client object."""

    @abstractmethod
    async def worker(self, end: float) -> int:
        """Send one request after another until `perf_counter` passes `end`; return how many were answered."""

    @abstractmethod
    async def close(self) -> None:
        """Close the client object."""


class SyncLoop(ABC):
    """A client driven by threads, `workers` of them."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.workers = job.in_flight

    @abstractmethod
    def worker(self, end: float) -> int:
        """Send one request after another until `perf_counter` passes `end`; return how many were answered."""

    @abstractmethod
    def close(self) -> None:
        """Close the client object."""
