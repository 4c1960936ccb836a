"""The exchange as `weaver simulate-exchange` serves it, in a process of its own, with every client of the SDK."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alpaca.data.enums import DataFeed
from alpaca.data.requests import StockBarsRequest
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest

from tests.rehearsals.process import Process, exchange


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


def test_split_scales_the_holding_and_the_prices_to_come() -> None:
    with exchange("--speed", "hold") as running:
        running.control("reset", {"positions": {"AAPL": 10}})
        before = running.trading.get_open_position("AAPL")
        running.control("faults", {"kind": "split", "symbol": "AAPL", "ratio": 4})
        after = running.trading.get_open_position("AAPL")
        assert after.qty == "40"
        assert float(after.current_price) == pytest.approx(float(before.current_price) / 4, abs=0.01)
        running.control("clock", {"advance": 120})
        later = running.trading.get_open_position("AAPL")
        assert float(later.current_price) == pytest.approx(float(after.current_price), rel=0.05)


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
