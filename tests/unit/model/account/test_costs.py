"""Costs by hand: what a preset says, what is refused, and the arithmetic of slippage, commission and volume."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.account.costs import PRESETS, ZERO, CostModel, Costs
from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.scale import Scale

STOCK = Instrument.default("AAA", AssetClass.STOCK).scale()
CRYPTO = Instrument.default("BTC/USD", AssetClass.CRYPTO).scale()
ONE = 10**8


def model(scale: Scale = STOCK, **keys: str) -> CostModel:
    return CostModel(Costs(**{name: Decimal(value) for name, value in keys.items()}), scale)


def price(text: str) -> int:
    return int(Decimal(text) * ONE)


@pytest.mark.parametrize(
    ("asset_class", "preset"), [("stock", "alpaca-stocks"), ("crypto", "alpaca-crypto"), ("fx", "fx")]
)
def test_costs_default_to_the_preset_of_the_asset_class(asset_class: str, preset: str) -> None:
    assert Costs.parse(None, asset_class=AssetClass(asset_class)) == PRESETS[preset]
    assert PRESETS[preset] != Costs()


def test_keys_replace_the_whole_preset() -> None:
    given = Costs.parse("slippage_ticks=2, commission_bps=0.5", asset_class=AssetClass.STOCK)
    assert given == Costs(slippage_ticks=Decimal(2), commission_bps=Decimal("0.5"))
    assert Costs.parse({"slippage_bps": 0.1}, asset_class=AssetClass.FX) == Costs(slippage_bps=Decimal("0.1"))
    assert Costs.parse(given, asset_class=AssetClass.FX) is given
    assert Costs.parse("none", asset_class=AssetClass.STOCK) == Costs()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("cheap", "costs 'cheap': not a preset"),
        ({"spread": 1}, "unknown key 'spread'"),
        ("commission_bps=much", "commission_bps must be a number, not 'much'"),
        ({"commission_bps": -1}, "commission_bps must be 0 or more, not -1"),
        ({"max_participation": 1.5}, "at most 1, not 1.5"),
        ({"slippage_bps": float("nan")}, "slippage_bps must be finite"),
        ({}, 'no key is given: leave costs out for the asset class\'s preset, or write "none"'),
        ({"commission_bps": None, "slippage_bps": None}, "no key is given"),
        ({"fee": None}, "unknown key 'fee'"),
        ("slippage_bps=1, slippage_bps=2", "slippage_bps is given twice"),
        ({"slippage_bps": 20_000}, "slippage_bps and half_spread_bps come to 20000: they must be under 10000"),
        ({"slippage_bps": "9999.5", "half_spread_bps": "0.5"}, "come to 10000"),
        (
            {"commission_bps": 10_000},
            "commission_bps must be under 10000, which is all that a fill is worth, not 10000",
        ),
        ({"max_participation": 0}, "max_participation must be above 0, not 0: leave it out to set no bound"),
        (5, "a preset's name .* or a mapping of keys, not 5"),
        (True, "a mapping of keys, not True"),
        ([("slippage_bps", 1)], "a mapping of keys, not "),
    ],
)
def test_costs_that_cannot_be_are_refused(given: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Costs.parse(given, asset_class=AssetClass.STOCK)


def test_keys_without_a_value_are_as_if_they_were_not_given() -> None:
    given = Costs.parse({"slippage_bps": 1, "commission_bps": None}, asset_class=AssetClass.STOCK)
    assert given == Costs(slippage_bps=Decimal(1))


def test_costs_just_under_their_bounds_leave_something_of_a_trade() -> None:
    keys = {"slippage_bps": "9999", "half_spread_bps": "0.99", "commission_bps": "9999", "max_participation": "0.0001"}
    costs = CostModel(Costs.parse(keys, asset_class=AssetClass.STOCK), STOCK)
    assert costs.slipped(price("1000"), sign=-1, limit=None) == price("0.001")
    assert costs.computed(price("1000"), 1) == price("999.9")


@pytest.mark.parametrize(
    "costs", [*PRESETS.values(), Costs(max_participation=ZERO), Costs(slippage_bps=Decimal(20_000))]
)
def test_description_gives_the_costs_back_also_those_that_are_refused_today(costs: Costs) -> None:
    assert Costs.described(costs.describe()) == costs


def test_description_names_what_is_set() -> None:
    assert Costs(commission_bps=Decimal("2.50")).describe() == {"commission_bps": "2.50"}


@pytest.mark.parametrize(
    ("keys", "sign", "limit", "paid"),
    [
        # 50 × (5 + 1.5) / 10,000 = 0.0325; and two ticks of 0.01
        ({"slippage_bps": "5", "half_spread_bps": "1.5", "slippage_ticks": "2"}, 1, None, "50.0525"),
        ({"slippage_bps": "5", "half_spread_bps": "1.5", "slippage_ticks": "2"}, -1, None, "49.9475"),
        ({"slippage_ticks": "2"}, 1, "50.01", "50.01"),
        ({"slippage_ticks": "2"}, 1, "50.03", "50.02"),
        ({"slippage_ticks": "2"}, -1, "49.99", "49.99"),
        ({"slippage_ticks": "5000"}, -1, None, "0.00000001"),  # a price never gets to nothing
    ],
)
def test_slippage_costs_and_stops_at_the_limit(keys: dict[str, str], sign: int, limit: str | None, paid: str) -> None:
    costs = CostModel(Costs.parse(keys, asset_class=AssetClass.STOCK), STOCK)
    assert costs.slips
    assert costs.slipped(price("50"), sign=sign, limit=None if limit is None else price(limit)) == price(paid)


@pytest.mark.parametrize(
    ("at", "paid"), [("0.00005", "0.00005000"), ("0.00015", "0.00015002"), ("0.00025", "0.00025002")]
)
def test_slipped_price_is_rounded_half_to_even_to_1e_8(at: str, paid: str) -> None:
    # One basis point: 0.5e-8 -> 0 (even), 1.5e-8 -> 2e-8, 2.5e-8 -> 2e-8.
    assert model(slippage_bps="1").slipped(price(at), sign=1, limit=None) == price(paid)


def test_commission_is_by_value_and_by_unit() -> None:
    costs = model(commission_bps="10", commission_per_share="0.005")
    # 7 × 30.01 × 0.001 + 7 × 0.005 = 0.21007 + 0.035
    assert costs.computed(price("30.01"), 7) == price("0.24507")
    crypto = model(CRYPTO, commission_bps="25", commission_per_share="1")
    # 0.5 × 40,000.01 × 0.0025 + 0.5
    assert crypto.computed(price("40000.01"), ONE // 2) == price("50.5000125")
    assert model().computed(price("30"), 7) == 0


@pytest.mark.parametrize(("quantity", "commission"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_commission_is_rounded_half_to_even(quantity: int, commission: int) -> None:
    # 1 bp of 0.00005 a unit is 0.5e-8: 0.5 -> 0, 1.5 -> 2, 2.5 -> 2, 3.5 -> 4.
    assert model(commission_bps="1").computed(price("0.00005"), quantity) == commission


def test_minimum_is_per_order_and_taken_on_its_first_fill() -> None:
    costs = model(commission_per_share="0.01", commission_minimum="1")
    total = paid = 0
    charged = []
    for quantity in (40, 40, 40, 40):  # 0.40, 0.80, 1.20, 1.60 in all
        total += costs.computed(price("10"), quantity)
        charged.append(costs.due(total, paid))
        paid += charged[-1]
    assert charged == [price("1"), 0, price("0.2"), price("0.4")]


MANY = st.lists(
    st.tuples(st.integers(1, 10**12), st.sampled_from((1, -1)), st.integers(1, 10**4), st.sampled_from((1, 5, 10**8))),
    min_size=1,
    max_size=20,
)
KEYS = st.fixed_dictionaries(
    {
        "commission_bps": st.sampled_from(("0", "1", "2.5", "10", "33.3333")),
        "commission_per_share": st.sampled_from(("0", "0.005", "0.0000000001")),
        "commission_minimum": st.sampled_from(("0", "1", "0.35")),
        "slippage_bps": st.sampled_from(("0", "2", "0.07")),
        "slippage_ticks": st.sampled_from(("0", "1", "0.5")),
    }
)


@given(MANY, KEYS, st.sampled_from((STOCK, CRYPTO)))
def test_many_at_once_come_to_the_same_as_each_alone(
    rows: list[tuple[int, int, int, int]], keys: dict[str, str], scale: Scale
) -> None:
    costs = model(scale, **keys)
    prices, signs = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    quantities = np.array([row[2] * row[3] for row in rows], dtype=np.int64)
    slipped = costs.slipped_all(prices, signs)
    assert slipped is not None
    assert slipped.tolist() == [costs.slipped(p, sign=s, limit=None) for p, s, _, _ in rows]
    pairs = list(zip(prices.tolist(), quantities.tolist(), strict=True))
    due, cash = costs.due_all(prices, quantities), costs.scale.cash_all(prices, quantities)
    assert due is None or due.tolist() == [costs.due(costs.computed(p, q), 0) for p, q in pairs]
    assert cash is None or cash.tolist() == [costs.scale.cash(p, q) for p, q in pairs]


def test_many_at_once_are_refused_where_int64_is_too_small() -> None:
    costs = model(CRYPTO, commission_bps="10", slippage_bps="2")
    prices, quantities = np.array([10**14]), np.array([10**12 + 1])
    assert costs.slipped_all(np.array([10**15]), np.array([1])) is None
    assert costs.due_all(prices, quantities) is None
    assert costs.scale.cash_all(prices, quantities) is None


# A scale has eight digits, at least, for the lowest price that a run can come to: see `decimals_after_slippage`.
@given(st.integers(10**7, 10**12), st.integers(1, 10**6), KEYS, st.sampled_from((STOCK, CRYPTO)))
def test_no_buy_costs_more_and_no_sell_brings_less_than_the_bound(
    price: int, quantity: int, keys: dict[str, str], scale: Scale
) -> None:
    costs = model(scale, **keys)
    worse, each = (Fraction(part) for part in costs.most)
    worth = Fraction(price * quantity, costs.scale.notional_divisor)
    extra = quantity * each + costs.minimum + 2
    bought, sold = (costs.slipped(price, sign=sign, limit=None) for sign in (1, -1))
    paid = costs.scale.cash(bought, quantity) + costs.due(costs.computed(bought, quantity), 0)
    brought = costs.scale.cash(sold, quantity) - costs.due(costs.computed(sold, quantity), 0)
    assert paid <= worth * worse * (1 + Fraction(1, 10**9)) + extra
    assert brought >= worth * (2 - worse) * (1 - Fraction(1, 10**9)) - extra


def test_capacity_is_a_share_of_the_volume() -> None:
    assert model(max_participation="0.1").capacity(1234.0) == 123
    assert model(CRYPTO, max_participation="0.033").capacity(0.1) == int(Decimal("0.0033") * ONE)
