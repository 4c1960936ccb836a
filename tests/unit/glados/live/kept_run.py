"""A live run's store by hand: recorded ticks, orders and fills."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.glados.deciders.strategies import HOUR, SETUP, START
from tests.unit.glados.fakes import a_run
from tests.unit.veda.live_builders import live_fill, live_order
from weaver.glados.live.figures.results import LiveResult, LiveResults
from weaver.model.calendar.instants import time_of
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import InputBar, OrderFilled, TickInputs
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import encode_inputs, encode_setup

SYMBOL, RUN = "BTC/USD", a_run("run")
SETUP_OF_RUN = replace(SETUP, run_id="run", cash=Decimal(1000))


def tick(number: int, inputs: bytes) -> RecordedTick:
    return RecordedTick(run_id="run", number=number, time=time_of(START + number * HOUR), inputs=inputs, actions=())


def hour(number: int, close: float, *updates: OrderFilled) -> RecordedTick:
    end = START + number * HOUR
    prices = dict.fromkeys(("open", "high", "low", "close"), close)
    bar = InputBar(symbol=SYMBOL, start=end - HOUR, end=end, volume=1.0, **prices)
    return tick(number, encode_inputs(TickInputs(number=number, time=end, updates=updates, bars=(bar,))))


def filled(number: int, price: str, hours: int) -> OrderFilled:
    at = START + hours * HOUR
    return OrderFilled(
        number=number, status=OrderStatus.FILLED, quantity=Decimal(2), price=Decimal(price), commission=Decimal(1),
        time=at, bar_time=at,
    )  # fmt: skip


class Kept:
    """What stands in the store of a run that bought 2 at 100 and sold them at 115, for 1 each time."""

    def __init__(self) -> None:
        self.disk = FakeDisk()
        self.folded = 0
        self.results = LiveResults(store=FakeTradingStore(self.disk), aside=self._aside)

    async def _aside(self, work: Callable[[], None]) -> None:
        self.folded += 1
        work()

    def record(self, *ticks: RecordedTick) -> None:
        for one in ticks:
            self.disk.tables.ticks[one.run_id, one.number] = one

    def bought(self, timeframe: str = SETUP_OF_RUN.timeframe) -> None:
        self._filled("run-1", 1, "buy", "100", 1)
        self.record(
            tick(0, encode_setup(replace(SETUP_OF_RUN, timeframe=timeframe))),
            hour(1, 100.0),
            hour(2, 110.0, filled(1, "100", 1)),
        )

    def sold(self) -> None:
        self._filled("run-2", 2, "sell", "115", 2)
        self.record(hour(3, 120.0, filled(2, "115", 2)))

    def left_with(self, price: str, hours: float) -> None:
        """Both are sold as it ends, of which its strategy is told no more."""
        self._filled("run-flat", 0, "sell", price, hours)

    def _filled(self, name: str, number: int, side: str, price: str, hours: float) -> None:
        tables = self.disk.tables
        tables.orders[name] = live_order(name, side, 2, number=number, symbol=SYMBOL, status=OrderStatus.FILLED)
        fill = replace(
            live_fill(side, 2, price, symbol=SYMBOL, commission=1),
            id=f"{name}-f", order_id=name, run_id="run", filled_at=time_of(START + int(hours * HOUR)),
        )  # fmt: skip
        tables.fills[fill.id] = fill

    def found(self) -> LiveResult:
        found = asyncio.run(self.results.find(RUN, "alpaca paper"))
        assert found is not None
        return found
