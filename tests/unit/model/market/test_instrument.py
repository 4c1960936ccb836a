"""Instruments: default facts, and what a symbol's spelling tells."""

from decimal import Decimal

import pytest

from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass, Instrument, guess_asset_class


@pytest.mark.parametrize(
    ("asset_class", "tick", "lot", "periods"),
    [
        (AssetClass.STOCK, "0.01", "1", 252),
        (AssetClass.CRYPTO, "1e-8", "1e-8", 365),
        (AssetClass.FX, "1e-5", "1", 260),
        (AssetClass.FUTURE, "0.01", "1", 252),
    ],
)
def test_default_facts_are_those_of_the_design(asset_class: AssetClass, tick: str, lot: str, periods: int) -> None:
    instrument = Instrument.default("X", asset_class)
    assert (instrument.tick, instrument.lot, instrument.minimum) == (Decimal(tick), Decimal(lot), Decimal(lot))
    assert instrument.periods_per_year == periods


@pytest.mark.parametrize("symbol", ["AAPL", "BRK-B", "GOOG", "F", "USO", "ETHE", "SPY", "BF.B", "UNIT"])
def test_shares_are_guessed_as_stocks(symbol: str) -> None:
    assert guess_asset_class(symbol) is AssetClass.STOCK


@pytest.mark.parametrize(
    ("symbol", "quote"),
    [
        ("BTCUSD", "USD"), ("BTC/USD", "USD"), ("ETH-EUR", "EUR"), ("ETHBTC", "BTC"), ("XRPUSDT_PERP", "USDT"),
        ("BTCPERP", "USD"), ("PEPEUSDT", "USDT"), ("SYNTHUSD", "USD"), ("btcusdt", "USDT"),
        ("XRPUSDT_PERP_mark", "USDT"),
    ],
)  # fmt: skip
def test_coins_are_guessed_as_crypto(symbol: str, quote: str) -> None:
    assert guess_asset_class(symbol) is AssetClass.CRYPTO
    assert Instrument.default(symbol, AssetClass.CRYPTO).quote_currency == quote


@pytest.mark.parametrize(
    ("symbol", "quote"), [("EURUSD", "USD"), ("USD/JPY", "JPY"), ("eur_gbp", "GBP"), ("XAUUSD", "USD")]
)
def test_two_currencies_are_guessed_as_fx(symbol: str, quote: str) -> None:
    assert guess_asset_class(symbol) is AssetClass.FX
    assert Instrument.default(symbol, AssetClass.FX).quote_currency == quote


def test_a_stock_is_quoted_in_dollars_whatever_its_name() -> None:
    assert Instrument.default("ABCEUR", AssetClass.STOCK).quote_currency == "USD"


@pytest.mark.parametrize("field", ["tick", "lot"])
@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
def test_impossible_facts_are_refused(field: str, value: str) -> None:
    facts = {"tick": Decimal("0.01"), "lot": Decimal(1), field: Decimal(value)}
    with pytest.raises(InputError, match=field):
        Instrument(symbol="X", asset_class=AssetClass.STOCK, **facts)


def test_negative_minimum_and_empty_symbol_are_refused() -> None:
    with pytest.raises(InputError, match="minimum"):
        Instrument(symbol="X", asset_class=AssetClass.STOCK, tick=Decimal(1), lot=Decimal(1), minimum=Decimal(-1))
    with pytest.raises(InputError, match="symbol"):
        Instrument.default("", AssetClass.STOCK)


def test_unknown_asset_class_is_refused_with_the_known_ones() -> None:
    assert AssetClass.parse(" Crypto ") is AssetClass.CRYPTO
    with pytest.raises(InputError, match="stock, crypto, fx, future"):
        AssetClass.parse("bond")
