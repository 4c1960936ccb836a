"""What accounts' days came to, on an account of the test's, by its own time."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import exchange_calendars
import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.glados.fakes import FakeIds, a_run
from tests.unit.veda.live_builders import live_fill
from tests.virtual_wall import VirtualWall
from weaver.events.factory import EventFactory
from weaver.model.errors import Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.run import Run, RunMode, RunStatus
from weaver.veda.notifications.days import RUNS_A_SUMMARY, Days, day_end
from weaver.veda.positions.sub_ledger import SubLedger

pytestmark = pytest.mark.anyio
CLOSE = datetime(2026, 3, 3, 21, tzinfo=UTC)
"""Of the stock session of Tuesday."""
BEFORE = datetime(2026, 3, 3, 0, 10, tzinfo=UTC)
"""After the days of Monday, stocks' and crypto's."""
DAY = timedelta(days=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class World:
    """An account, its runs, and what is recorded of it."""

    def __init__(self, *runs: Run, is_replay: bool = False) -> None:
        self.runs = {run.id: run for run in runs}
        self.prices: dict[str, Decimal] = {"AAPL": Decimal(100), "BTC/USD": Decimal(50_000)}
        self.fills: list[Any] = []
        self.now = CLOSE - timedelta(hours=1)
        self.disk, self.wall, self.is_owner = FakeDisk(), VirtualWall(), True
        self.new_id = FakeIds()
        self.store = FakeTradingStore(self.disk)
        self.account: Any = SimpleNamespace(
            name="alpaca paper", mode=RunMode.PAPER, asset_class=lambda symbol: classes[symbol], ledgers=self,
            adapter=SimpleNamespace(is_replay=is_replay, now=lambda: self.now),
            venue_account=SimpleNamespace(equity=Decimal("100250.10")),
        )  # fmt: skip
        classes = {"AAPL": AssetClass.STOCK, "BTC/USD": AssetClass.CRYPTO}

        async def of_run(run_id: str) -> Any:
            return SimpleNamespace(fills=[one for one in self.fills if one.run_id == run_id])

        self.store.of_run = of_run  # type: ignore[method-assign,assignment]
        self.days = self.begun()

    def begun(self) -> Days:
        """What looks at the days, as after a start."""

        async def find_run(run_id: str) -> Run | None:
            return self.runs.get(run_id)

        return Days(
            accounts=lambda: {"alpaca paper": self.account}, store=self.store, find_run=find_run,
            events=EventFactory(producer="test", now=self.wall.now, new_id=self.new_id),
            is_owner=lambda: self.is_owner, wait=self.wall.sleep,
        )  # fmt: skip

    def of(self, run_id: str) -> SubLedger:
        """Its ledger: 10,000 and its fills."""
        own = [one for one in self.fills if one.run_id == run_id]
        return SubLedger.opened(run_id, Decimal(10_000)).booked(*own)

    def equity(self, run_id: str) -> Decimal:
        return self.of(run_id).equity(self.prices)

    async def look(self, at: datetime) -> list[Any]:
        """What is recorded of days at a time."""
        self.now, before = at, len(self.disk.events)
        await self.days.look(self.account)
        return [one.payload for one in self.disk.events[before:]]


def a_trader(identifier: str = "run", *symbols: str, **given: Any) -> Run:
    return a_run(
        identifier, mode=RunMode.PAPER, status=given.pop("status", RunStatus.RUNNING), symbols=symbols or ("AAPL",),
        **given,
    )  # fmt: skip


def filled(side: str, quantity: int, price: int, at: datetime, run_id: str = "run") -> Any:
    name = f"{run_id} {at:%d%H%M} {side}"
    return live_fill(side, quantity, price, order_id=name, id=name, execution_id=name, filled_at=at, run_id=run_id)


async def test_day_is_summarised_soon_after_its_close_and_once() -> None:
    world = World(a_trader(name="trend"))
    assert await world.look(BEFORE) == [], "it is not known how it stood before"
    world.fills = [filled("buy", 10, 90, CLOSE - timedelta(hours=5)), filled("buy", 5, 80, CLOSE - timedelta(hours=4))]
    world.fills.append(filled("sell", 5, 95, CLOSE - timedelta(hours=2)))
    assert await world.look(CLOSE + timedelta(minutes=4)) == []
    [day] = await world.look(CLOSE + timedelta(minutes=5))
    # 5 of the 10 bought at 90 were sold at 95; 10 are left (5 at 90, 5 at 80), worth 100 each: 25 + 50 + 100
    assert day == {
        "account": "alpaca paper", "mode": "paper", "asset_class": "stock", "since": "2026-03-02T21:00:00Z",
        "ended": "2026-03-03T21:00:00Z", "equity": "100250.1", "pnl": "175",
        "runs": [
            {"run_id": "run", "name": "trend", "equity": "10175", "pnl": "175", "trades": 1,
             "positions": [{"symbol": "AAPL", "quantity": "10"}], "positions_total": 1},
        ],
    }  # fmt: skip
    assert await world.look(CLOSE + timedelta(minutes=6)) == []


async def test_pnl_is_since_the_summary_before_over_a_restart_too() -> None:
    world = World(a_trader())
    await world.look(BEFORE)
    world.fills = [filled("buy", 10, 90, CLOSE - timedelta(hours=5))]
    [first] = await world.look(CLOSE + timedelta(minutes=5))
    world.prices["AAPL"] = Decimal(103)
    world.days = world.begun()
    [second] = await world.look(CLOSE + DAY + timedelta(minutes=5))
    assert [first["pnl"], second["pnl"], second["since"]] == ["100", "30", "2026-03-03T21:00:00Z"]
    assert second["runs"][0]["trades"] == 0


async def test_runs_of_other_markets_and_runs_that_are_over_are_not_in_it() -> None:
    world = World(a_trader("run"), a_trader("coins", "BTC/USD"), a_trader("over", status=RunStatus.STOPPED))
    await world.look(BEFORE)
    [stocks] = await world.look(CLOSE + timedelta(minutes=5))
    [coins] = await world.look(datetime(2026, 3, 4, 0, 5, tzinfo=UTC))
    assert (stocks["asset_class"], [one["run_id"] for one in stocks["runs"]]) == ("stock", ["run"])
    assert (coins["asset_class"], coins["ended"]) == ("crypto", "2026-03-04T00:00:00Z")
    assert [one["run_id"] for one in coins["runs"]] == ["coins"]


async def test_many_runs_are_in_several_events() -> None:
    world = World(*(a_trader(f"run-{number}") for number in range(RUNS_A_SUMMARY + 1)))
    await world.look(BEFORE)
    days = await world.look(CLOSE + timedelta(minutes=5))
    assert [len(one["runs"]) for one in days] == [RUNS_A_SUMMARY, 1]


async def test_account_without_runs_has_no_days() -> None:
    world = World()
    assert await world.look(BEFORE) == await world.look(CLOSE + DAY) == []
    assert world.disk.tables.states == {}


@pytest.mark.parametrize(("is_replay", "is_owner", "days"), [(False, True, 1), (True, True, 0), (False, False, 0)])
async def test_accounts_are_looked_at_again_and_again(is_replay: bool, is_owner: bool, days: int) -> None:
    world = World(a_trader(), is_replay=is_replay)
    world.is_owner = is_owner
    world.now = BEFORE
    await run_for(world, 31)
    world.now = CLOSE + timedelta(minutes=10)
    await run_for(world, 91)
    assert len(world.disk.events) == days


async def test_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(a_trader())
    await world.look(BEFORE)
    world.now = CLOSE + timedelta(minutes=10)
    state, faults = world.store.state, [Unavailable("it is away")]

    async def failing(scope: str) -> Any:
        if faults:
            raise faults.pop()
        return await state(scope)

    monkeypatch.setattr(world.store, "state", failing)
    await run_for(world, 61)
    assert len(world.disk.events) == 1


async def run_for(world: World, seconds: float) -> None:
    task = asyncio.create_task(world.days.run())
    await world.wall.sleep(seconds)
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")  # exchange_calendars'
def test_stock_days_end_at_the_exchanges_closes() -> None:
    """Against another library's calendar, early closes and days off among them."""
    closes = exchange_calendars.get_calendar("XNYS", start="2025-06-01", end="2026-06-01").closes
    for close in closes.iloc[10:]:
        at = close.to_pydatetime()
        assert day_end(AssetClass.STOCK, at) == at
        assert day_end(AssetClass.STOCK, at + timedelta(hours=2)) == at
        assert day_end(AssetClass.STOCK, at - timedelta(microseconds=1)) < at


def test_crypto_days_end_at_midnight() -> None:
    midnight = datetime(2026, 3, 8, tzinfo=UTC)
    assert (
        day_end(AssetClass.CRYPTO, midnight) == day_end(AssetClass.CRYPTO, midnight + timedelta(hours=23)) == midnight
    )
