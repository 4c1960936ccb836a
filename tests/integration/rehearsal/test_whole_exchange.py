"""The exchange as `weaver simulate-exchange` serves it, in a process of its own, with every client of the SDK."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import httpx
import pytest
from alpaca.data.enums import DataFeed
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockBarsRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest
from alpaca.trading.stream import TradingStream

PATIENCE_SECONDS = 20


class Process:
    """One that runs, and the clients of it."""

    def __init__(self, ready: Mapping[str, str]) -> None:
        self.url = ready["url"]
        self.keys = {"api_key": ready["key"], "secret_key": ready["secret"]}
        self.trading = TradingClient(**self.keys, paper=True, url_override=self.url)
        self.stocks = StockHistoricalDataClient(**self.keys, url_override=self.url)
        self.updates: Queue[tuple[str, str | None]] = Queue()

    def control(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        answer = httpx.post(f"{self.url}/_control/{path}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, dict)
        return found

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Have the SDK's stream put updates into the queue."""
        address = self.url.replace("http", "ws", 1) + "/stream"
        stream = TradingStream(**self.keys, paper=True, url_override=address)

        async def on_update(update: object) -> None:
            self.updates.put((update.event, update.price))  # type: ignore[attr-defined]

        stream.subscribe_trade_updates(on_update)
        thread = threading.Thread(target=stream.run, daemon=True)
        thread.start()
        self._wait_for_listener()
        yield
        stream.stop()
        thread.join(PATIENCE_SECONDS)

    def _wait_for_listener(self) -> None:
        for _ in range(200):
            state = httpx.get(f"{self.url}/_control/state").json()
            if any(one["subscribed"] for one in state["connections"]):
                return
            threading.Event().wait(0.02)
        raise AssertionError("nobody listens")

    def next_updates(self, count: int) -> list[tuple[str, str | None]]:
        return [self.updates.get(timeout=PATIENCE_SECONDS) for _ in range(count)]


@contextmanager
def exchange(*options: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "weaver", "simulate-exchange", "--port", "0", "--rate", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        try:
            yield Process(json.loads(line))
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, errors) == (0, "")


def test_order_is_placed_filled_by_the_next_bar_and_streamed() -> None:
    with exchange("--speed", "hold") as running, running.listening():
        clock = running.trading.get_clock()
        assert clock.is_open
        order = running.trading.submit_order(MarketOrderRequest(symbol="AAPL", qty=10, side="buy", time_in_force="day"))
        running.control("clock", {"advance": 60})
        bars = running.stocks.get_stock_bars(
            StockBarsRequest(
                symbol_or_symbols="AAPL",
                timeframe=TimeFrame.Minute,
                feed=DataFeed.IEX,
                start=clock.timestamp.replace(microsecond=0),
            )
        )["AAPL"]
        filled = running.trading.get_order_by_id(order.id)
        assert float(filled.filled_avg_price) == bars[0].open
        assert running.next_updates(3) == [("pending_new", None), ("new", None), ("fill", bars[0].open)]
        assert_update_comes_before_its_answer(running)


def assert_update_comes_before_its_answer(running: Process) -> None:
    running.control("faults", {"kind": "update_before_answer", "match": {"method": "POST"}})
    running.control("faults", {"kind": "delay", "seconds": 0.3, "match": {"method": "POST"}})
    answered = threading.Event()

    def place() -> None:
        running.trading.submit_order(MarketOrderRequest(symbol="AAPL", qty=1, side="buy", time_in_force="day"))
        answered.set()

    placing = threading.Thread(target=place)
    placing.start()
    assert running.next_updates(1) == [("pending_new", None)]
    assert not answered.is_set()
    placing.join()


def test_price_of_the_control_fills_and_is_the_newest() -> None:
    with exchange("--speed", "hold") as running:
        order = running.trading.submit_order(
            LimitOrderRequest(symbol="BTC/USD", qty=0.1, side="buy", time_in_force="gtc", limit_price=20_000)
        )
        running.control("price", {"symbol": "BTC/USD", "price": 19_000})
        assert running.trading.get_order_by_id(order.id).filled_avg_price == "19000"
        assert running.trading.get_open_position("BTCUSD").current_price == "19000"


def test_bars_of_a_file_are_replayed_at_any_speed(tmp_path: Path) -> None:
    rows = [
        f"2024-03-12T14:{minute:02}:00Z,{100 + minute},{101 + minute},{99 + minute},{100 + minute},5"
        for minute in range(30, 60)
    ]
    file = tmp_path / "XYZ_1m.csv"
    file.write_text("\n".join(["timestamp,open,high,low,close,volume", *rows]))
    with exchange(
        "--bars", str(file), "--asset", "XYZ=stock", "--speed", "max", "--start", "2024-03-12T14:31:00Z"
    ) as one:
        assert [asset.symbol for asset in one.trading.get_all_assets()] == ["XYZ"]
        bars = one.stocks.get_stock_bars(
            StockBarsRequest(
                symbol_or_symbols="XYZ", timeframe=TimeFrame.Minute, feed=DataFeed.IEX, start="2024-03-12T14:30:00Z"
            )
        )["XYZ"]
        assert bars[0].open == 130


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--speed", "fast"], "--speed must be a number"),
        (["--cash", "0"], "--cash must be 0.01 or more"),
        (["--start", "noon"], "--start noon: write a time"),
        (["--asset", "AAPL=wood"], "asset class 'wood' is unknown"),
        (["--bars", "none.csv"], "none.csv"),
    ],
)
def test_option_that_makes_no_sense_is_told_in_one_line(options: list[str], said: str) -> None:
    command = [sys.executable, "-m", "weaver", "simulate-exchange", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_live_mode_has_keys_and_accounts_of_that_kind() -> None:
    with exchange("--mode", "live", "--speed", "hold") as running:
        assert running.keys["api_key"] == "AKREHEARSAL"
        assert running.trading.get_account().account_number.isdigit()
