"""When a fill happened: at the open of its bar, which for a daily bar is its session's, or at the bar's end."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest
from tests.unit.greta.record.test_run_record import events_of, record_of, recorded
from weaver import Strategy
from weaver.greta.result import BacktestResult
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY, Timeframe

EPOCH = date(1970, 1, 1)


def days_of(asset: AssetClass, *dates: str, timeframe: str = "1d", lows: dict[int, float] | None = None) -> Bars:
    """Daily bars at 100, labelled with these dates; `lows` says where they dipped and closed lower."""
    step = Timeframe.parse(timeframe)
    timestamp = np.array([(date.fromisoformat(day) - EPOCH).days * DAY for day in dates], dtype=np.int64)
    flat = np.full(len(dates), 100.0)
    low = flat.copy()
    for index, price in (lows or {}).items():
        low[index] = price
    return Bars(
        symbol="AAA" if asset is AssetClass.STOCK else "AAA/USD",
        timeframe=step,
        timestamp=timestamp,
        end=calendar_for(asset).bar_end(timestamp, step),
        open=flat,
        high=flat,
        low=low,
        close=low.copy(),
        volume=np.full(len(dates), 1e6),
    )


class BuyWithStop(Strategy):
    """Buys on the first bar's close, and is stopped out inside a later one."""

    def on_bar(self, bar: Any) -> None:
        if len(self.bars) == 1:
            self.buy(bar.symbol, 10, stop_loss=95, tif="gtc")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WINTER = ("2023-01-03", "2023-01-04", "2023-01-05", "2023-01-06")
CASES = [
    (AssetClass.STOCK, WINTER, "2023-01-04T14:30", "2023-01-05T21:00"),
    (AssetClass.STOCK, ("2023-07-05", "2023-07-06", "2023-07-07"), "2023-07-06T13:30", "2023-07-07T20:00"),
    (AssetClass.STOCK, ("2023-11-22", "2023-11-24", "2023-11-27"), "2023-11-24T14:30", "2023-11-27T21:00"),
    (
        AssetClass.STOCK,
        ("2023-01-13", "2023-01-16", "2023-01-17"),
        "2023-01-16T14:30",
        "2023-01-17T21:00",
    ),  # no session
    (AssetClass.FX, WINTER, "2023-01-03T22:00", "2023-01-05T22:00"),
    (AssetClass.FX, ("2023-07-07", "2023-07-10", "2023-07-11"), "2023-07-09T21:00", "2023-07-11T21:00"),  # a Sunday
    (AssetClass.CRYPTO, WINTER, "2023-01-04T00:00", "2023-01-06T00:00"),
]


@pytest.mark.parametrize(("asset", "dates", "entered", "left"), CASES)
def test_daily_fill_is_stamped_with_its_sessions_open_or_its_bars_end(
    asset: AssetClass, dates: tuple[str, ...], entered: str, left: str
) -> None:
    result = backtest(BuyWithStop, days_of(asset, *dates, lows={2: 90.0}), asset=str(asset))
    assert [fill.timestamp for fill in result.fills] == [utc(entered), utc(left)]
    labels = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in dates[1:3]]
    assert [fill.bar_timestamp for fill in result.fills] == labels
    (trade,) = result.trades
    assert (trade.entry_time, trade.exit_time) == tuple(ns(time) for time in (utc(entered), utc(left)))
    held = (utc(left) - utc(entered)) / timedelta(days=1)
    assert result.stats["avg_trade_days"] == pytest.approx(held)


def ns(time: datetime) -> int:
    return int(time.timestamp()) * 10**9


def test_all_that_tells_of_a_fill_gives_the_same_time() -> None:
    heard: list[datetime] = []

    class Listening(BuyWithStop):
        def on_fill(self, fill: Any) -> None:
            heard.append(fill.timestamp)

    bars = days_of(AssetClass.STOCK, *WINTER, lows={2: 90.0})
    result = recorded(Listening, bars, params={})
    times = [utc("2023-01-04T14:30"), utc("2023-01-05T21:00")]
    assert heard == times
    written = json.loads(result.to_json())
    assert [datetime.fromisoformat(fill["timestamp"]) for fill in written["fills"]] == times
    told = [written["trades"][0][name] for name in ("entry_time", "exit_time")]
    assert [datetime.fromisoformat(time) for time in told] == times
    record = record_of(result)
    assert [datetime.fromisoformat(row["filled_at"]) for row in record.fills()] == times
    (row,) = record.trades(result.trades)
    assert [datetime.fromisoformat(row[name]) for name in ("entry_time", "exit_time")] == times
    filled = [event["payload"]["time"] for event in events_of(record) if event["type"] == "orders.Filled"]
    assert [datetime.fromisoformat(time) for time in filled] == times
    entry, stop = record.orders()
    assert [datetime.fromisoformat(one["updated_at"]) for one in (entry, stop)] == times
    assert list(result.fills.to_pandas().timestamp) == times


def test_leg_is_accepted_when_its_entry_filled() -> None:
    result = recorded(BuyWithStop, days_of(AssetClass.STOCK, *WINTER))
    record = record_of(result)
    accepted = [event["payload"] for event in events_of(record) if event["type"] == "orders.Accepted"]
    leg = next(one for one in record.orders() if one["parent_id"] is not None)
    told = next(payload["time"] for payload in accepted if payload["order_id"] == leg["id"])
    assert datetime.fromisoformat(leg["updated_at"]) == datetime.fromisoformat(told) == utc("2023-01-04T14:30")


def test_order_that_comes_after_a_sessions_open_takes_the_next_open() -> None:
    """At midnight UTC, when the crypto day ends, the fx session that carries the new date has been open for hours."""
    told: dict[str, datetime] = {}

    class AtMidnight(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.symbol == "BTC/USD" and not told:
                told["placed"] = utc("2023-01-04T00:00")
                self.buy("EUR/USD", 10, tif="gtc")

        def on_fill(self, fill: Any) -> None:
            told["filled"] = fill.timestamp

    bars = {}
    for symbol, asset in (("BTC/USD", AssetClass.CRYPTO), ("EUR/USD", AssetClass.FX)):
        one = days_of(asset, *WINTER)
        bars[symbol] = replace(one, symbol=symbol)
    backtest(AtMidnight, bars)
    assert told["filled"] == utc("2023-01-04T22:00")
    assert told["filled"] > told["placed"]


def test_fill_inside_its_session_never_comes_before_its_order_was_placed() -> None:
    random = np.random.default_rng(3)
    dates = [str(np.datetime64("2023-02-27") + k) for k in range(40)]
    for _ in range(30):
        chosen = sorted(random.choice([day for day in dates if np.is_busday(day)], 12, replace=False).tolist())
        bars = {}
        for symbol, asset in (("AAA", "stock"), ("EUR/USD", "fx"), ("BTC/USD", "crypto")):
            one = days_of(AssetClass(asset), *(day for day in chosen if random.random() < 0.8))
            bars[symbol] = replace(one, symbol=symbol)
        check_order(backtest(BuyEach, bars, cash=10_000_000))


class BuyEach(Strategy):
    """Buys some of every symbol at every tick, and remembers when."""

    def on_tick(self, tick: Any) -> None:
        for symbol in self.symbols:
            self.log(f"{self.buy(symbol, 1, tif='gtc').id} {tick.time.isoformat()}")


def check_order(result: BacktestResult) -> None:
    placed = dict(entry.text.split() for entry in result.journal)
    assert result.fills
    for fill in result.fills:
        assert fill.timestamp >= datetime.fromisoformat(placed[fill.order_id])
        assert fill.price == Decimal(100)
