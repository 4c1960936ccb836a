"""Says that a run goes on as long as its clock does: what works long on a bar is not taken for lost."""

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol

from weaver.glados.pool.protocol import encoded

EVERY_SECONDS = 0.25


class Ticking(Protocol):
    """A run's clock."""

    tick: int


class Pulse:
    """Sends for a job, and between its messages a sign of life whenever the clock that it follows has moved.

    An endless loop in a callback moves no clock: its server hears nothing more.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send, self._line = send, Lock()
        self._clock: Ticking | None = None
        self._clocks = 0
        self._over = Event()
        Thread(target=self._beat, daemon=True).start()

    def emit(self, message: bytes) -> None:
        """Send a message, whole."""
        with self._line:
            self._send(message)

    def follow(self, clock: Ticking) -> None:
        """Go by this clock from now on; that there is another one is a sign of life too."""
        self._clock = clock
        self._clocks += 1

    def end(self) -> None:
        """Say nothing more by itself."""
        self._over.set()

    def _beat(self) -> None:
        seen = (0, -1)
        while not self._over.wait(EVERY_SECONDS):
            clock = self._clock
            now = (self._clocks, -1 if clock is None else clock.tick)
            if now != seen:
                seen = now
                self.emit(encoded("alive", {}))
