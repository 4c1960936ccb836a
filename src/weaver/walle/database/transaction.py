"""Rows and the events that report them: all or nothing."""

from collections.abc import Awaitable, Callable

from weaver.events.event import Event
from weaver.events.routing import ROUTES
from weaver.walle.database.engines.session import DatabaseSession
from weaver.walle.database.rows.inputs import SqlInputRepository
from weaver.walle.database.rows.outbox import EventRecorder
from weaver.walle.database.rows.records import SqlRecordRepository
from weaver.walle.database.rows.runs import SqlRunRepository
from weaver.walle.database.rows.trading import SqlTradingRepository
from weaver.walle.database.rows.withheld import SqlWithheldRecords

Router = Callable[["SqlTransaction", Event], Awaitable[Event | None]]
"""Gives a request its routed child, or None where there is none to give."""
_CHILDREN = frozenset(f"{domain}.{name}" for domain in ("backtest", "live") for name in ROUTES.values())


class SqlTransaction:
    """One transaction of an `SqlDatabase`."""

    def __init__(
        self, *, session: DatabaseSession, recorder: EventRecorder, route: Router | None, postgresql: bool
    ) -> None:
        self._recorder = recorder
        self._route = route
        self._events: list[Event] = []
        self._runs = SqlRunRepository(session, postgresql=postgresql)
        self._records = SqlRecordRepository(session, postgresql=postgresql)
        self._trading = SqlTradingRepository(session, postgresql=postgresql)
        self._inputs = SqlInputRepository(session, postgresql=postgresql)
        self._withheld = SqlWithheldRecords(session, recorder)

    @property
    def runs(self) -> SqlRunRepository:
        """The runs, as this transaction sees them."""
        return self._runs

    @property
    def records(self) -> SqlRecordRepository:
        """What they left behind."""
        return self._records

    @property
    def trading(self) -> SqlTradingRepository:
        """Orders on paper and live."""
        return self._trading

    @property
    def inputs(self) -> SqlInputRepository:
        """What runs were given, and what else has to outlive a restart."""
        return self._inputs

    @property
    def withheld(self) -> SqlWithheldRecords:
        """Records that are being written or removed."""
        return self._withheld

    def append(self, *events: Event) -> None:
        """Record events with this transaction; strategy requests get their routed child right behind them.

        The commit raises InputError for a payload that is too large or cannot be written as JSON, and Conflict for an
        event that is in the log already.
        """
        self._events += events

    async def seal(self) -> bool:
        """Route and insert what was appended, as the last thing before the commit, so that the lock which orders the
        log is held for a moment only. Says whether there was anything."""
        if not self._events:
            return False
        await self._recorder.record(await self._routed() if self._route is not None else self._events)
        return True

    async def _routed(self) -> list[Event]:
        """The events, each with its child right behind it. A request that was appended with its child has one."""
        answered = {event.causation_id for event in self._events if event.type in _CHILDREN}
        events: list[Event] = []
        for event in self._events:
            events.append(event)
            child = None if self._route is None or event.id in answered else await self._route(self, event)
            if child is not None:
                events.append(child)
        return events
