"""What a server reads of a worker, whenever whoever waits for it is cancelled."""

import asyncio
import sys

import pytest

from weaver.glados.pool.protocol import encoded
from weaver.glados.pool.worker_process import WorkerProcess

pytestmark = pytest.mark.anyio

SPEAKER = """
import sys
from weaver.glados.pool.protocol import encoded
sys.stdout.buffer.write(encoded("ready", {}))
sys.stdout.buffer.flush()
sys.stdin.buffer.read()
"""


async def cancelled_as_it_arrives(worker: WorkerProcess, data: bytes) -> None:
    """Have somebody wait for a message, and be cancelled in the turn in which bytes of it arrive."""
    waiting = asyncio.create_task(worker._read())
    for _ in range(5):
        await asyncio.sleep(0)
    worker._answers.feed_data(data)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("split", [1, 11, 12, 13, 40, None])
async def test_read_that_is_cancelled_as_its_bytes_arrive_loses_none(split: int | None) -> None:
    worker = await WorkerProcess.started([sys.executable, "-c", SPEAKER])
    try:
        message = encoded("progress", {"stage": "Backtest", "fraction": 0.5})
        await cancelled_as_it_arrives(worker, message[:split])
        worker._answers.feed_data(message[split:] if split is not None else b"")
        frame = await worker._read()
        assert (frame.kind, frame.body) == ("progress", {"stage": "Backtest", "fraction": 0.5})
    finally:
        await worker.end()
