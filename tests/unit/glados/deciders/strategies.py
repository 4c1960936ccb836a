"""Strategies that do to their process what none should, and what they are started with."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

from tests.builders import crypto_bars
from weaver.veda.inputs import InputBar, ListedSymbol, RunSetup, TickInputs
from weaver.veda.runs.recorded.codec import encode_inputs, encode_setup
from weaver.veda.runs.recorded.warmup import encode_bars

HOUR = 3_600_000_000_000
BARS = crypto_bars([10.0 + k % 7 for k in range(50)])
WARMUP = encode_bars(BARS)
DIGEST = sha256(WARMUP).hexdigest()
WARMUPS = {DIGEST: WARMUP}
START = int(BARS.end[-1])

BUYER = """
        self.log(f"closed at {bar.close}")
        self.buy(bar.symbol, 1)
"""


def setup(on_bar: str = BUYER, *, on_start: str = "        pass") -> bytes:
    """The setup of a strategy with these callbacks."""
    source = f"""import ctypes, os, sys, time
from weaver import Strategy

class Trader(Strategy):
    def on_start(self):
{on_start}

    def on_bar(self, bar):
{on_bar}
"""
    return encode_setup(replace(SETUP, source=source))


def tick(number: int) -> bytes:
    """A tick with a bar."""
    end = START + number * HOUR
    prices = {"open": 10.0, "high": 11.0, "low": 9.0, "close": 10.5, "volume": 5.0}
    bar = InputBar(symbol="BTC/USD", start=end - HOUR, end=end, **prices)
    return encode_inputs(TickInputs(number=number, time=end, bars=(bar,)))


SETUP = RunSetup(
    run_id="run-1",
    strategy_id="trader",
    source="",
    symbols=(
        ListedSymbol(
            symbol="BTC/USD",
            asset_class="crypto",
            tick=Decimal("0.01"),
            lot=Decimal("0.0001"),
            minimum=Decimal("0.0001"),
            is_tick_given=True,
            quote_currency="USD",
            price_decimals=8,
            warmup=DIGEST,
        ),
    ),
    timeframe="1h",
    start=START,
    cash=Decimal(100_000),
    account="cash",
    leverage=Decimal(1),
    shorting=False,
    maintenance=Decimal("0.25"),
    venue="",
    seed=1,
    weaver_version="0",
)
