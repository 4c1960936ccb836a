"""What holding costs, by hand: the examples of the docs, and where in a tick it is booked."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

import weaver
from tests.shared_data import REPOSITORY
from weaver import BacktestResult, Strategy

FRIDAY, MONDAY, TUESDAY = "2024-03-01", "2024-03-04", "2024-03-05"
Flow = tuple[str, str, str, Decimal]


def frame(rows: dict[str, tuple[float, ...]]) -> pd.DataFrame:
    """Bars by their stamps: open and close, or open, high, low and close."""
    found = []
    for stamp, prices in rows.items():
        first, last = prices[0], prices[-1]
        high, low = prices[1:3] if len(prices) == 4 else (max(first, last), min(first, last))
        found.append({"timestamp": stamp, "open": first, "high": high, "low": low, "close": last, "volume": 1e9})
    return pd.DataFrame(found)


def run(bars: dict[str, pd.DataFrame], act: Callable[[Any, int], Any], **options: Any) -> BacktestResult:
    """`act(strategy, n)` is called at the n-th tick, from 0 on."""

    class Acting(Strategy):
        def on_start(self) -> None:
            self.count = -1

        def on_tick(self, tick: Any) -> None:
            self.count += 1
            act(self, self.count)

    return weaver.backtest(Acting, bars, lookahead_check=False, tz="UTC", **options)


def flows(result: BacktestResult) -> list[Flow]:
    return [
        (f"{datetime.fromtimestamp(f.time / 1e9, UTC):%d %H:%M}", f.symbol, f.kind, f.amount) for f in result.cash_flows
    ]


def once(act: Callable[[Any], Any]) -> Callable[[Any, int], Any]:
    return lambda strategy, count: act(strategy) if count == 0 else None


DAYS = {"2024-02-29": (50, 50), FRIDAY: (50, 50), MONDAY: (51, 52), TUESDAY: (52, 52)}
ON_MARGIN = {"asset": "stock", "account": "margin", "leverage": 4, "shorting": True, "maintenance": 0}
RATES = {"borrow_rate": "0.036", "margin_rate": "0.072"}


def test_a_short_pays_for_the_nights_between_sessions() -> None:
    result = run({"X": frame(DAYS)}, once(lambda s: s.sell("X", 100)), costs=RATES, **ON_MARGIN)
    weekend = Decimal(100 * 50) * Decimal("0.036") * 3 / 360
    night = Decimal(100 * 52) * Decimal("0.036") * 1 / 360
    assert (weekend, night) == (Decimal("1.5"), Decimal("0.52"))
    assert flows(result) == [("04 21:00", "X", "borrow_fee", -weekend), ("05 21:00", "X", "borrow_fee", -night)]
    assert result.stats["final_equity"] == pytest.approx(100_000 - 100 * 2 - 1.5 - 0.52, abs=1e-9)
    assert [warning.code for warning in result.warnings if "financing" in warning.code] == []


def test_borrowed_cash_bears_interest_and_that_bears_interest() -> None:
    result = run({"X": frame(DAYS)}, once(lambda s: s.buy("X", 4_000)), costs=RATES, **ON_MARGIN)
    weekend = Decimal(100_000) * Decimal("0.072") * 3 / 360
    night = (100_000 + weekend) * Decimal("0.072") / 360
    assert (weekend, night) == (60, Decimal("20.012"))
    assert flows(result) == [("04 21:00", "", "margin_interest", -weekend), ("05 21:00", "", "margin_interest", -night)]
    assert result.stats["commission"] == 0
    assert result.equity[-1].cash == pytest.approx(-100_080.012, abs=1e-9)


def hours(count: int, price: float = 30_000) -> pd.DataFrame:
    stamps = pd.date_range("2024-03-01", periods=count, freq="h", tz="UTC")
    return frame({str(stamp): (price, price) for stamp in stamps})


@pytest.mark.parametrize(("side", "paid"), [("buy", 6), ("sell", -6)])
def test_funding_is_paid_by_longs_and_to_shorts(side: str, paid: int) -> None:
    costs = {"funding": [("2024-03-01T08:00:00Z", "0.0001")]}
    options = {"asset": "crypto", "account": "margin", "shorting": True, "costs": costs}
    result = run({"BTC/USD": hours(12)}, once(lambda s: getattr(s, side)("BTC/USD", 2)), **options)
    assert flows(result) == [("01 08:00", "BTC/USD", "funding", Decimal(-paid))]


@pytest.mark.parametrize(("tick", "is_paid"), [(6, True), (7, False)])
def test_who_is_in_at_the_open_of_the_instant_has_not_paid_it(tick: int, is_paid: bool) -> None:
    """The seventh tick is the one at 07:00, whose orders fill at the open of 07:00; the next at that of 08:00."""
    costs = {"funding": [("2024-03-01T08:00:00Z", "0.0001")]}
    act = lambda s, n: s.buy("BTC/USD", 2) if n == tick else None  # noqa: E731
    result = run({"BTC/USD": hours(12)}, act, asset="crypto", costs=costs)
    assert bool(flows(result)) == is_paid


def test_funding_between_bars_is_of_what_was_held_before_at_the_close_before() -> None:
    """A stock's night: held over the weekend, sold at Monday's open of 51; Friday closed at 50."""
    costs = {"funding": [("2024-03-02T00:00:00Z", "0.01"), ("2024-03-04T15:00:00Z", "0.01")]}
    act = lambda s, n: {0: lambda: s.buy("X", 10), 1: lambda: s.sell("X", 10)}.get(n, lambda: None)()  # noqa: E731
    result = run({"X": frame(DAYS)}, act, asset="stock", costs=costs)
    assert flows(result) == [("04 21:00", "X", "funding", Decimal(-5))]


def test_funding_can_take_the_cash_of_a_cash_account_below_zero_where_only_sales_fill() -> None:
    costs = {"funding": [("2024-03-01T02:00:00Z", "0.5")], "margin_rate": "0.36"}
    asked = {0: "BTC/USD", 4: "ETH/USD"}

    def act(strategy: Any, count: int) -> None:
        if count in asked:
            strategy.buy(asked[count], 3 if count == 0 else 1)
        elif count == 26:
            strategy.sell("BTC/USD", 3)

    bars = {"BTC/USD": hours(30), "ETH/USD": hours(30, 1.0)}
    given = {"BTC/USD": costs, "ETH/USD": "none"}
    result = run(bars, act, asset="crypto", costs=given, cash=90_000)
    # 3 × 30,000 × 0.5 = 45,000 of nothing that is left; the night on it: 45,000 × 0.36 ÷ 360 = 45.
    assert flows(result) == [
        ("01 02:00", "BTC/USD", "funding", Decimal(-45_000)),
        ("02 01:00", "", "margin_interest", Decimal(-45)),
    ]
    assert [order.status for order in result.orders] == ["filled", "rejected", "filled"]


def test_symbols_have_rates_of_their_own() -> None:
    costs = {"X": {"borrow_rate": "0.36"}, "*": {"borrow_rate": "0.036"}}
    act = once(lambda s: (s.sell("X", 100), s.sell("Y", 100)))
    result = run({"X": frame(DAYS), "Y": frame(DAYS)}, act, costs=costs, **ON_MARGIN)
    assert [flow[1:] for flow in flows(result)[:2]] == [
        ("X", "borrow_fee", Decimal(-15)),
        ("Y", "borrow_fee", Decimal("-1.5")),
    ]


def test_carry_can_be_what_calls_the_margin() -> None:
    """Bought for four times the equity at 100: 300,000 borrowed. At a rate of 3.6 a night costs 3,000."""
    days = frame({f"2024-03-{day:02d}": (100.0, 100.0) for day in (4, 5, 6, 7, 8)})
    options = {**ON_MARGIN, "maintenance": "0.24"}
    result = run({"X": days}, once(lambda s: s.buy("X", 4_000)), costs={"margin_rate": "3.6"}, **options)
    # 97,000 and 93,970 of 400,000: under 0.24 × 400,000 = 96,000 at the close of the 7th.
    assert "liquidated" in {warning.code for warning in result.warnings}
    assert [fill.side for fill in result.fills] == ["buy", "sell"]
    assert f"{result.fills[1].bar_timestamp:%d}" == "08"


# Makers and takers


LIQUIDITY = {"maker_bps": 1, "taker_bps": 5}


@pytest.mark.parametrize(
    ("after", "price", "commission"),
    [
        ([(98, 99, 98, 99)], "98", "0.49"),
        ([(100, 100, 98, 99)], "99", "0.099"),
        ([(100, 101, 100, 100), (97, 98, 97, 98)], "97", "0.097"),
        ([(100, 101, 100, 100)] * 7 + [(97, 98, 97, 98)], "97", "0.097"),
    ],
)
@pytest.mark.parametrize("hears", [False, True])
def test_a_limit_makes_where_it_rested(after: list[Any], price: str, commission: str, hears: bool) -> None:
    stamps = [str(stamp) for stamp in pd.date_range("2024-03-01", periods=len(after) + 2, freq="h", tz="UTC")]
    bars = frame(dict(zip(stamps, [(100, 100), *after, (98, 98)], strict=True)))

    class Limited(Strategy):
        def on_start(self) -> None:
            self.when(self.close > 0, self.act)
            self.is_done = False

        def act(self, bar: Any) -> None:
            if not self.is_done:
                self.is_done = True
                self.buy("BTC/USD", 10, limit=99, tif="gtc")

    if hears:
        Limited.on_fill = lambda *_: None  # type: ignore[attr-defined]
    result = weaver.backtest(Limited, {"BTC/USD": bars}, asset="crypto", costs=LIQUIDITY, lookahead_check=False)
    assert [(fill.price, fill.commission) for fill in result.fills] == [(Decimal(price), Decimal(commission))]


def test_exits_of_a_bracket_make_and_take() -> None:
    """A market entry takes, its profit that rested makes, at the open of a bar as well; its stop takes."""
    stamps = [str(stamp) for stamp in pd.date_range("2024-03-01", periods=8, freq="h", tz="UTC")]
    rising = [(100, 100), (100, 100), (100, 100), (100, 100), (111, 111), (111, 111), (111, 111), (90, 90)]
    act = lambda s, n: n in (0, 4) and s.buy("BTC/USD", 10, take_profit=110 if n == 0 else 130, stop_loss=95)  # noqa: E731
    bars = {"BTC/USD": frame(dict(zip(stamps, rising, strict=True)))}
    result = run(bars, act, asset="crypto", costs=LIQUIDITY)
    assert [(fill.price, fill.commission) for fill in result.fills] == [
        (100, Decimal("0.5")),
        (111, Decimal("0.111")),
        (111, Decimal("0.555")),
        (90, Decimal("0.45")),
    ]


@pytest.mark.parametrize(
    ("bar", "price", "commission"),
    [
        ((103, 104, 103, 104), "103", "0.515"),  # opened between stop and limit: it took
        ((100, 104, 100, 104), "102", "0.51"),  # reached its stop inside, within its limit
        ((108, 108, 104, 107), "105", "0.105"),  # opened past its limit, and came back to it
    ],
)
def test_a_stop_limit_comes_when_its_stop_is_reached(bar: Any, price: str, commission: str) -> None:
    bars = frame({"2024-03-01 00:00": (100, 100), "2024-03-01 01:00": bar, "2024-03-01 02:00": (104, 104)})
    act = once(lambda s: s.buy("BTC/USD", 10, stop=102, limit=105))
    result = run({"BTC/USD": bars}, act, asset="crypto", costs=LIQUIDITY)
    assert [(fill.price, fill.commission) for fill in result.fills] == [(Decimal(price), Decimal(commission))]


def test_the_docs_have_these_examples() -> None:
    page = (REPOSITORY / "docs/architecture/greta.md").read_text()
    for text in (
        "5,000 × 0.036 × 3 ÷ 360 = 1.50", "5,200 × 0.036 ÷ 360 = 0.52", "100,000 × 0.072 × 3 ÷ 360 = 60",
        "100,060 × 0.072 ÷ 360 = 20.012", "60,000 × 0.0001 = 6", "10 × 98 × 0.0005 = 0.49",
        "10 × 99 × 0.0001 = 0.099", "10 × 97 × 0.0001 = 0.097",
    ):  # fmt: skip
        assert text in page
