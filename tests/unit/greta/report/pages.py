"""Contents of reports, and pages read back."""

import gzip
import json
from base64 import b64decode
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from types import SimpleNamespace

import numpy as np

from weaver.greta.report.contents import Contents
from weaver.model.run import RunMode

DAY = 86_400_000_000_000
MINUTE = 60_000_000_000
START = 1_577_836_800_000_000_000  # 2020-01-01, a Wednesday


def prices(count, *, seed=1, step=DAY, digits=2):
    rng = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.001, count))), digits)
    open_ = np.concatenate(([100.0], close[:-1]))
    return SimpleNamespace(
        timestamp=START + np.arange(count, dtype=np.int64) * step,
        open=open_,
        high=np.maximum(open_, close) + 0.25,
        low=np.minimum(open_, close) - 0.25,
        close=close,
        volume=np.round(rng.lognormal(5, 1, count), 2),
    )


def trade(bars, entry, exit_, **changes):
    fields = {
        "symbol": "AAPL",
        "side": "long",
        "quantity": Decimal("10"),
        "entry_time": int(bars.timestamp[entry]),
        "entry_price": Decimal(str(bars.open[entry])),
        "exit_time": int(bars.timestamp[exit_]),
        "exit_price": Decimal(str(bars.open[exit_])),
        "pnl": Decimal(str(round(10 * (bars.open[exit_] - bars.open[entry]), 4))),
        "return_": float(bars.open[exit_] / bars.open[entry] - 1),
        "commission": Decimal("0.1"),
        "bars": exit_ - entry,
        "mae": -0.01,
        "mfe": 0.02,
        "entry_bar": entry,
        "exit_bar": exit_,
    }
    return SimpleNamespace(**{**fields, **changes})


def source(count=100, *, step=DAY, trades=None, **changes):
    bars = prices(count, step=step)
    rows = [trade(bars, 3, 7), trade(bars, 20, 50)] if trades is None else trades(bars)
    made = Contents(
        title="sma-crossover on AAPL 1d",
        mode=RunMode.BACKTEST,
        strategy="SmaCrossover",
        parameters={"fast": 10},
        symbols=("AAPL",),
        timeframe="1d",
        quote_currency="USD",
        costs={"Costs": "no costs"},
        provenance={"Weaver": "0.1.0"},
        bars={"AAPL": bars},
        equity=100_000 * bars.close / 100,
        timestamp=bars.timestamp,
        session=(bars.timestamp // DAY).astype(np.int32),
        returns_per_year=252.0,
        cash=np.full(count, 50_000.0),
        on_margin=None,
        benchmark=100_000 * bars.close[::-1] / 100,
        benchmark_name="Buy and hold",
        source="class SmaCrossover: ...",
        zone="America/New_York",
        indicators=(),
        levels={},
        splits={},
        trades=rows,
        trade_bars=[(row.entry_bar, row.exit_bar) for row in rows],
        fills=(),
        stats={"initial_equity": 100_000.0},
        warnings=(),
    )
    return replace(made, **changes)


class Page(HTMLParser):
    """Every tag with its attributes, and the texts of the scripts."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.scripts, self.titles, self.stack = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.stack.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data):
        if self.stack and self.stack[-1] == "script":
            self.scripts[-1] += data
        if self.stack and self.stack[-1] == "title":
            self.titles.append(data)

    @property
    def data(self):
        """Both parts of it: that of the first screen stands before the page's script, the other after it."""
        first, _, behind = self.scripts
        return {**_unpacked(first), **_unpacked(behind)}


def _unpacked(text):
    return json.loads(gzip.decompress(b64decode(text)))


def asset(name):
    return files("weaver.greta.report").joinpath("assets", name).read_text(encoding="utf-8")
