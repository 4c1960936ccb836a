"""On the same bars an order fills on the local exchange as it does in a backtest: random orders of every kind."""

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

import weaver
from tests.rehearsals.by_hand import MINUTE, HandClock, HandMarket, at, stock
from weaver import Strategy
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.venue.ids import SeededIds
from weaver.rehearsal.venue.tickets.terms import StopLoss, Terms
from weaver.rehearsal.venue.venue import Settings, Venue

BARS = 60
START = "2024-03-12T13:30:00+00:00"
Fill = tuple[int, str, Decimal, Decimal]
"""Tick of the bar, side, quantity, price."""


def random_bars(chance: random.Random) -> list[tuple[float, float, float, float]]:
    bars, last = [], 100.0
    for _ in range(BARS):
        open_ = round(last + chance.gauss(0, 0.4), 2)
        close = round(open_ + chance.gauss(0, 0.6), 2)
        high = round(max(open_, close) + abs(chance.gauss(0, 0.4)), 2)
        low = round(min(open_, close) - abs(chance.gauss(0, 0.4)), 2)
        bars.append((open_, high, low, close))
        last = close
    return bars


def near(chance: random.Random, price: float, away: float = 1.5) -> Decimal:
    return Decimal(f"{price + chance.uniform(-away, away):.2f}")


def random_terms(chance: random.Random, price: float) -> Terms:
    side = chance.choice(list(Side))
    kind = chance.choice(list(OrderType))
    tif = chance.choice([TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK])
    lasting = kind in (OrderType.TRAILING_STOP, OrderType.STOP, OrderType.STOP_LIMIT)
    sign = side.sign
    given: dict[str, Any] = {}
    if kind in (OrderType.LIMIT, OrderType.STOP_LIMIT):
        given["limit_price"] = near(chance, price)
    if kind in (OrderType.STOP, OrderType.STOP_LIMIT):
        given["stop_price"] = near(chance, price)
    if kind is OrderType.TRAILING_STOP:
        given[chance.choice(["trail_price", "trail_percent"])] = Decimal(f"{chance.uniform(0.3, 2):.1f}")
    if kind is OrderType.MARKET and chance.random() < 0.5:
        tif = chance.choice([TimeInForce.DAY, TimeInForce.GTC])
        given["order_class"] = OrderClass.BRACKET
        given["take_profit"] = Decimal(f"{price + sign * chance.uniform(0.5, 2):.2f}")
        given["stop_loss"] = StopLoss(stop_price=Decimal(f"{price - sign * chance.uniform(0.5, 2):.2f}"))
    return Terms(
        symbol="AAPL",
        side=side,
        type=kind,
        tif=TimeInForce.GTC if lasting else tif,
        qty=Decimal(chance.randint(1, 9)),
        **given,
    )


def on_the_exchange(
    chance: random.Random, bars: list[tuple[float, float, float, float]]
) -> tuple[dict[int, list[Terms]], list[Fill]]:
    """Place what the exchange takes, at most of the ticks; what was placed when, and all fills."""
    clock = HandClock(at(START))
    market = HandMarket(clock, [stock("AAPL")], {})
    settings = Settings(cash=Decimal(100_000), is_live=False, slippage_bps=Decimal(0))
    ids = SeededIds(1)
    venue = Venue(clock=clock, market=market, faults=Faults(ids), new_id=ids, publish=lambda _: None, settings=settings)
    placed: dict[int, list[Terms]] = defaultdict(list)
    for tick, bar in enumerate(bars):
        market.bar({"AAPL": " ".join(map(str, bar))})
        clock.on_request()
        for _ in range(chance.choice([0, 1, 1, 2])):
            terms = random_terms(chance, bar[3])
            try:
                venue.submit(terms, None)
            except Refused:
                continue
            venue.settle()
            placed[tick].append(terms)
    begin = at(START)
    fills = [
        ((one.at - begin) // MINUTE - 1, one.side, one.qty, one.price) for one in reversed(venue.lifecycle.executions)
    ]
    return placed, fills[::-1]


def in_a_backtest(placed: dict[int, list[Terms]], bars: list[tuple[float, float, float, float]]) -> list[Fill]:
    class Scripted(Strategy):
        def on_start(self) -> None:
            self.tick = -1

        def on_bar(self, bar: Any) -> None:
            self.tick += 1
            for terms in placed.get(self.tick, ()):
                act = self.buy if terms.side is Side.BUY else self.sell
                loss = terms.stop_loss
                act(
                    "AAPL", terms.qty, limit=terms.limit_price, stop=terms.stop_price, trail=terms.trail_price,
                    trail_percent=terms.trail_percent, tif=terms.tif, take_profit=terms.take_profit,
                    stop_loss=None if loss is None else loss.stop_price,
                    exit_tif=None if loss is None else terms.tif,
                )  # fmt: skip

    frame = pd.DataFrame(bars, columns=["open", "high", "low", "close"])
    frame["volume"] = 1000.0
    frame.insert(0, "timestamp", pd.date_range(START, periods=BARS, freq="1min"))
    result = weaver.backtest(
        Scripted, {"AAPL": frame}, cash=100_000, costs="none", account="margin", leverage=2, shorting=True,
        timeframe="1m", asset="stock", lookahead_check=False,
    )  # fmt: skip
    begin = pd.Timestamp(START)
    return [
        (int((fill.bar_timestamp - begin) / pd.Timedelta(minutes=1)), str(fill.side), fill.quantity, fill.price)
        for fill in result.fills
    ]


@pytest.mark.parametrize("seed", range(12))
def test_fills_are_those_of_a_backtest(seed: int) -> None:
    chance = random.Random(seed)
    bars = random_bars(chance)
    placed, fills = on_the_exchange(chance, bars)
    assert len(fills) >= 10
    assert fills == in_a_backtest(placed, bars)
