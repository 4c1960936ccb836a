"""Market data of the local exchange as Alpaca's official SDK reads it, over the made market."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from alpaca.common.exceptions import APIError
from alpaca.data.enums import Adjustment, CorporateActionsType, DataFeed
from alpaca.data.historical import CryptoHistoricalDataClient, StockHistoricalDataClient
from alpaca.data.historical.corporate_actions import CorporateActionsClient
from alpaca.data.requests import (
    CorporateActionsRequest,
    CryptoBarsRequest,
    CryptoLatestBarRequest,
    CryptoLatestOrderbookRequest,
    CryptoLatestQuoteRequest,
    CryptoLatestTradeRequest,
    CryptoQuoteRequest,
    CryptoSnapshotRequest,
    CryptoTradesRequest,
    StockBarsRequest,
    StockLatestBarRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockQuotesRequest,
    StockSnapshotRequest,
    StockTradesRequest,
)
from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

from tests.rehearsals.served_market import KEY, SECRET, ServedMarket
from weaver.rehearsal.market.given.seeded import START, seeded_market

NOW = datetime(2024, 3, 13, 14, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def served() -> Iterator[ServedMarket]:
    with ServedMarket(seeded_market(0, START, {}), start=START) as market:
        yield market


@pytest.fixture(scope="module")
def stocks(served: ServedMarket) -> StockHistoricalDataClient:
    return StockHistoricalDataClient(api_key=KEY, secret_key=SECRET, url_override=served.http)


@pytest.fixture(scope="module")
def pairs(served: ServedMarket) -> CryptoHistoricalDataClient:
    """Without keys."""
    return CryptoHistoricalDataClient(url_override=served.http)


@pytest.mark.parametrize(
    ("timeframe", "count", "first"),
    [
        (TimeFrame.Day, 50, datetime(2024, 1, 2, 5, tzinfo=UTC)),
        (TimeFrame.Week, 11, datetime(2024, 1, 1, 5, tzinfo=UTC)),
        (TimeFrame.Month, 3, datetime(2024, 1, 1, 5, tzinfo=UTC)),
        (TimeFrame(3, TimeFrameUnit.Month), 1, datetime(2024, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_coarse_bars_of_stocks(
    stocks: StockHistoricalDataClient, timeframe: TimeFrame, count: int, first: datetime
) -> None:
    request = StockBarsRequest(
        symbol_or_symbols=["AAPL", "SPY"], timeframe=timeframe, start=datetime(2024, 1, 1, tzinfo=UTC)
    )
    found = stocks.get_stock_bars(request)
    assert {symbol: len(bars) for symbol, bars in found.data.items()} == {"AAPL": count, "SPY": count}
    assert found["AAPL"][0].timestamp == first


def test_more_bars_than_a_page_has_arrive_whole(pairs: CryptoHistoricalDataClient) -> None:
    request = CryptoBarsRequest(
        symbol_or_symbols=["ETH/USD", "BTC/USD"],
        timeframe=TimeFrame.Minute,
        start=datetime(2024, 3, 1, tzinfo=UTC),
        end=datetime(2024, 3, 9, tzinfo=UTC),
    )
    found = pairs.get_crypto_bars(request)
    for symbol in ("BTC/USD", "ETH/USD"):
        times = [bar.timestamp for bar in found[symbol]]
        assert times == [datetime(2024, 3, 1, tzinfo=UTC) + MINUTE * number for number in range(8 * 1440 + 1)]


def test_a_limit_over_several_symbols(pairs: CryptoHistoricalDataClient) -> None:
    request = CryptoBarsRequest(
        symbol_or_symbols=["BTC/USD", "ETH/USD"],
        timeframe=TimeFrame.Hour,
        start=datetime(2024, 3, 13, tzinfo=UTC),
        limit=20,
    )
    found = pairs.get_crypto_bars(request)
    assert {symbol: len(bars) for symbol, bars in found.data.items()} == {"BTC/USD": 15, "ETH/USD": 5}


def test_an_hours_bar_is_made_of_its_minutes(stocks: StockHistoricalDataClient) -> None:
    start, end = datetime(2024, 3, 12, 14, tzinfo=UTC), datetime(2024, 3, 12, 14, 59, tzinfo=UTC)
    hour, minutes = (
        stocks.get_stock_bars(StockBarsRequest(symbol_or_symbols="MSFT", timeframe=timeframe, start=start, end=end))[
            "MSFT"
        ]
        for timeframe in (TimeFrame.Hour, TimeFrame.Minute)
    )
    assert len(hour) == 1
    assert len(minutes) == 60
    assert (hour[0].open, hour[0].close) == (minutes[0].open, minutes[-1].close)
    assert hour[0].high == max(bar.high for bar in minutes)
    assert hour[0].low == min(bar.low for bar in minutes)
    assert hour[0].volume == sum(bar.volume for bar in minutes)
    assert hour[0].vwap == pytest.approx(sum(bar.vwap * bar.volume for bar in minutes) / hour[0].volume)


def test_a_minutes_bar_is_made_of_its_trades(stocks: StockHistoricalDataClient) -> None:
    start = datetime(2024, 3, 12, 14, tzinfo=UTC)
    end = start + MINUTE - timedelta(milliseconds=1)
    (bar,) = stocks.get_stock_bars(
        StockBarsRequest(symbol_or_symbols="SPY", timeframe=TimeFrame.Minute, start=start, end=end)
    )["SPY"]
    trades = stocks.get_stock_trades(StockTradesRequest(symbol_or_symbols="SPY", start=start, end=end))["SPY"]
    quotes = stocks.get_stock_quotes(StockQuotesRequest(symbol_or_symbols="SPY", start=start, end=end))["SPY"]
    prices = [trade.price for trade in trades]
    assert (bar.open, bar.high, bar.low, bar.close) == (prices[0], max(prices), min(prices), prices[-1])
    assert bar.volume == sum(trade.size for trade in trades)
    assert bar.trade_count == len(trades) == len(quotes)
    for quote, price in zip(quotes, prices, strict=True):
        assert quote.bid_price < price < quote.ask_price


def test_recent_data_of_the_whole_market_is_not_for_the_free_plan(stocks: StockHistoricalDataClient) -> None:
    request = StockBarsRequest(symbol_or_symbols="AAPL", timeframe=TimeFrame.Minute, start=NOW - 30 * MINUTE, end=NOW)
    with pytest.raises(APIError) as refused:
        stocks.get_stock_bars(request)
    assert refused.value.status_code == 403
    assert refused.value.message == "subscription does not permit querying recent SIP data"
    request.end = None
    assert stocks.get_stock_bars(request)["AAPL"][-1].timestamp == NOW - 15 * MINUTE
    request.feed = DataFeed.IEX
    assert stocks.get_stock_bars(request)["AAPL"][-1].timestamp == NOW - MINUTE


def test_dividends_are_taken_out_of_prices_before_them(stocks: StockHistoricalDataClient) -> None:
    def closes(adjustment: Adjustment) -> list[float]:
        request = StockBarsRequest(
            symbol_or_symbols="AAPL",
            timeframe=TimeFrame.Day,
            start=datetime(2024, 2, 7, tzinfo=UTC),
            end=datetime(2024, 2, 10, tzinfo=UTC),
            adjustment=adjustment,
        )
        return [bar.close for bar in stocks.get_stock_bars(request)["AAPL"]]

    raw, adjusted = closes(Adjustment.RAW), closes(Adjustment.ALL)
    assert adjusted[:-1] == [pytest.approx(close * (1 - 0.24 / raw[-2]), abs=1e-6) for close in raw[:-1]]
    assert adjusted[-1] == raw[-1]
    assert closes(Adjustment.SPLIT) == raw


def test_the_newest_of_a_stock(stocks: StockHistoricalDataClient) -> None:
    bar = stocks.get_stock_latest_bar(StockLatestBarRequest(symbol_or_symbols="AAPL"))["AAPL"]
    trade = stocks.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols="AAPL"))["AAPL"]
    quote = stocks.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols="AAPL"))["AAPL"]
    assert bar.timestamp == NOW - MINUTE
    assert trade.price == bar.close
    assert (quote.bid_price, quote.ask_price) == (pytest.approx(bar.close - 0.01), pytest.approx(bar.close + 0.01))
    snapshot = stocks.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=["AAPL", "NONE"]))
    assert list(snapshot) == ["AAPL"]
    assert (snapshot["AAPL"].latest_trade, snapshot["AAPL"].minute_bar) == (trade, bar)
    assert snapshot["AAPL"].daily_bar.timestamp == datetime(2024, 3, 13, 4, tzinfo=UTC)
    assert snapshot["AAPL"].previous_daily_bar.timestamp == datetime(2024, 3, 12, 4, tzinfo=UTC)


def test_the_newest_of_a_pair(pairs: CryptoHistoricalDataClient) -> None:
    bar = pairs.get_crypto_latest_bar(CryptoLatestBarRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"]
    trade = pairs.get_crypto_latest_trade(CryptoLatestTradeRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"]
    quote = pairs.get_crypto_latest_quote(CryptoLatestQuoteRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"]
    book = pairs.get_crypto_latest_orderbook(CryptoLatestOrderbookRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"]
    snapshot = pairs.get_crypto_snapshot(CryptoSnapshotRequest(symbol_or_symbols="BTC/USD"))["BTC/USD"]
    assert trade.price == bar.close
    assert quote.bid_price < trade.price < quote.ask_price
    assert (book.bids[0].price, book.asks[0].price) == (quote.bid_price, quote.ask_price)
    assert snapshot.daily_bar.timestamp == datetime(2024, 3, 13, tzinfo=UTC)
    assert snapshot.latest_quote == quote


def test_trades_and_quotes_of_pairs(pairs: CryptoHistoricalDataClient) -> None:
    start, end = datetime(2024, 3, 12, tzinfo=UTC), datetime(2024, 3, 12, 0, 59, 59, tzinfo=UTC)
    both = ["BTC/USD", "ETH/USD"]
    trades = pairs.get_crypto_trades(CryptoTradesRequest(symbol_or_symbols=both, start=start, end=end, limit=300))
    quotes = pairs.get_crypto_quotes(CryptoQuoteRequest(symbol_or_symbols=both, start=start, end=end))
    assert [len(trades[symbol]) for symbol in both] == [239, 61]
    assert [len(quotes[symbol]) for symbol in both] == [239, 239]  # the last minute's last is a moment too late


def test_corporate_actions_are_typed(served: ServedMarket) -> None:
    client = CorporateActionsClient(api_key=KEY, secret_key=SECRET, url_override=served.http)
    request = CorporateActionsRequest(
        symbols=["AAPL", "MSFT"],
        types=[CorporateActionsType.CASH_DIVIDEND, CorporateActionsType.FORWARD_SPLIT],
        start=date(2024, 1, 1),
        end=date(2024, 3, 13),
    )
    found = client.get_corporate_actions(request)
    told = [(one.symbol, one.ex_date, one.rate) for one in found["cash_dividends"]]
    assert told == [("AAPL", date(2024, 2, 9), 0.24), ("MSFT", date(2024, 2, 14), 0.75)]
