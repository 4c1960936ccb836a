"""How the server's process hears that it is to end, and ends whatever hangs."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable

STOP_SECONDS = 5.0
"""After a signal to stop, the process is gone within so long, whatever hangs."""


class Stopping:
    """What a signal to stop sets off: an orderly end, and after so many seconds a hard one."""

    def __init__(self, *, seconds: float = STOP_SECONDS) -> None:
        self._seconds = seconds
        self._is_orderly = False
        self._asked = asyncio.Event()
        self._again: Callable[[], None] = lambda: None
        self._deadline = threading.Timer(seconds, self._leave)
        self._deadline.daemon = True

    def __enter__(self) -> "Stopping":
        return self

    def __exit__(self, *_error: object) -> None:
        self._deadline.cancel()

    def listen(self) -> None:
        """Hear the signals; to be called on the loop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)

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
