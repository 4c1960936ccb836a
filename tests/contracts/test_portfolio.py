"""The equity of all runs of a mode over time, by hand, out of each storage and over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.glados.conftest import Api, running_api
from tests.unit.glados.deciders.strategies import HOUR, SETUP, START
from tests.unit.glados.fakes import a_run
from tests.unit.veda.live_builders import live_fill, live_order
from weaver.glados.trading.store import KeptTradingStore
from weaver.model.calendar.instants import time_of
from weaver.model.orders.status import OrderStatus
from weaver.model.run import RunMode, RunStatus
from weaver.veda.inputs import InputBar, OrderFilled, TickInputs
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import encode_inputs, encode_setup
from weaver.walle.database.database import SqlDatabase

pytestmark = pytest.mark.anyio

SYMBOL = "BTC/USD"
ACCOUNT = "alpaca paper"


@pytest.fixture
async def api(database: SqlDatabase, tmp_path: Path) -> AsyncIterator[Api]:
    """The application on the storage."""
    folder = tmp_path / "api"
    folder.mkdir()
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(
            running_api(folder, [], parts={"database": database, "log": database.log})
        )


class Traded:
    """Writes down what a run did, hour by hour; `begun`: at which hour."""

    def __init__(self, database: SqlDatabase, run_id: str, begun: int, *, cash: int = 1000) -> None:
        self.database, self.run_id, self.begun, self.cash = database, run_id, begun, cash
        self.store = KeptTradingStore(database)
        self.number = self.orders = 0
        self.account = ACCOUNT

    async def begin(
        self, *, mode: RunMode = RunMode.PAPER, status: RunStatus = RunStatus.RUNNING, **of_run: Any
    ) -> None:
        run = replace(
            a_run(self.run_id, status=status), mode=mode, venue="alpaca", symbols=(SYMBOL,), timeframe="1h", **of_run
        )
        self.account = f"alpaca {mode}"
        async with self.database.transaction() as transaction:
            await transaction.runs.add(run)
        setup = replace(SETUP, run_id=self.run_id, cash=Decimal(self.cash), start=START + self.begun * HOUR)
        await self._record(TickInputs(number=0, time=setup.start), encode_setup(setup))

    async def hour(self, hour: int, close: float, *filled: tuple[str, str, str]) -> None:
        """A bar that ends at an hour. filled: side, quantity and price of what filled before it."""
        end = START + hour * HOUR
        prices = dict.fromkeys(("open", "high", "low", "close"), close)
        bar = InputBar(symbol=SYMBOL, start=end - HOUR, end=end, volume=1.0, **prices)
        updates = tuple([await self.fill(hour - 0.5, *one) for one in filled])
        self.number += 1
        inputs = TickInputs(number=self.number, time=end, updates=updates, bars=(bar,))
        await self._record(inputs, encode_inputs(inputs))

    async def fill(self, hour: float, side: str, quantity: str, price: str) -> OrderFilled:
        """An order that filled."""
        self.orders += 1
        name, at = f"{self.run_id}-{self.orders}", START + int(hour * HOUR)
        order = replace(
            live_order(name, side, quantity, number=self.orders, symbol=SYMBOL, status=OrderStatus.FILLED),
            run_id=self.run_id, account=self.account,
        )  # fmt: skip
        fill: LiveFill = replace(
            live_fill(side, quantity, price, symbol=SYMBOL),
            id=f"{name}-f1", order_id=name, run_id=self.run_id, account=self.account, filled_at=time_of(at),
            execution_id=name,
        )  # fmt: skip
        async with self.store.transaction() as transaction:
            await transaction.put_orders([order])
            await transaction.add_fills([fill])
        return OrderFilled(
            number=self.orders, status=OrderStatus.FILLED, quantity=fill.quantity, price=fill.price,
            commission=fill.commission, time=at, bar_time=at,
        )  # fmt: skip

    async def ends(self, status: RunStatus) -> None:
        """It has ended."""
        async with self.database.transaction() as transaction:
            run = await transaction.runs.find(self.run_id)
            assert run is not None
            assert await transaction.runs.save(replace(run, status=status), expected=RunStatus.RUNNING)

    async def _record(self, inputs: TickInputs, data: bytes) -> None:
        tick = RecordedTick(
            run_id=self.run_id, number=inputs.number, time=time_of(inputs.time), inputs=data, actions=()
        )
        async with self.store.transaction() as transaction:
            await transaction.add_ticks([tick])


async def portfolio(api: Api, **asked: Any) -> dict[str, Any]:
    answer = await api.client.get("/api/v1/portfolio/equity", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def curve(found: dict[str, Any]) -> list[tuple[float, str, str, str]]:
    """Hour, equity, allotted and P&L."""
    return [
        (
            (datetime.fromisoformat(one["timestamp"]) - time_of(START)) / timedelta(hours=1),
            one["equity"],
            one["allotted"],
            one["pnl"],
        )
        for one in found["items"]
    ]


async def first_and_second(database: SqlDatabase) -> Sequence[Traded]:
    """One begins with 1,000, buys 2 at 100 and sells them at 115 in its last hour; the other begins with 500 at that
    time, and holds 1 that it bought at 120."""
    first, second = Traded(database, "first", 0), Traded(database, "second", 3, cash=500)
    await first.begin()
    await first.hour(1, 100)
    await first.hour(2, 110, ("buy", "2", "100"))
    await first.hour(3, 120)
    await second.begin()
    await first.hour(4, 118, ("sell", "2", "115"))
    await second.hour(4, 118, ("buy", "1", "120"))
    await second.hour(5, 125.5)
    return first, second


SUMS = [
    (0, "1000", "1000", "0"),
    (1, "1000", "1000", "0"),
    (2, "1020", "1000", "20"),  # two at 110, bought at 100
    (3, "1540", "1500", "40"),  # two at 120; the second begins
    (4, "1528", "1500", "28"),  # 30 for both; one at 118, bought at 120
    (5, "1535.5", "1500", "35.5"),  # 30, and 5.5
]


async def test_runs_are_summed_while_they_trade(database: SqlDatabase, api: Api) -> None:
    assert await portfolio(api) == {
        "mode": "paper", "items": [], "points": 0, "total": 0, "downsampled": False, "runs": 0, "accounts": [],
    }  # fmt: skip
    await first_and_second(database)
    found = await portfolio(api)
    assert curve(found) == SUMS
    assert (found["points"], found["total"], found["downsampled"], found["runs"]) == (6, 6, False, 2)


async def test_run_that_has_ended_leaves_what_it_made_and_takes_its_cash_along(database: SqlDatabase, api: Api) -> None:
    first, second = await first_and_second(database)
    await portfolio(api)  # which keeps what it counted
    await first.ends(RunStatus.STOPPED)
    gone = [*SUMS[:4], (4, "528", "500", "28"), (5, "535.5", "500", "35.5")]
    assert curve(await portfolio(api)) == gone
    await second.hour(6, 121)
    assert curve(await portfolio(api)) == [*gone, (6, "531", "500", "31")]
    await second.ends(RunStatus.ERROR)
    await second.fill(6.5, "sell", "1", "119")  # its close, after its end
    over = [*gone, (6, "531", "500", "31"), (6.5, "29", "0", "29")]
    assert curve(await portfolio(api)) == over
    assert curve(await portfolio(api)) == over


async def test_modes_are_kept_apart_and_replays_left_out(database: SqlDatabase, api: Api) -> None:
    await first_and_second(database)
    replay, live = Traded(database, "replay", 0), Traded(database, "live", 1, cash=70)
    await replay.begin(options={"replay": "2020-01-01"})
    await replay.hour(1, 10)
    await live.begin(mode=RunMode.LIVE, status=RunStatus.RUNNING)
    await live.hour(2, 10, ("buy", "3", "9"))
    assert curve(await portfolio(api)) == SUMS
    found = await portfolio(api, mode="live")
    assert (found["mode"], found["runs"]) == ("live", 1)
    assert curve(found) == [(1, "70", "70", "0"), (2, "73", "70", "3")]


async def test_points_are_bounded_and_extremes_stay(database: SqlDatabase, api: Api) -> None:
    run = Traded(database, "run", 0)
    await run.begin()
    await run.hour(1, 100, ("buy", "1", "100"))
    for hour in range(2, 60):
        await run.hour(hour, {20: 300.0, 40: 5.0}.get(hour, 100.0))
    found = await portfolio(api, points=12)
    assert (found["total"], found["downsampled"], found["points"]) == (60, True, len(found["items"]))
    assert found["points"] <= 12
    shown = {hour: pnl for hour, _, _, pnl in curve(found)}
    assert (shown[0], shown[20], shown[40], shown[59]) == ("0", "200", "-95", "0")
    for wrong in ({"points": 1}, {"points": 10_001}, {"mode": "backtest"}):
        assert (await api.client.get("/api/v1/portfolio/equity", params=wrong)).status_code == 422
