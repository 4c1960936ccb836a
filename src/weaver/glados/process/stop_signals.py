"""How the server's process hears that it is to end, and ends whatever hangs."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

STOP_SECONDS = 5.0
"""After a signal to stop, the process is gone within so long, whatever hangs."""


class Stopping:
    """What a signal to stop sets off: an orderly end, and after so many seconds a hard one."""

    def __init__(self, *, seconds: float = STOP_SECONDS) -> None:
        self._seconds = seconds
        self._is_orderly = False
        self._asked = asyncio.Event()
        self._again: Callable[[], None] = lambda: None
        self._before: dict[signal.Signals, Any] = {}
        self._deadline = threading.Timer(seconds, self._leave)
        self._deadline.daemon = True

    def __enter__(self) -> "Stopping":
        return self

    def __exit__(self, *_error: object) -> None:
        """Signals mean again what they did, unless all has ended as it should."""
        self._deadline.cancel()
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._is_orderly else before)

    def listen(self) -> None:
        """Hear the signals; to be called on the loop, in the main thread.

        The handlers are not the loop's: those it would take away as it closes, and what comes after the loop, and
        before the process is gone, would end the process with a traceback.
        """
        loop = asyncio.get_running_loop()

        def heard(_number: int, _frame: FrameType | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._on_signal)

        self._before = {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}

    async def asked(self, *, again: Callable[[], None]) -> None:
        """Return at the first signal. `again` is called at each later one."""
        await self._asked.wait()
        self._again = again

    def is_in_order(self) -> None:
        """Everything has ended as it should: what is left are threads that finish reading a file for nobody."""
        self._is_orderly = True

    def _on_signal(self) -> None:
        if self._asked.is_set():
            self._again()
        else:
            self._asked.set()
            self._deadline.start()

    def _leave(self) -> None:
        if not self._is_orderly:
            sys.stderr.write(f"error: not everything stopped within {self._seconds:g} s; leaving all the same\n")
            sys.stderr.flush()
        os._exit(0 if self._is_orderly else 1)
