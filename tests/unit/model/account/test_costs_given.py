"""Costs of several symbols: who pays what, in each spelling, and what is refused in one line."""

from decimal import Decimal
from typing import Any

import pytest

from weaver.model.account.costs import PRESETS, Costs
from weaver.model.account.costs_given import CostsGiven
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass

CLASSES = {"AAPL": AssetClass.STOCK, "BTC/USD": AssetClass.CRYPTO, "NYSE:IBM": AssetClass.STOCK}
ONE, TWO = Costs(commission_bps=Decimal(1)), Costs(commission_bps=Decimal(2), slippage_bps=Decimal(1))


def read(given: Any) -> list[Costs]:
    return list(CostsGiven.parse(given).of(CLASSES).values())


@pytest.mark.parametrize(
    "given",
    [
        "commission_bps=1,AAPL:commission_bps=2,slippage_bps=1,BTC/USD:none,NYSE:IBM:none",
        "*:commission_bps=1, AAPL:commission_bps=2, slippage_bps=1, BTC/USD:none, NYSE:IBM:none",
        {"*": ONE, "AAPL": {"commission_bps": 2, "slippage_bps": "1"}, "BTC/USD": "none", "NYSE:IBM": "none"},
        {"AAPL": "commission_bps=2,slippage_bps=1", "BTC/USD": {"commission_bps": 0}, "NYSE:IBM": Costs()},
    ],
)
def test_each_symbol_has_its_own(given: Any) -> None:
    assert read(given) == [TWO, Costs(), Costs()]


def test_the_rest_has_what_is_given_for_it_or_the_presets_of_its_classes() -> None:
    assert read("none") == [Costs()] * 3
    assert read("commission_bps=1,AAPL:none") == [Costs(), ONE, ONE]
    assert read("AAPL:none") == [Costs(), PRESETS["alpaca-crypto"], PRESETS["alpaca-stocks"]]
    assert read({"BTC/USD": {"commission_bps": 1}, "*": None})[1] == ONE
    assert read(None) == [PRESETS["alpaca-stocks"], PRESETS["alpaca-crypto"], PRESETS["alpaca-stocks"]]


def test_keys_behind_a_preset_change_it() -> None:
    stocks = Costs(slippage_bps=Decimal(1), half_spread_bps=Decimal(3), borrow_rate=Decimal("0.01"))
    assert read("alpaca-stocks,half_spread_bps=3,borrow_rate=0.01")[0] == stocks
    assert read("none,AAPL:alpaca-stocks,half_spread_bps=3,borrow_rate=0.01") == [stocks, Costs(), Costs()]


def test_margin_rate_is_the_accounts_wherever_it_stands() -> None:
    assert {one.margin_rate for one in read({"AAPL": {"margin_rate": "0.08"}, "*": "none"})} == {Decimal("0.08")}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"MSFT": "none"}, "costs: MSFT is none of the run's symbols (AAPL, BTC/USD, NYSE:IBM)"),
        ({"AAPL": {"fee": 1}}, "costs of AAPL: unknown key 'fee'"),
        ({"AAPL": {"borrow_rate": -1}}, "costs of AAPL: borrow_rate must be 0 or more, not -1"),
        ({"AAPL": {}}, "costs of AAPL: no key is given"),
        ({"commision_bps": 1}, "costs: unknown key 'commision_bps'"),
        ({1: "none"}, "costs: 1 is no symbol"),
        ("AAPL:none,BTC/USD:none,AAPL:commission_bps=1", "costs: AAPL is given twice"),
        ("AAPL:cheap", "costs 'cheap': not a preset"),
        ({"AAPL": {"margin_rate": 0.05}, "*": {"margin_rate": 0.08}}, "margin_rate is the account's"),
        ("funding=2021-11-01T08:00:00Z=0.0001", "funding is one symbol's"),
        ({"maker_bps": 10_000}, "maker_bps must be under 10000"),
        ({"maker_bps": -1}, "maker_bps must be 0 or more"),
        ({"maker_bps": 1, "commission_bps": 1}, "give it, or maker_bps and taker_bps, not both"),
        ({"margin_rate": 8}, None),
        ({"margin_rate": 80}, "margin_rate is a share a year, 0.05 for 5 %, at most 10, not 80"),
        ({"borrow_rate": "nan"}, "borrow_rate must be finite"),
    ],
)
def test_wrong_costs_are_refused_in_one_line(given: Any, says: str | None) -> None:
    if says is None:
        read(given)
        return
    with pytest.raises(InputError) as error:
        read(given)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
