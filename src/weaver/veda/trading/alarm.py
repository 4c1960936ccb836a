"""Waiting, until something changes or is due by the venue's time."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.trading.agenda import next_due
from weaver.veda.trading.looks import APART_SECONDS, Looks
from weaver.veda.trading.ports import Hours

LONGEST_SECONDS = 30.0
POLL_SECONDS = 0.25
"""Of the wall: how often a venue with a time of its own is asked what time it is, while something is due there."""
OWN_TIME_SECONDS = 5.0


class Alarm:
    """Wakes whoever works an account's orders."""

    def __init__(
        self,
        *,
        adapter: ExchangeAdapter,
        wall: Wall,
        hours: Hours,
        looks: Looks,
        rests: Mapping[str, datetime],
    ) -> None:
        self._adapter, self._wall, self._hours, self._looks, self._rests = adapter, wall, hours, looks, rests
        self.woken = asyncio.Event()

    def due(self, known: AccountOrders, now: datetime, asked: Mapping[str, datetime]) -> datetime | None:
        """When something is due that was not yet, when the books were looked at last."""
        opens = [
            at
            for order in known.working()
            if order.waits_for is WaitsFor.OPEN and (at := self._hours.opens_at(order.symbol, now)) is not None
        ]
        dues = [next_due(known, now, asked), self._looks.due_at, *opens, *self._rests.values()]
        return min((due for due in dues if due is not None and due > now), default=None)

    async def until(self, due: datetime | None) -> None:
        """Return when something changes, or an instant of the venue's has come; within a second (wall) where a look at
        the venue was put off, as it was too soon after the last."""
        longest = APART_SECONDS if self._looks.is_put_off() else LONGEST_SECONDS
        until = self._wall.now() + timedelta(seconds=longest)
        woken = asyncio.ensure_future(self.woken.wait())
        try:
            while not woken.done() and (left := self._left(due, until)) > 0:
                sleeping = asyncio.ensure_future(self._wall.sleep(left))
                try:
                    await asyncio.wait({woken, sleeping}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    sleeping.cancel()
        finally:
            woken.cancel()

    def _left(self, due: datetime | None, until: datetime) -> float:
        """Seconds of the wall before it is to be looked again how late it is."""
        now, wall = self._adapter.now(), self._wall.now()
        left = LONGEST_SECONDS if due is None else (due - now).total_seconds()
        left = min(left, (until - wall).total_seconds())
        has_own_time = abs((now - wall).total_seconds()) > OWN_TIME_SECONDS
        return min(left, POLL_SECONDS) if has_own_time else left
