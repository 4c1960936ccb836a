"""Updates of orders on their way out: after the answer to the request that they come of, unless faults have them go
otherwise."""

from collections import deque
from collections.abc import Callable, Mapping

from weaver.rehearsal.faults.faults import Faults

Update = Mapping[str, object]
ACKNOWLEDGED = ("pending_new", "accepted")
"""Events that say no more than the answer to the request did. A fault strikes them only where it names them, or it
would be used up before anything has happened."""


class Outbox:
    """Sends updates in the order in which they were published; while a request is being answered they wait."""

    def __init__(self, send: Callable[[Update], None], faults: Faults) -> None:
        self._send, self._faults = send, faults
        self._waiting: deque[Update] = deque()
        self._kept: Update | None = None
        """One that the next is to overtake."""
        self._held = 0

    def publish(self, update: Update) -> None:
        """Send an update, at once or when nothing holds it any more."""
        self._waiting.append(update)
        if not self._held:
            self.flush()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def hold(self) -> None:
        """Let updates wait: a request is being answered."""
        self._held += 1

    def release(self) -> None:
        """It has been."""
        self._held -= 1
        if not self._held:
            self.flush()

    def flush(self) -> None:
        """Send all that waits."""
        while self._waiting:
            self._go(self._waiting.popleft())

    def _go(self, update: Update) -> None:
        if self._strikes("lose_update", update):
            return
        if self._kept is None and self._strikes("reorder_updates", update):
            self._kept = update
            return
        self._send(update)
        if self._strikes("duplicate_update", update):
            self._send(update)
        if self._kept is not None:
            kept, self._kept = self._kept, None
            self._send(kept)

    def _strikes(self, kind: str, update: Update) -> bool:
        facts = _facts(update)
        fault = self._faults.find(kind, **facts)
        if fault is None or (facts["event"] in ACKNOWLEDGED and "event" not in fault.match):
            return False
        self._faults.use(fault)
        return True


def _facts(update: Update) -> dict[str, str]:
    """What a fault may be narrowed down to."""
    order = update["order"]
    assert isinstance(order, Mapping)
    names = ("symbol", "client_order_id", "side", "id")
    return {"path": "/stream", "event": str(update["event"]), **{name: str(order[name]) for name in names}}
