"""Market data of stocks over HTTP: pages, feeds, forms, and what is refused. By hand, on a market of a few bars."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.rehearsals.data_client import DataClient
from tests.rehearsals.hand_market import MarketByHand, Row, listed

ROWS: list[Row] = [(10, 12, 9, 11, 100), (11, 13, 10.5, 12, 200), (12, 12.5, 11.5, 12.25, 300), (12, 14, 12, 13, 400)]
START = "2024-03-13T14:00Z"
IEX = {"feed": "iex"}


@pytest.fixture
def client() -> DataClient:
    """Four bars of each of two symbols, of which the last ended at 14:04; it is 14:10."""
    return DataClient(
        MarketByHand(listed("AAA", ROWS, start=START), listed("BBB", ROWS, start=START), now="2024-03-13T14:10Z")
    )


def get(client: DataClient, path: str, **query: str | int) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def error(client: DataClient, path: str, query: Mapping[str, str]) -> tuple[int, str]:
    answer = client.get(path, params=query)
    return answer.status_code, answer.json()["message"]


def test_bars_have_their_fields(client: DataClient) -> None:
    found = get(client, "/v2/stocks/bars", symbols="AAA,ZZZ", timeframe="1Min", limit=1, **IEX)
    bar = {"t": "2024-03-13T14:00:00Z", "o": 10, "h": 12, "l": 9, "c": 11, "v": 100, "n": 4, "vw": 10.5}
    assert found["bars"] == {"AAA": [bar]}
    assert found["next_page_token"] is not None


def test_pages_count_all_symbols_together_and_end_with_null(client: DataClient) -> None:
    seen: list[tuple[str, str]] = []
    sizes, token = [], ""
    while token is not None:
        query = {"symbols": "BBB,AAA", "timeframe": "1Min", "limit": 3, **IEX}
        page = get(client, "/v2/stocks/bars", **query, **({"page_token": token} if token else {}))
        seen += [(symbol, bar["t"]) for symbol, bars in page["bars"].items() for bar in bars]
        sizes.append(sum(len(bars) for bars in page["bars"].values()))
        token = page["next_page_token"]
    assert sizes == [3, 3, 2]
    times = [f"2024-03-13T14:0{minute}:00Z" for minute in range(4)]
    assert seen == [(symbol, time) for symbol in ("AAA", "BBB") for time in times]


def test_a_page_may_end_where_a_symbol_does(client: DataClient) -> None:
    query = {"symbols": "AAA,BBB,ZZZ", "timeframe": "1Min", "limit": 4, **IEX}
    first = get(client, "/v2/stocks/bars", **query)
    second = get(client, "/v2/stocks/bars", **query, page_token=first["next_page_token"])
    assert [list(page["bars"]) for page in (first, second)] == [["AAA"], ["BBB"]]
    assert second["next_page_token"] is None


def test_a_page_that_is_just_full_is_the_last(client: DataClient) -> None:
    page = get(client, "/v2/stocks/bars", symbols="AAA", timeframe="1Min", limit=4, **IEX)
    assert page["next_page_token"] is None


def test_newest_first_pages_too(client: DataClient) -> None:
    query = {"symbols": "AAA", "timeframe": "1Min", "sort": "desc", "limit": 3, **IEX}
    first = get(client, "/v2/stocks/bars", **query)
    second = get(client, "/v2/stocks/bars", **query, page_token=first["next_page_token"])
    assert [bar["c"] for bar in first["bars"]["AAA"]] == [13, 12.25, 12]
    assert [bar["c"] for bar in second["bars"]["AAA"]] == [11]
    assert second["next_page_token"] is None


def test_start_and_end_are_included(client: DataClient) -> None:
    query = {"symbols": "AAA", "timeframe": "1Min", "start": "2024-03-13T14:01:00Z", "end": "2024-03-13T10:02:00-04:00"}
    page = get(client, "/v2/stocks/bars", **query, **IEX)
    assert [bar["c"] for bar in page["bars"]["AAA"]] == [12, 12.25]


def test_a_date_begins_in_new_york(client: DataClient) -> None:
    query = {"symbols": "AAA", "timeframe": "1Day", "start": "2024-03-13", "end": "2024-03-13", **IEX}
    assert [bar["t"] for bar in get(client, "/v2/stocks/bars", **query)["bars"]["AAA"]] == ["2024-03-13T04:00:00Z"]


def test_the_sip_ends_a_quarter_of_an_hour_ago() -> None:
    client = DataClient(MarketByHand(listed("AAA", ROWS, start=START), now="2024-03-13T14:17Z"))
    page = get(client, "/v2/stocks/bars", symbols="AAA", timeframe="1Min")
    assert [bar["t"][11:16] for bar in page["bars"]["AAA"]] == ["14:00", "14:01", "14:02"]
    recent = "subscription does not permit querying recent SIP data"
    for query in (
        {"end": "2024-03-13T14:03:00Z"},
        {"start": "2024-03-13T14:16:00Z"},
        {"feed": "sip", "end": "2030-01-01"},
    ):
        asked = {"symbols": "AAA", "timeframe": "1Min", **query}
        assert error(client, "/v2/stocks/bars", asked) == (403, recent)
    assert error(client, "/v2/stocks/quotes/latest", {"symbols": "AAA", "feed": "sip"}) == (403, recent)
    assert len(get(client, "/v2/stocks/bars", symbols="AAA", timeframe="1Min", **IEX)["bars"]["AAA"]) == 4


def test_trades_and_quotes_page_by_their_numbers(client: DataClient) -> None:
    first = get(client, "/v2/stocks/trades", symbols="AAA", limit=10, **IEX)
    second = get(client, "/v2/stocks/trades", symbols="AAA", limit=10, page_token=first["next_page_token"], **IEX)
    assert [trade["i"] for page in (first, second) for trade in page["trades"]["AAA"]] == list(range(1, 17))
    assert second["next_page_token"] is None
    assert first["trades"]["AAA"][0] == {
        "t": "2024-03-13T14:00:12Z", "p": 10, "s": 25, "i": 1, "x": "V", "c": ["@"], "z": "C",
    }  # fmt: skip
    (quote,) = get(client, "/v2/stocks/quotes", symbols="AAA", limit=1, **IEX)["quotes"]["AAA"]
    assert (quote["bp"], quote["ap"], quote["t"]) == (9.99, 10.01, "2024-03-13T14:00:12Z")


def test_the_newest_of_each_kind(client: DataClient) -> None:
    assert get(client, "/v2/stocks/bars/latest", symbols="AAA,ZZZ")["bars"]["AAA"]["c"] == 13
    assert list(get(client, "/v2/stocks/trades/latest", symbols="AAA,BBB")["trades"]) == ["AAA", "BBB"]
    assert get(client, "/v2/stocks/quotes/latest", symbols="AAA")["quotes"]["AAA"]["bp"] == 12.99
    assert get(client, "/v2/stocks/AAA/trades/latest")["trade"]["p"] == 13
    assert get(client, "/v2/stocks/AAA/bars/latest") == {
        "symbol": "AAA",
        "bar": get(client, "/v2/stocks/bars/latest", symbols="AAA")["bars"]["AAA"],
    }


def test_a_snapshot_is_all_of_it(client: DataClient) -> None:
    snapshot = get(client, "/v2/stocks/snapshots", symbols="AAA,ZZZ")
    assert list(snapshot) == ["AAA"]
    assert snapshot["AAA"]["dailyBar"]["v"] == 1000
    assert snapshot["AAA"]["prevDailyBar"] is None
    assert {name for name, value in snapshot["AAA"].items() if value} == {
        "latestTrade", "latestQuote", "minuteBar", "dailyBar",
    }  # fmt: skip
    assert get(client, "/v2/stocks/AAA/snapshot") == {"symbol": "AAA", **snapshot["AAA"]}


@pytest.mark.parametrize("symbol", ["BRK.B", "ES=F", "XYZ_1", "6758", "^GSPC"])
def test_symbols_of_files_are_found_whatever_they_are_called(symbol: str) -> None:
    client = DataClient(MarketByHand(listed(symbol, ROWS, start=START), now="2024-03-13T14:10Z"))
    assert list(get(client, "/v2/stocks/bars/latest", symbols=symbol)["bars"]) == [symbol]


def test_one_symbols_page_is_a_list(client: DataClient) -> None:
    page = get(client, "/v2/stocks/AAA/bars", timeframe="2Min", **IEX)
    assert page["symbol"] == "AAA"
    assert [bar["v"] for bar in page["bars"]] == [300, 700]
    assert get(client, "/v2/stocks/ZZZ/bars", timeframe="1Day", **IEX)["bars"] == []


TIMES = "times are RFC 3339, or a date"
LIMIT = "is not a whole number from 1 to 10000"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"symbols": ""}, "symbols is required"),
        ({"symbols": ","}, "symbols is required"),
        ({"symbols": "BTC/USD"}, "invalid symbol: BTC/USD"),
        ({"timeframe": ""}, "invalid timeframe: "),
        ({"timeframe": "90Min"}, "invalid timeframe: 90Min"),
        ({"start": "yesterday"}, f"invalid start: yesterday: {TIMES}"),
        ({"start": "2024-02-30"}, f"invalid start: 2024-02-30: {TIMES}"),
        ({"end": "9999-12-31"}, f"invalid end: 9999-12-31: {TIMES}"),
        ({"start": "2024-02-03", "end": "2024-02-02"}, "end should not be before start"),
        ({"limit": "10001"}, f"invalid limit: 10001 {LIMIT}"),
        ({"limit": "-1"}, f"invalid limit: -1 {LIMIT}"),
        ({"limit": "²"}, f"invalid limit: ² {LIMIT}"),
        ({"sort": "up"}, "invalid sort: up"),
        ({"adjustment": "some"}, "invalid adjustment: some"),
        ({"feed": "none"}, "invalid feed: none"),
        ({"currency": "EUR"}, "invalid currency: EUR"),
        ({"page_token": "no token"}, "invalid page_token"),
        ({"page_token": "WyJaWloiLDEsMV0="}, "invalid page_token"),
        ({"page_token": "WzEsMiwzXQ=="}, "invalid page_token"),
    ],
)
def test_what_makes_no_sense_is_refused(client: DataClient, query: Mapping[str, str], message: str) -> None:
    usual = {"symbols": "AAA", "timeframe": "1Min"}
    assert error(client, "/v2/stocks/bars", {**usual, **query}) == (400, message)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/stocks/ZZZ/trades/latest", 404),
        ("/v2/stocks/ZZZ/snapshot", 404),
        ("/v2/stocks/aaa/snapshot", 400),
        ("/v2/stocks/auctions?symbols=AAA", 404),
        ("/v2/stocks/auctions/latest?symbols=AAA", 404),
        ("/v2/stocks/bars?symbols=AAA&timeframe=1Day&feed=otc", 403),
    ],
)
def test_what_is_not_there_is_said_so(client: DataClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status
