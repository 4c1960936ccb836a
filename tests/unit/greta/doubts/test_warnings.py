"""Warnings that are due: lots that money does not buy, sessions that orders wait for, nights that cost nothing yet."""

from typing import Any

import pandas as pd
import pytest

from tests.builders import backtest, crypto_bars, stock_days
from tests.shared_data import REPOSITORY
from weaver import Strategy
from weaver.model.market.asset_class import AssetClass
from weaver.walle.files.frames import bars_from_frame

WANTED: dict[str, Any] = {}


class Asks(Strategy):
    """Does WANTED["each"] on every bar."""

    def on_bar(self, bar: Any) -> None:
        WANTED["each"](self, bar)


def warned(bars: Any, each: Any, **options: Any) -> dict[str, str]:
    WANTED["each"] = each
    return {one.code: one.message for one in backtest(Asks, bars, **options).warnings}


def intraday(zone: str, begin: int, hours: int, days: int = 3) -> Any:
    """Hourly bars of so many hours a day from `begin` on, by the clock of a place, from Tuesday 2 March 2021 on."""
    starts = [pd.Timestamp(f"2021-03-{2 + day:02d}", tz=zone) + pd.Timedelta(hours=begin) for day in range(days)]
    times = pd.DatetimeIndex([start + pd.Timedelta(hours=hour) for start in starts for hour in range(hours)])
    frame = pd.DataFrame({"open": 100.0, "high": 101.0, "low": 99.0, "close": 100.0, "volume": 900.0}, index=times)
    return bars_from_frame(frame.tz_convert("UTC"), symbol="X", asset_class=AssetClass.STOCK).bars


# Lots


@pytest.mark.parametrize(
    ("each", "worth"),
    [
        (lambda s, _: s.order_target_percent("AAA", 1.0), "100,000.00"),
        (lambda s, _: s.order_target_percent("AAA", 0.25), "25,000.00"),
        (lambda s, _: s.order_target_value("AAA", 1234.5), "1,234.50"),
        (lambda s, _: s.order_target_percent("AAA", 1.0, size_at="fill"), "100,000.00"),
        (lambda s, _: s.order_target("AAA", 0.5), "250,000.00"),
    ],
    ids=["percent", "part", "value", "at_fill", "units"],
)
def test_target_under_one_lot_is_told_as_what_it_is(each: Any, worth: str) -> None:
    found = warned(stock_days([500_000.0] * 6), each, asset="stock")
    assert found["under_lot"] == (
        f"6 targets came to no order, as each was worth less than one lot: the first {worth} of AAA, of which one lot "
        "is 1, which costs 500,000.00; it takes more cash, or a larger share of it"
    )
    assert found["no_orders"] == "the strategy placed no order: its targets were worth less than one lot"


def test_a_strategy_that_never_asks_is_told_of_its_conditions() -> None:
    found = warned(stock_days([10.0] * 6), lambda *_: None, asset="stock")
    assert found["no_orders"].endswith("its conditions never came true on these bars")
    assert "under_lot" not in found


@pytest.mark.parametrize(
    "each",
    [
        lambda s, _: s.order_target_percent("AAA", 0.5),  # held from the second bar on
        lambda s, _: s.order_target_percent("AAA", 0),
        lambda s, _: s.order_target("AAA", 7),
        lambda s, _: s.order_target_value("AAA", 105.0, limit=1, tif="gtc"),  # ordered, and it rests
    ],
)
def test_a_target_that_is_reached_or_ordered_or_nothing_is_no_small_one(each: Any) -> None:
    assert "under_lot" not in warned(stock_days([10.0, 10.3, 9.9, 10.1, 10.0, 10.2]), each, asset="stock")


def test_small_targets_beside_others_are_counted_over_all_symbols() -> None:
    bars = {"AAA": stock_days([10.0] * 5), "BBB": stock_days([900_000.0] * 5), "CCC": stock_days([700_000.0] * 5)}
    found = warned(bars, lambda s, b: s.order_target_percent(b.symbol, 0.3), asset="stock")
    assert found["under_lot"].startswith("10 targets came to no order")
    assert "the first 30,000.00 of BBB, of which one lot is 1, which costs 900,000.00" in found["under_lot"]
    assert "no_orders" not in found


# Sessions


def test_orders_that_wait_for_new_york_are_counted_with_the_bars_that_fill_nothing() -> None:
    def each(strategy: Strategy, bar: Any) -> None:
        if not strategy.position("X"):
            strategy.buy("X", 1, tif="gtc")

    # London from 08:00 to 17:00, hours: 14:00 overlaps New York's open at 14:30, so 3 of 9 a day are regular. The bars
    # of 08:00 to 13:00 close before the one of 14:00 opens: six orders, of which five have a bar before it.
    found = warned(intraday("Europe/London", 8, 9), each, asset="stock")
    assert found["waited"].startswith(
        "5 of 6 orders waited for a session: 18 of 27 bars of X lie outside New York's regular hours and fill nothing; "
        "up to 5 of them met at one open, as when a strategy asks for its position only and orders on every bar"
    )
    assert "extended_hours=True" in found["waited"]
    assert 'asset="crypto"' in found["waited"]


def test_orders_that_wait_in_vain_are_told_so() -> None:
    found = warned(intraday("Asia/Kolkata", 9, 6), lambda s, _: s.buy("X", 1), asset="stock")
    # The last order is placed when the bars are over, and waits for none.
    assert "17 of 18 orders waited for a session, 17 of them to the end: 18 of 18 bars" in found["waited"]
    assert found["no_trades"].startswith("none of 18 orders filled")


@pytest.mark.parametrize(
    ("bars", "each", "asset"),
    [
        (intraday("America/New_York", 9, 7), lambda s, _: s.buy("X", 1), "stock"),
        (intraday("Europe/London", 8, 9), lambda s, _: s.buy("X", 1, extended_hours=True), "stock"),
        (intraday("Asia/Kolkata", 9, 6), lambda s, _: s.buy("X", 1), "crypto"),
        (intraday("Asia/Kolkata", 9, 6), lambda s, _: s.buy("X", 1), "future"),
        (stock_days([10.0] * 9, symbol="X"), lambda s, _: s.buy("X", 1), "stock"),
        (intraday("Europe/London", 8, 9), lambda s, _: s.cancel(s.buy("X", 1)), "stock"),
        (intraday("Europe/London", 8, 9), lambda s, _: s.buy("X", 1) and s.close_position("X"), "stock"),
    ],
    ids=["new-york", "extended", "crypto", "future", "daily", "cancelled", "closed"],
)
def test_orders_that_wait_for_no_session_are_not_told(bars: Any, each: Any, asset: str) -> None:
    assert "waited" not in warned(bars, each, asset=asset)


# Nights


def test_borrowed_cash_is_told_with_its_nights_and_its_most() -> None:
    found = warned(
        {"X": crypto_bars([100.0] * 11, timeframe="1d")},
        lambda s, _: s.order_target_value("X", 300_000),
        asset="crypto",
        account="margin",
        leverage=4,
    )
    # Bought at the second day's open for 300,000 of which 100,000 are one's own; nine nights follow until the last day.
    assert found["free_financing"] == (
        "cash was borrowed on 9 nights, 200,000.00 at most: neither interest nor a fee for borrowing is charged"
    )


def test_a_short_is_told_with_its_nights_and_its_most() -> None:
    found = warned(
        {"X": crypto_bars([100.0, 100.0, 150.0, 120.0, 100.0], timeframe="1d")},
        lambda s, _: s.order_target("X", -100),
        asset="crypto",
        account="margin",
        shorting=True,
    )
    assert found["free_financing"].startswith(
        "positions worth 15,000.00 at most were short on 3 nights: neither interest"
    )


def test_one_night_is_one_and_a_day_trade_none() -> None:
    def hours(strategy: Strategy, bar: Any) -> None:
        hour = bar.timestamp.hour
        strategy.order_target_value("X", 200_000 if 9 <= hour < WANTED["until"] else 0)

    bars = {"X": crypto_bars([100.0] * 30, first=pd.Timestamp("2021-04-05").value)}
    options = {"asset": "crypto", "account": "margin", "leverage": 3}
    WANTED["until"] = 20
    assert "free_financing" not in warned(bars, hours, **options)
    WANTED["until"] = 24
    assert "borrowed on 1 night, 100,000.00 at most" in warned(bars, hours, **options)["free_financing"]


@pytest.mark.parametrize("options", [{}, {"account": "margin", "leverage": 2}])
def test_what_is_paid_for_costs_no_interest(options: dict[str, Any]) -> None:
    bars = {"X": crypto_bars([100.0, 90.0, 80.0, 95.0], timeframe="1d")}
    each = lambda s, _: s.order_target_percent("X", 0.9)  # noqa: E731
    assert "free_financing" not in warned(bars, each, asset="crypto", **options)


@pytest.mark.parametrize(
    ("costs", "targets", "says"),
    [
        ({"margin_rate": "0.05", "borrow_rate": "0.05"}, {"X": 300_000, "Y": -50_000}, None),
        (
            {"margin_rate": "0.05"},
            {"Y": -50_000},
            "short on 9 nights: no fee is charged for borrowing them (borrow_rate)",
        ),
        ({"borrow_rate": "0.05"}, {"X": 300_000}, "200,000.00 at most: no interest is charged for it (margin_rate)"),
        ("none", {"Y": -50_000}, "50,000.00 at most were short on 9 nights: neither interest nor a fee"),
        ({"X": {"borrow_rate": 1}, "Y": "none"}, {"X": -20_000, "Y": -50_000}, "positions worth 50,000.00 at most"),
    ],
)
def test_what_is_charged_is_no_doubt_and_what_is_not_stays_one(costs: Any, targets: Any, says: str | None) -> None:
    def each(strategy: Any, bar: Any) -> None:
        if bar.symbol in targets:
            strategy.order_target_value(bar.symbol, targets[bar.symbol])

    bars = {symbol: crypto_bars([100.0] * 11, timeframe="1d", symbol=symbol) for symbol in ("X", "Y")}
    options = {"asset": "crypto", "account": "margin", "leverage": 4, "shorting": True}
    found = warned(bars, each, costs=costs, **options).get("free_financing")
    assert found is None if says is None else says in str(found)


def test_times_without_a_funding_rate_are_told_of_what_was_traded() -> None:
    bars = {"X": crypto_bars([100.0] * 48, first=pd.Timestamp("2021-04-05").value)}
    rates = [(f"2021-04-05T{hour:02d}:00Z", 0) for hour in (0, 8, 16)]
    found = warned(bars, lambda s, _: s.order_target("X", 1), asset="crypto", costs={"funding": rates})
    where = "the longest from 2021-04-05 16:00 to 2021-04-07 00:00 (UTC)"
    assert found["funding_gap"] == f"X has no funding rates in 1 stretch, {where}: nothing is charged there"
    assert "funding_gap" not in warned(bars, lambda *_: None, asset="crypto", costs={"funding": rates})


def test_the_tables_of_the_docs_name_the_codes() -> None:
    page = (REPOSITORY / "docs/architecture/greta.md").read_text()
    codes = (
        "under_lot",
        "waited",
        "free_financing",
        "funding_gap",
        "asset_guessed",
        "asset_doubt",
        "action_doubt",
        "action_twice",
    )
    assert [code for code in codes if f"`{code}`" not in page] == []


def test_margin_call_with_nothing_held_is_told() -> None:
    """Short 1000 at 100 and bought back at 1000: 900,000 lost of 100,000, when nothing is left to sell."""

    def each(s: Any, bar: Any) -> None:
        if len(s.close) == 1:
            s.sell("AAA", 1000)
        if len(s.close) == 2:
            s.buy("AAA", 1000)
            s.buy("AAA", 1, limit=1, tif="gtc")

    closes = [100.0, 100.0, 1000.0, 1000.0]
    found = warned(stock_days(closes, opens=closes), each, asset="stock", account="margin", shorting=True)
    assert found["liquidated"] == (
        "MARGIN CALL: equity fell under the maintenance margin, nothing was held, and every order was cancelled"
    )
