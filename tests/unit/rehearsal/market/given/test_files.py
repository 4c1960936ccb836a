"""The market of a user's files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.rehearsals.hand_market import MarketByHand, at
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.market.given.files import file_market

HEADER = "timestamp,open,high,low,close,volume\n"


def write(path: Path, *, minutes: int = 3, start: str = "2024-03-13T14:30:00Z", price: str = "10.5") -> Path:
    first = at(start) // 10**9
    times = [datetime.fromtimestamp(first + 60 * minute, UTC).isoformat() for minute in range(minutes)]
    path.write_text(HEADER + "".join(f"{time},{price},{price},{price},{price},100\n" for time in times))
    return path


def test_each_file_is_a_symbol(tmp_path: Path) -> None:
    made = file_market([(None, write(tmp_path / "AAA_1m.csv")), ("BBB", write(tmp_path / "x.csv"))], {})
    assert [one.asset.symbol for one in made.listed] == ["AAA", "BBB"]
    assert made.first_close == at("2024-03-13T14:31Z")
    market = MarketByHand(*made.listed, now="2024-03-13T14:31Z")
    assert str(market.market.price("AAA")) == "10.5"


@pytest.mark.parametrize(("named", "listed"), [("BTCUSD", "BTC/USD"), ("ETH-USDT", "ETH/USDT"), ("SOL/USD", "SOL/USD")])
def test_a_pair_is_called_by_the_venues_name(tmp_path: Path, named: str, listed: str) -> None:
    (one,) = file_market([(named, write(tmp_path / "x.csv"))], {named: AssetClass.CRYPTO}).listed
    assert one.asset.symbol == listed
    assert one.asset.is_crypto
    assert one.asset.exchange == "CRYPTO"


@pytest.mark.parametrize("named", ["ABCUSD", "ABC/USD", "abc-usd"])
def test_a_pair_may_be_named_with_its_slash_or_without(tmp_path: Path, named: str) -> None:
    (one,) = file_market([("ABCUSD", write(tmp_path / "x.csv"))], {named: AssetClass.CRYPTO}).listed
    assert one.asset.symbol == "ABC/USD"


def test_what_a_stock_is_counted_in(tmp_path: Path) -> None:
    (one,) = file_market([("AAA", write(tmp_path / "x.csv"))], {"AAA": AssetClass.STOCK}).listed
    scale = one.asset.scale
    assert (scale.price_decimal(scale.tick), scale.price_decimal(scale.tick_under_one)) == (
        pytest.approx(0.01),
        pytest.approx(0.0001),
    )
    assert float(scale.quantity_decimal(scale.lot)) == 1e-9


def test_what_the_exchange_does_not_trade_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--asset EURUSD=stock"):
        file_market([("EURUSD", write(tmp_path / "x.csv"))], {"EURUSD": AssetClass.FX})


def test_two_files_of_one_symbol_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "x.csv")
    with pytest.raises(InputError, match="two rows of bars are called AAA"):
        file_market([("AAA", file), ("AAA", file)], {})


def test_an_asset_without_bars_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--asset names CCC"):
        file_market([("AAA", write(tmp_path / "x.csv"))], {"CCC": AssetClass.STOCK})
