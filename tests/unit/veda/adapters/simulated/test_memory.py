"""What a venue was asked for is kept as it was; asked for again, the same comes of it."""

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.research.test_simulated import BUY, EVER, options, preset, setup, stored
from weaver.model.account.margin import AccountRules
from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.research.simulated import replayed
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.memory import Asked, Remembered
from weaver.veda.exchange.market import LiveBar, TickEnded
from weaver.veda.exchange.orders import OrderChange, OrderRequest, StopLoss

BRACKET = OrderRequest(
    client_order_id="b", symbol="BTC/USD", side=Side.BUY, quantity=Decimal("0.5"), order_type=OrderType.LIMIT,
    tif=TimeInForce.GTC, limit=Decimal("99.50"), order_class=OrderClass.BRACKET, take_profit=Decimal(120),
    stop_loss=StopLoss(stop=Decimal(90), limit=Decimal(89)),
)  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        Asked(tick=1, placed=2, request=BRACKET),
        Asked(tick=1, placed=2, venue_id="p-1"),
        Asked(tick=1, placed=2, venue_id="p-1", change=OrderChange(client_order_id="c", stop=Decimal(91))),
    ],
    ids=["order", "cancel", "replacement"],
)
def test_requests_are_kept_as_they_were(asked: Asked) -> None:
    assert Asked.of_json(json.loads(json.dumps(asked.as_json()))) == asked


class Kept:
    """A memory that outlives venues; `until` is said by the test."""

    def __init__(self) -> None:
        self.asked: dict[int, Asked] = {}
        self.until: int | None = None

    async def recall(self) -> Remembered:
        return Remembered(until=self.until, asked=[self.asked[number] for number in sorted(self.asked)])

    async def note(self, number: int, asked: Asked) -> None:
        self.asked[number] = asked


def venue(folder: Path, memory: Kept) -> SimulatedAdapter:
    store, rules = stored(folder), AccountRules(cash=Decimal(1_000))
    return replayed(setup(), options(), store=store, rules=rules, costs=preset, prefix="p", memory=memory)[0]


async def ended(adapter: SimulatedAdapter, ticks: int) -> list[datetime]:
    """Read so many ticks; the ends of their bars."""
    found: list[datetime] = []
    async for message in adapter.live_bars(["BTC/USD"]):
        if isinstance(message, TickEnded):
            found.append(message.time)
        if len(found) == ticks:
            break
    return found


async def shown(adapter: SimulatedAdapter) -> tuple[object, ...]:
    """All that the venue shows."""
    return (
        await adapter.orders_since(EVER), await adapter.fills_since(EVER), await adapter.account(),
        await adapter.positions(), adapter.now(),
    )  # fmt: skip


def test_a_venue_that_is_made_anew_stands_where_the_other_stood(tmp_path: Path) -> None:
    async def run() -> None:
        memory = Kept()
        first = venue(tmp_path, memory)
        await first.connect()
        (tick,) = await ended(first, 1)
        await first.submit(BUY)
        await first.submit(BRACKET)
        await first.cancel("p-2")
        (second,) = await ended(first, 1)
        memory.until = instant_of(second)
        again = venue(tmp_path / "again", memory)
        await again.connect()
        assert await shown(again) == await shown(first)
        assert len(await again.fills_since(EVER)) == 1
        assert await ended(again, 1) == await ended(first, 1)  # and it goes on alike
        assert tick < second

    asyncio.run(run())


def test_a_tick_that_nobody_dealt_with_is_told_again(tmp_path: Path) -> None:
    """What was asked for after it is known to have come."""

    async def run() -> None:
        memory = Kept()
        first = venue(tmp_path, memory)
        await first.connect()
        (tick,) = await ended(first, 1)
        memory.until = instant_of(tick)
        (second,) = await ended(first, 1)
        await first.submit(BUY)
        again = venue(tmp_path / "again", memory)
        await again.connect()
        assert await shown(again) == await shown(first)
        messages = again.live_bars(["BTC/USD"])
        bars = [message async for message in messages if isinstance(message, LiveBar)]
        assert bars[0].end == instant_of(second)

    asyncio.run(run())
