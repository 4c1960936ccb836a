"""The exchange's sockets as Alpaca's official SDK listens on them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from alpaca.data.live import CryptoDataStream, StockDataStream
from alpaca.data.models import Bar, Orderbook, Quote, Trade, TradingStatus
from alpaca.trading.stream import TradingStream

from tests.rehearsals.served_market import KEY, SECRET, ServedMarket
from weaver.rehearsal.market.given.seeded import START, seeded_market
from weaver.rehearsal.ports import Correction

Stream = StockDataStream | CryptoDataStream | TradingStream
CRYPTO = "/v1beta3/crypto/us"


@pytest.fixture
def served() -> Iterator[ServedMarket]:
    with ServedMarket(seeded_market(0, START, {}), start=START) as market:
        yield market


class Heard:
    """What a stream's handlers were called with."""

    def __init__(self) -> None:
        self.all: list[object] = []
        self._more = threading.Condition()

    async def handle(self, one: object) -> None:
        with self._more:
            self.all.append(one)
            self._more.notify()

    def wait(self, count: int) -> list[object]:
        """All, once there are so many."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.all) >= count, 60), self.all
            return self.all


@contextmanager
def listening(served: ServedMarket, path: str, stream: Stream) -> Iterator[None]:
    """Run a stream in a thread, once it is subscribed."""
    thread = threading.Thread(target=stream.run)
    thread.start()
    served.until(lambda: any(one["path"] == path and one["subscribed"] for one in served.sockets.connections()))
    try:
        yield
    finally:
        stream.stop()
        served.do(lambda: served.sockets.disconnect(path))  # it would wait for five more seconds
        thread.join(20)
        assert not thread.is_alive()


def stocks(served: ServedMarket, path: str = "/v2/iex") -> StockDataStream:
    return StockDataStream(api_key=KEY, secret_key=SECRET, url_override=f"{served.ws}{path}")


@pytest.mark.parametrize("path", ["/v2/iex", "/v2/sip"])
def test_bars_of_stocks(served: ServedMarket, path: str) -> None:
    heard, stream = Heard(), stocks(served, path)
    stream.subscribe_bars(heard.handle, "AAPL", "SPY")
    with listening(served, path, stream):
        served.advance(120)
        bars = heard.wait(4)
    assert all(isinstance(bar, Bar) for bar in bars)
    minutes = [datetime(2024, 3, 13, 14, minute, tzinfo=UTC) for minute in (30, 30, 31, 31)]
    assert [(bar.symbol, bar.timestamp) for bar in bars] == list(zip(("AAPL", "SPY") * 2, minutes, strict=True))


def test_everything_else_of_a_stock(served: ServedMarket) -> None:
    heard, stream = Heard(), stocks(served)
    stream.subscribe_trades(heard.handle, "AAPL")
    stream.subscribe_quotes(heard.handle, "AAPL")
    stream.subscribe_daily_bars(heard.handle, "AAPL")
    stream.subscribe_updated_bars(heard.handle, "AAPL")
    stream.subscribe_trading_statuses(heard.handle, "AAPL")
    with listening(served, "/v2/iex", stream):
        served.faults.corrections["AAPL"] = Correction(seconds=1, values={"c": Decimal(1)})
        served.advance(61)
        served.do(lambda: served.faults.halt("AAPL", is_halted=True))
        heard.wait(12)
    kinds = [type(one) for one in heard.all]
    assert kinds == [*[Quote, Trade] * 4, Bar, Bar, Bar, TradingStatus]
    assert [one.close == 1 for one in heard.all[8:11]] == [False, True, True]
    assert heard.all[-1].status_code == "H"


def test_a_pair(served: ServedMarket) -> None:
    heard = Heard()
    stream = CryptoDataStream(api_key=KEY, secret_key=SECRET, url_override=f"{served.ws}{CRYPTO}")
    stream.subscribe_bars(heard.handle, "BTC/USD")
    stream.subscribe_orderbooks(heard.handle, "BTC/USD")
    stream.subscribe_quotes(heard.handle, "ETH/USD")
    with listening(served, CRYPTO, stream):
        served.advance(60)
        heard.wait(9)
    assert sorted(type(one).__name__ for one in heard.all) == ["Bar", *["Orderbook"] * 4, *["Quote"] * 4]
    books = [one for one in heard.all if isinstance(one, Orderbook)]
    assert all(book.reset and book.bids[0].price < book.asks[0].price for book in books)


def test_subscriptions_change_while_a_stream_runs(served: ServedMarket) -> None:
    heard, stream = Heard(), stocks(served)
    stream.subscribe_bars(heard.handle, "AAPL")
    with listening(served, "/v2/iex", stream):
        served.until(lambda: stream._running)
        stream.subscribe_bars(heard.handle, "MSFT")
        stream.unsubscribe_bars("AAPL")
        served.until(lambda: served.sockets.connections()[0]["subscribed"] == {"bars": ["MSFT"]})
        served.advance(60)
        heard.wait(1)
    assert [bar.symbol for bar in heard.all] == ["MSFT"]


def test_updates_of_orders(served: ServedMarket) -> None:
    heard = Heard()
    stream = TradingStream(api_key=KEY, secret_key=SECRET, url_override=f"{served.ws}/stream", raw_data=True)
    stream.subscribe_trade_updates(heard.handle)
    with listening(served, "/stream", stream):
        served.do(lambda: served.sockets.updates.publish({"event": "new", "order": {"id": "1"}}))
        (update,) = heard.wait(1)
    assert update == {"stream": "trade_updates", "data": {"event": "new", "order": {"id": "1"}}}


def test_a_stream_that_was_torn_down_comes_back(served: ServedMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, stream = Heard(), stocks(served)
    monkeypatch.setattr(stream, "_reconnect_max_backoff", 0.01)
    stream.subscribe_bars(heard.handle, "AAPL")
    with listening(served, "/v2/iex", stream):
        served.advance(60)
        heard.wait(1)
        served.do(lambda: served.sockets.disconnect("/v2/iex"))
        served.until(lambda: any(one["id"] == "2" and one["subscribed"] for one in served.sockets.connections()))
        served.advance(60)
        heard.wait(2)
    assert [bar.timestamp.minute for bar in heard.all] == [30, 31]
