"""The domain router: sends what strategies ask for to the backtest's or the venue's side."""

from collections import OrderedDict

from weaver.events.event import Event
from weaver.events.routing import ROUTES, routed
from weaver.glados.ports import NewId, Transaction
from weaver.greta.record.envelope import PRODUCER as RECORDER
from weaver.model.run import RunMode

_MODES_MAX = 10_000


class DomainRouter:
    """Gives each request of a run its one child; the database calls it for every event that is appended, within the
    transaction, and puts the child right behind its parent.

    A backtest's recorder has routed its requests already, with the same function. A request of an unknown run, or of
    none, goes nowhere.
    """

    def __init__(self, *, new_id: NewId) -> None:
        self._new_id = new_id
        self._modes: OrderedDict[str, RunMode] = OrderedDict()

    async def __call__(self, transaction: Transaction, event: Event) -> Event | None:
        """The child of a request, or None."""
        if event.type not in ROUTES or event.run_id is None or event.producer == RECORDER:
            return None
        mode = await self._mode(transaction, event.run_id)
        return None if mode is None else routed(event, mode, new_id=self._new_id())

    async def _mode(self, transaction: Transaction, run_id: str) -> RunMode | None:
        """A run's mode, which never changes: looked up once."""
        mode = self._modes.get(run_id)
        if mode is None:
            run = await transaction.runs.find(run_id)
            if run is None:
                return None
            mode = self._modes[run_id] = run.mode
            if len(self._modes) > _MODES_MAX:
                self._modes.popitem(last=False)
        return mode
