"""What tests of scripts in their own process share."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator

import pytest

from tests.engines.engine_support import RecordingServer


@pytest.fixture
async def server() -> AsyncIterator[RecordingServer]:
    """A server that records what arrives; connections that a script has left go while the loop is still there."""
    recording = RecordingServer()
    await recording.start()
    yield recording
    await recording.stop()
    gc.collect()
