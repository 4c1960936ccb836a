"""The simulated venue as a root fits it: bars from the store, costs by instrument."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builders import FIRST_DAY, crypto_bars
from tests.virtual_wall import VirtualWall
from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.errors import NotFound
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.model.orders.actions import Side
from weaver.model.run import RunMode
from weaver.research.simulated import LivePrices, following, replayed
from weaver.veda.adapters.simulated.memory import NoMemory
from weaver.veda.adapters.simulated.sources.pacing import MAX
from weaver.veda.adapters.simulated.sources.replay import ReplayOptions
from weaver.veda.exchange.answers import Accepted
from weaver.veda.exchange.market import LiveBar, ReplayEnded
from weaver.veda.exchange.orders import OrderRequest
from weaver.veda.exchange.setup import Setup
from weaver.walle.bars.store import ParquetBarStore

HOUR = Timeframe.parse("1h")
START = datetime.fromtimestamp(FIRST_DAY * DAY / 10**9, UTC)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
COIN = Instrument.default("BTC/USD", AssetClass.CRYPTO)
BUY = OrderRequest(client_order_id="a", symbol="BTC/USD", side=Side.BUY, quantity=Decimal(2))


def preset(instrument: Instrument) -> Costs:
    return Costs.parse(None, asset_class=instrument.asset_class)


def setup() -> Setup:
    return Setup(mode=RunMode.PAPER, wall=VirtualWall(), chance=lambda: 0.5, settings={})


def stored(folder: Path) -> ParquetBarStore:
    store = ParquetBarStore(folder)
    store.write(crypto_bars([100.0, 101.0, 102.0]), COIN, None, "test")
    return store


def options(symbol: str = "BTC/USD") -> ReplayOptions:
    return ReplayOptions(symbols=(symbol,), timeframe=HOUR, start=START, speed=MAX)


async def bought(adapter: Any) -> list[Any]:
    """The messages of a stream, with an order after the first bar."""
    found = []
    async for message in adapter.live_bars(["BTC/USD"]):
        found.append(message)
        if isinstance(message, LiveBar) and message.close == 100:
            assert isinstance(await adapter.submit(BUY), Accepted)
    return found


def test_stored_bars_are_replayed_with_the_costs_of_their_class(tmp_path: Path) -> None:
    rules = AccountRules(cash=Decimal(1_000))
    adapter, replay = replayed(
        setup(), options(), store=stored(tmp_path), rules=rules, costs=preset, prefix="p", memory=NoMemory()
    )  # fmt: skip
    replay.set_speed(60)

    async def run() -> None:
        await adapter.connect()
        found = await bought(adapter)
        assert isinstance(found[-1], ReplayEnded)
        (fill,) = await adapter.fills_since(EVER)
        # The second bar opens at 100; crypto slips by 2 + 3 basis points, and 25 are the commission.
        assert (fill.price, fill.commission) == (Decimal("100.05"), Decimal("0.50025"))
        account = await adapter.account()
        assert account.cash == Decimal(1_000) - Decimal("200.1") - Decimal("0.50025")

    asyncio.run(run())


def test_symbol_that_is_not_stored_is_told(tmp_path: Path) -> None:
    store = stored(tmp_path)
    adapter, _ = replayed(
        setup(), options("ETH/USD"), store=store, rules=AccountRules(), costs=preset, prefix="p", memory=NoMemory()
    )  # fmt: skip
    with pytest.raises(NotFound, match="ETH/USD"):
        asyncio.run(adapter.connect())


def test_live_bars_of_another_venue_are_followed_with_the_same_costs(tmp_path: Path) -> None:
    source, _ = replayed(
        setup(), options(), store=stored(tmp_path), rules=AccountRules(), costs=preset, prefix="s", memory=NoMemory()
    )  # fmt: skip
    adapter = following(setup(), source, rules=AccountRules(), costs=preset, prefix="p")

    async def run() -> None:
        await source.connect()
        await adapter.connect()
        await bought(adapter)
        (fill,) = await adapter.fills_since(EVER)
        assert (fill.price, fill.commission) == (Decimal("100.05"), Decimal("0.50025"))
        assert await source.fills_since(EVER) == ()

    asyncio.run(run())


@pytest.mark.parametrize("price", [0.00001234, 65_432.1, 1.5e-8])
def test_price_that_nobody_has_seen_has_room_on_the_scale(price: float) -> None:
    prices = LivePrices(preset)
    live = LiveBar(
        symbol="BTC/USD", start=0, end=60 * 10**9, open=price, high=price, low=price, close=price, volume=1.0
    )  # fmt: skip
    bar, model = prices.bar(COIN, live), prices.costs(COIN)
    assert Decimal(bar.open) / model.scale.price_one == Decimal(repr(price))
    assert model is prices.costs(COIN)
    slipped = model.slipped(bar.open, sign=1, limit=None)
    assert np.isclose(slipped / model.scale.price_one, price * 1.0005, rtol=1e-7)
