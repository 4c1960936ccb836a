"""Prices from 1e-18 to 1e20: slippage, ticks and how finely a run counts, by hand and against the naive rules."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weaver
from tests.naive import prices as naive_prices
from tests.naive.orders import Order as NaiveOrder
from tests.naive.scenario import NaiveCosts
from tests.naive.ticks import Ticks
from weaver import Strategy
from weaver.greta.result import BacktestResult
from weaver.model.account.costs import CostModel, Costs, decimals_after_slippage
from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.money import decimals_of, plain

STARTS: list[str] = []


class InAndOut(Strategy):
    """Buys at the first close and sells at the third, on the terms given."""

    buys: Any = None
    sells: Any = None
    holds: bool = False
    quantity: Any = 1000

    def on_start(self) -> None:
        STARTS.append(self.symbols[0])
        self.bar_number = -1

    def on_bar(self, bar: Any) -> None:
        self.bar_number += 1
        if self.bar_number == 0:
            self.buy(bar.symbol, self.quantity, **(self.buys or {}))
        elif self.bar_number == 2 and not self.holds:
            self.sell(bar.symbol, self.quantity, **(self.sells or {}))


def frame(*closes: float) -> pd.DataFrame:
    """Days that open, stay and close at these prices, from Monday 1 March 2021 on."""
    days = pd.bdate_range("2021-03-01", periods=len(closes))
    return pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": 1e18}, days)


def run(bars: pd.DataFrame, asset: str, costs: Any = "none", **attributes: Any) -> BacktestResult:
    strategy = type("Planned", (InAndOut,), attributes)
    return weaver.backtest(strategy, {"X": bars}, asset=asset, costs=costs, cash=10**10, lookahead_check=False)


@pytest.mark.parametrize("asset", ["stock", "crypto", "fx"])
@pytest.mark.parametrize(
    ("price", "bought", "sold"),
    [
        # 5 bps of each: bought at 1.0005 times the price, sold at 0.9995 times
        (1.2e-5, "0.000012006", "0.000011994"),
        (1.234e-7, "0.0000001234617", "0.0000001233383"),
        (1.6e-8, "0.000000016008", "0.000000015992"),
        (4e-10, "0.0000000004002", "0.0000000003998"),
        (0.05, "0.050025", "0.049975"),
        (1e6, "1000500", "999500"),
        # eight digits of 1.23456789e-4 x 1.0005 = 1.235185173945e-4, and of x 0.9995 = 1.233950606055e-4
        (1.23456789e-4, "0.00012351852", "0.00012339506"),
        # 99.99 x 1.0005 = 100.039995; under a tenth of a dollar eight digits are finer than 1e-8: 0.0999500 of 0.1
        (99.99, "100.039995", "99.940005"),
        (0.1, "0.10005", "0.09995"),
    ],
)
def test_slippage_costs_its_basis_points_at_any_price(asset: str, price: float, bought: str, sold: str) -> None:
    result = run(frame(*[price] * 5), asset, "slippage_bps=2,half_spread_bps=3")
    assert [plain(fill.price) for fill in result.fills] == [bought, sold]


def test_coin_that_falls_to_a_half_loses_half() -> None:
    """1e11 coins bought at 9e-9 and sold at 4.5e-9: 900 become 450."""
    result = run(frame(9e-9, 9e-9, 4.5e-9, 4.5e-9), "crypto", quantity=10**11)
    assert result.stats["final_equity"] == 10**10 - 450


@pytest.mark.parametrize(
    ("asset", "bars", "side", "asked", "want"),
    [
        ("stock", [0.45, 0.46], "sells", 0.45513, "0.4552"),  # under a dollar: 0.0001
        ("stock", [0.038, 0.0385], "buys", 0.03796, "0.0379"),
        ("stock", [20.0, 20.1], "buys", 19.987, "19.98"),
        ("stock", [1.10, 1.11], "buys", 0.98765, "0.9876"),  # the order's price decides, not the bars'
        ("stock", [0.98, 0.99], "sells", 1.234, "1.24"),
        ("stock", [0.98, 0.99], "sells", 0.99991, "1"),
        ("stock", [20.125, 20.25], "buys", 19.9876, "19.987"),  # never coarser than the bars' decimals
        ("stock", [20.1234567890123, 20.1], "buys", 19.98765432109876, "19.9876543210987"),
        ("stock", [1 / 3, 0.4], "buys", 0.1234567890123456, "0.1234567890123456"),  # a float's noise: as asked
        ("crypto", [4e-9, 4.1e-9], "buys", 3.87e-9, "0.0000000038"),
        ("crypto", [40000.0, 40001.5], "buys", 39999.123456789, "39999.12345678"),
        ("fx", [1.08123, 1.08124], "buys", 1.081199, "1.08119"),
        ("fx", [151.234, 151.3], "sells", 151.4000001, "151.40001"),
        ("fx", [1.0812345, 1.0812346], "sells", 1.09000001, "1.0900001"),
    ],
)
def test_limit_is_rounded_to_the_tick_of_its_price(
    asset: str, bars: list[float], side: str, asked: float, want: str
) -> None:
    order = run(frame(*bars, *bars), asset, **{side: {"limit": asked}}).orders[0 if side == "buys" else -1]
    assert order.limit is not None
    assert plain(order.limit) == want


@pytest.mark.parametrize("price", [0.038, 0.0045, 4e-9, 1.5e-4, 7.25, 151.234, 3.3e-7 / 3])
@pytest.mark.parametrize("asset", ["stock", "crypto", "fx"])
def test_stop_under_the_market_does_not_sell_at_once(asset: str, price: float) -> None:
    bars = frame(*(round(price * factor, 16) for factor in (1.0, 1.003, 1.001, 1.002, 1.0)))
    for terms in ({"stop": price * 0.8}, {"trail_percent": 20}, {"trail": price * 0.2}):
        result = run(bars, asset, sells=terms)
        assert len(result.fills) == 1, terms
        stop = result.orders[-1].stop
        assert stop is not None
        assert 0.78 < float(stop) / price < 0.82


def test_rounding_that_moves_an_order_far_is_told() -> None:
    """A stock at 0.0004 with four decimals: a stop 10 % under it is a tick away, and lands on it."""
    told = run(frame(*[0.0004] * 5), "stock", sells={"stop": 0.00036}).warnings
    text = next(message for code, message in told if code == "coarse_tick")
    assert text.startswith("1 order was rounded to a tick of over 1% of the price; the first, order 2: 0.0004 to a ")
    assert text.endswith("to a tick of 0.0001: give a finer tick")
    fine = run(frame(0.0123, 0.0124, 0.0125, 0.0124, 0.0123), "stock", sells={"stop": 0.0111}).warnings
    assert "coarse_tick" not in [code for code, _ in fine]


def test_tick_that_was_given_holds_at_any_price_and_for_any_bars() -> None:
    given_tick = Instrument(symbol="X", asset_class=AssetClass.STOCK, tick=Decimal("0.05"), lot=Decimal(1))
    scale = given_tick.scale(data_decimals=15)
    assert scale.text(scale.limit_price("0.1234", sign=1)) == "0.1"
    assert scale.text(scale.limit_price("7.77", sign=1)) == "7.75"


@pytest.mark.parametrize("places", [2, 5, 15])
def test_run_begins_once_however_many_decimals_its_prices_have(places: int) -> None:
    STARTS.clear()
    closes = (50 * np.exp(np.random.default_rng(0).normal(0, 0.02, 60).cumsum())).round(places)
    bars = {f"S{k}": frame(*(closes * (1 + k / 7)).round(places)) for k in range(8)}
    result = weaver.backtest(InAndOut, bars, costs="slippage_bps=7", cash=10**9, lookahead_check=False)
    assert STARTS == ["S0"]
    assert [(order.symbol, str(order.side)) for order in result.orders] == [("S0", "buy"), ("S2", "sell")]


def test_class_attribute_that_survives_nothing_decides_the_same_at_any_decimals() -> None:
    """What a strategy keeps in its class is met by one run only: the first fill is in the same bar."""
    closes = 50 * np.exp(np.random.default_rng(0).normal(0.0003, 0.02, 80).cumsum())

    def first_fill(places: int) -> Any:
        class Fifty(Strategy):
            seen: list[float] = []  # noqa: RUF012 - as many newcomers write it

            def on_bar(self, bar: Any) -> None:
                self.seen.append(bar.close)
                if len(self.seen) == 50:
                    self.order_target_percent(bar.symbol, 0.5)

        result = weaver.backtest(Fifty, {"X": frame(*closes.round(places))}, costs="none", lookahead_check=False)
        return result.fills[0].bar_timestamp

    assert first_fill(15) == first_fill(2)


def test_delisting_pays_a_value_finer_than_the_prices_to_the_last_digit(tmp_path: Any) -> None:
    actions = tmp_path / "X.csv"
    actions.write_text("ex_date,type,value\n2021-03-08,delisting,9.876543210987\n")
    result = weaver.backtest(
        type("Holds", (InAndOut,), {"holds": True}), {"X": frame(10.0, 10.0, 10.0, 10.0, 10.0)}, asset="stock",
        costs="none", actions={"X": actions}, lookahead_check=False,
    )  # fmt: skip
    assert [str(flow.amount) for flow in result.cash_flows] == ["9876.54321099"]


@pytest.mark.parametrize(("low", "says"), [(1e-19, "1E-19 to 5.0"), (3e20, r"5.0 to 3E\+20")])
def test_price_that_no_record_can_hold_is_refused(low: float, says: str) -> None:
    with pytest.raises(InputError, match=f"X: the prices of its bars go from {says}") as caught:
        run(frame(5.0, low, 5.0), "crypto")
    assert "multiply the prices by a power of ten" in str(caught.value)


def test_lowest_price_there_can_be_runs() -> None:
    result = run(frame(*[1e-18] * 5), "crypto", "slippage_bps=5", quantity=10**20)
    assert [plain(fill.price) for fill in result.fills] == ["0.0000000000000000010005", "0.0000000000000000009995"]


PRICES = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(1, 10**9), st.integers(-19, -3)
).filter(lambda price: Decimal("1e-10") <= price <= 10**6)
COSTS = st.builds(
    NaiveCosts,
    slippage_bps=st.sampled_from([Decimal(text) for text in ("0", "1", "2.5", "33", "9990")]),
    half_spread_bps=st.sampled_from([Decimal(text) for text in ("0", "0.5", "3")]),
    slippage_ticks=st.sampled_from([Decimal(text) for text in ("0", "1", "0.5", "300")]),
)


@given(st.lists(PRICES, min_size=1, max_size=6), COSTS, st.sampled_from(AssetClass), st.booleans())
def test_slipped_prices_are_those_of_the_naive_rule(
    prices: list[Decimal], costs: NaiveCosts, asset_class: AssetClass, has_tick: bool
) -> None:
    """One by one and all at once, on the scale that is known before the run."""
    instrument = Instrument.default("X", asset_class)
    if has_tick:
        instrument = Instrument(symbol="X", asset_class=asset_class, tick=Decimal("0.05"), lot=Decimal(1))
    places = max(map(decimals_of, prices))
    ours = Costs(
        slippage_bps=costs.slippage_bps, half_spread_bps=costs.half_spread_bps, slippage_ticks=costs.slippage_ticks
    )
    ticks = instrument.ticks(places)
    finest = decimals_after_slippage(ours, ticks, min(prices), max(prices))
    model = CostModel(ours, instrument.scale(data_decimals=places, price_decimals=finest))
    units = [int(price.scaleb(model.scale.price_decimals)) for price in prices]
    for side in (1, -1):
        order = NaiveOrder(ordinal=1, symbol="X", side=side, type="market", left=Decimal(1), placed_at=0)
        expected = [naive_prices.slipped(order, price, costs, Ticks(*ticks)) for price in prices]
        alone = [model.slipped(one, sign=side, limit=None) if model.slips else one for one in units]
        assert [model.scale.price_decimal(one) for one in alone] == expected
        fits = max(units) < 2**62 and model.slips
        many = model.slipped_all(np.array(units), np.full(len(units), side)) if fits else None
        assert many is None or many.tolist() == alone
