"""Signals to stop: the first asks, a later one presses, and after a while the process is gone whatever hangs."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from textwrap import dedent

import pytest

from weaver.glados.process.stop_signals import STOP_SECONDS, Stopping

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 60


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_first_signal_asks_and_each_later_one_presses(number: signal.Signals) -> None:
    pressed: list[int] = []
    with Stopping() as stopping:
        stopping.listen()
        asked = asyncio.create_task(stopping.asked(again=lambda: pressed.append(1)))
        await asyncio.sleep(0)
        assert not asked.done()
        send(number)
        await asyncio.wait_for(asked, PATIENCE_SECONDS)
        assert pressed == []
        for count in (1, 2):
            send(number)
            while len(pressed) < count:
                await asyncio.sleep(0)
    assert pressed == [1, 1]


async def test_deadline_runs_from_the_first_signal_until_all_has_ended() -> None:
    with Stopping(seconds=60) as stopping:
        stopping.listen()
        assert deadlines(stopping) == []
        send(signal.SIGTERM)
        await asyncio.wait_for(stopping.asked(again=lambda: None), PATIENCE_SECONDS)
        (deadline,) = deadlines(stopping)
        assert deadline.daemon
    deadline.join(PATIENCE_SECONDS)
    assert deadlines(stopping) == []


def deadlines(stopping: Stopping) -> list[threading.Timer]:
    """Those of it that run; other tests' timers may as well."""
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    return [timer for timer in timers if getattr(timer.function, "__self__", None) is stopping]


@pytest.mark.parametrize(
    ("last_word", "code", "said"),
    [
        ("pass", 1, "error: not everything stopped within 2 s; leaving all the same\n"),
        ("stopping.is_in_order()", 0, ""),  # a thread is left that reads a file for nobody
    ],
)
def test_process_that_hangs_is_gone_after_its_seconds(last_word: str, code: int, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", dedent(f"""
            import asyncio, os, signal, threading
            from weaver.glados.process.stop_signals import Stopping

            async def main():
                stopping.listen()
                os.kill(os.getpid(), signal.SIGTERM)
                await stopping.asked(again=lambda: None)
                {last_word}

            with Stopping(seconds=2) as stopping:
                asyncio.run(main())
                threading.Event().wait()
        """)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (code, said, "")


def test_server_is_gone_within_five_seconds() -> None:
    assert STOP_SECONDS <= 5
