"""Market data of crypto pairs over HTTP."""

import pytest

from tests.rehearsals.data_client import DataClient
from tests.rehearsals.hand_market import MarketByHand, Row, listed
from weaver.model.market.asset_class import AssetClass

ROWS: list[Row] = [(10, 12, 9, 11, 1), (11, 13, 10.5, 12, 2.5)]
ROOT = "/v1beta3/crypto/us"


@pytest.fixture
def client() -> DataClient:
    """Two bars of a pair, of which the last ended at 14:02; it is 14:03. There is a stock, too."""
    pair = listed("BTC/USD", ROWS, start="2024-03-13T14:00Z", asset_class=AssetClass.CRYPTO)
    market = MarketByHand(pair, listed("AAA", ROWS, start="2024-03-13T14:00Z"), now="2024-03-13T14:03Z")
    return DataClient(market)


def test_bars_have_fractional_volumes_and_reach_to_now(client: DataClient) -> None:
    found = client.get(f"{ROOT}/bars", params={"symbols": "BTC/USD", "timeframe": "1Min"}).json()
    assert found == {
        "bars": {
            "BTC/USD": [
                {"t": "2024-03-13T14:00:00Z", "o": 10, "h": 12, "l": 9, "c": 11, "v": 1, "n": 4, "vw": 10.5},
                {"t": "2024-03-13T14:01:00Z", "o": 11, "h": 13, "l": 10.5, "c": 12, "v": 2.5, "n": 4, "vw": 11.625},
            ]
        },
        "next_page_token": None,
    }


def test_trades_say_who_took(client: DataClient) -> None:
    found = client.get(f"{ROOT}/trades", params={"symbols": "BTC/USD", "limit": 2}).json()
    assert [trade["tks"] for trade in found["trades"]["BTC/USD"]] == ["B", "S"]
    assert [trade["s"] for trade in found["trades"]["BTC/USD"]] == [0.25, 0.25]


@pytest.mark.parametrize(
    ("path", "name", "price"),
    [
        ("latest/bars", "c", 12),
        ("latest/trades", "p", 12),
        ("latest/quotes", "bp", 11.994),
        ("latest/quotes", "ap", 12.006),
    ],
)
def test_the_newest_of_each_kind(client: DataClient, path: str, name: str, price: float) -> None:
    found = client.get(f"{ROOT}/{path}", params={"symbols": "BTC/USD,DOGE/USD"}).json()
    assert found[path.removeprefix("latest/")]["BTC/USD"][name] == price
    assert len(found[path.removeprefix("latest/")]) == 1


def test_a_book_has_its_best_prices_first(client: DataClient) -> None:
    book = client.get(f"{ROOT}/latest/orderbooks", params={"symbols": "BTC/USD"}).json()["orderbooks"]["BTC/USD"]
    bids, asks = ([level["p"] for level in book[side]] for side in ("b", "a"))
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < 12 < asks[0]


def test_a_snapshot_is_all_of_it(client: DataClient) -> None:
    found = client.get(f"{ROOT}/snapshots", params={"symbols": "BTC/USD"}).json()["snapshots"]["BTC/USD"]
    assert found["dailyBar"]["t"] == "2024-03-13T00:00:00Z"
    assert found["dailyBar"]["v"] == 3.5


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("bars?symbols=BTCUSD&timeframe=1Min", 400),
        ("bars?timeframe=1Min", 400),
        ("bars?symbols=BTC/USD&timeframe=1Sec", 400),
        ("auctions?symbols=BTC/USD", 404),
        ("latest/auctions?symbols=BTC/USD", 404),
    ],
)
def test_what_makes_no_sense_is_refused(client: DataClient, path: str, status: int) -> None:
    assert client.get(f"{ROOT}/{path}").status_code == status
