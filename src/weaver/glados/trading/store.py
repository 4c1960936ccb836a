"""What Veda keeps of trading, in the database: its `TradingStore` on rows, in the control plane's own transactions."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from weaver.events.event import Event
from weaver.glados.trading.packed import packed
from weaver.glados.trading.ports import OwnedDatabase, WholeTransaction
from weaver.glados.trading.rows import fill_of, fill_row, order_of, order_row, submission_of, submission_row, tick_of
from weaver.model.record import TradingRows
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission
from weaver.veda.ports import KnownOrders, RecordedTick

TICKS_AT_ONCE = 1_000


class KeptTransaction:
    """A `TradingTransaction`. Made of one of the control plane's it is part of that: a run's row, its orders and the
    events of both change together or not at all."""

    def __init__(self, transaction: WholeTransaction) -> None:
        self._transaction = transaction

    async def put_orders(self, orders: Sequence[LiveOrder]) -> None:
        """See `TradingTransaction`."""
        await self._transaction.trading.put_orders([order_row(order) for order in orders])

    async def put_submissions(self, submissions: Sequence[Submission]) -> None:
        """See `TradingTransaction`."""
        await self._transaction.trading.put_submissions([submission_row(submission) for submission in submissions])

    async def add_fills(self, fills: Sequence[LiveFill]) -> None:
        """See `TradingTransaction`."""
        await self._transaction.trading.add_fills([fill_row(fill) for fill in fills])

    async def add_ticks(self, ticks: Sequence[RecordedTick]) -> None:
        """See `TradingTransaction`."""
        for tick in ticks:
            await self._transaction.inputs.add_tick(
                run_id=tick.run_id,
                number=tick.number,
                tick=tick.time,
                inputs=tick.inputs,
                actions=packed(tick.actions),
            )

    async def put_state(self, scope: str, state: Mapping[str, Any]) -> None:
        """See `TradingTransaction`."""
        await self._transaction.inputs.put_state(scope, state)

    async def put_blob(self, run_id: str, content: bytes) -> str:
        """See `TradingTransaction`."""
        return await self._transaction.inputs.put_blob(run_id, content)

    def append(self, *events: Event) -> None:
        """See `TradingTransaction`."""
        self._transaction.append(*events)


class KeptTradingStore:
    """A `TradingStore`."""

    def __init__(self, database: OwnedDatabase) -> None:
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[KeptTransaction]:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            yield KeptTransaction(transaction)

    async def check_owner(self) -> None:
        """See `TradingStore`."""
        await self._database.check_owner()

    async def working(self, account: str) -> KnownOrders:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return _known(await transaction.trading.working(account))

    async def order(self, order_id: str) -> KnownOrders:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return _known(await transaction.trading.order(order_id))

    async def order_by_client_id(self, account: str, client_order_id: str) -> LiveOrder | None:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            row = await transaction.trading.find_by_client_id(account, client_order_id)
        return None if row is None else order_of(row)

    async def group(self, account: str, group_id: str) -> KnownOrders:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return _known(await transaction.trading.group(account, group_id))

    async def orders_by_submission(self, account: str, submission_ids: Collection[str]) -> Mapping[str, str]:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return await transaction.trading.orders_by_submission(account, submission_ids)

    async def of_run(self, run_id: str) -> KnownOrders:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return _known(await transaction.trading.of_run(run_id))

    async def sent_since(self, account: str, since: datetime) -> Sequence[LiveOrder]:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            rows = await transaction.trading.sent_since(account, since)
        return [order_of(row) for row in rows]

    async def fills_of(self, account: str) -> Sequence[LiveFill]:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return [fill_of(row) for row in await transaction.trading.fills_of(account)]

    async def ticks(self, run_id: str, *, after: int = -1) -> AsyncIterator[RecordedTick]:
        """See `TradingStore`. Read by the thousand: nobody waits for whoever takes his time over them."""
        while True:
            async with self._database.transaction() as transaction:
                rows = await transaction.inputs.ticks(run_id, after=after, limit=TICKS_AT_ONCE)
            for row in rows:
                after = row["number"]
                yield tick_of(row)
            if len(rows) < TICKS_AT_ONCE:
                return

    async def newest_tick(self, run_id: str) -> int | None:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return await transaction.inputs.newest_tick(run_id)

    async def state(self, scope: str) -> Mapping[str, Any] | None:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return await transaction.inputs.find_state(scope)

    async def states(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return await transaction.inputs.states(prefix)

    async def blob(self, digest: str) -> bytes | None:
        """See `TradingStore`."""
        async with self._database.transaction() as transaction:
            return await transaction.inputs.find_blob(digest)


def _known(rows: TradingRows) -> KnownOrders:
    return KnownOrders(
        orders=[order_of(row) for row in rows.orders],
        submissions=[submission_of(row) for row in rows.submissions],
        fills=[fill_of(row) for row in rows.fills],
    )
