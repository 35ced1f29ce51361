"""What tests of scripts in their own process share."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator

import pytest

from tests.engines.engine_support import RecordingServer, recording_server


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    """A server that records what arrives; connections that a script has left go while the loop is still there."""
    async with recording_server() as recording:
        yield recording
    gc.collect()
