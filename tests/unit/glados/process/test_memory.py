"""What was freed goes back to the system."""

import subprocess
import sys

SCRIPT = """
import asyncio
from pathlib import Path

from weaver.glados.process.memory import GIVEN_BACK_SECONDS, keep_given_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024

waits = []

async def wait(seconds):
    waits.append(seconds)
    if len(waits) == 2:
        raise asyncio.CancelledError

many = [bytes(2_000) for _ in range(60_000)]
last = bytes(2_000)  # stands above them in the heap, so that it cannot just be cut off
full = resident()
del many
held = resident()
try:
    asyncio.run(keep_given_back(wait=wait))
except asyncio.CancelledError:
    pass
print(full, held, resident(), waits == [GIVEN_BACK_SECONDS] * 2)
"""


def test_memory_that_was_freed_below_what_is_in_use_is_given_back() -> None:
    said = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout.split()
    full, held, after = map(int, said[:3])
    assert said[3] == "True"
    assert full - held < 20, "the C library gives it back by itself: the test shows nothing"
    assert full - after > 90
