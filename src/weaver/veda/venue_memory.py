"""A replay's venue, as the store remembers it: with the run that trades there, and removed with it."""

from weaver.model.calendar.instants import instant_of
from weaver.veda.adapters.simulated.memory import Asked, Remembered
from weaver.veda.ports import TradingStore


class VenueMemory:
    """The `Memory` of one run's venue."""

    def __init__(self, store: TradingStore, run_id: str) -> None:
        self._store, self._run_id = store, run_id
        self._scope = f"run {run_id} venue "

    async def recall(self) -> Remembered:
        """What was asked for, and the newest tick that the run has recorded."""
        until = None
        async for tick in self._store.ticks(self._run_id):
            until = instant_of(tick.time)
        kept = await self._store.states(self._scope)
        return Remembered(until=until, asked=[Asked.of_json(kept[scope]) for scope in sorted(kept)])

    async def note(self, number: int, asked: Asked) -> None:
        """Keep a request."""
        async with self._store.transaction() as transaction:
            await transaction.put_state(f"{self._scope}{number:012}", asked.as_json())
