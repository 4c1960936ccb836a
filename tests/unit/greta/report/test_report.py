"""The HTML report: complete, inert, small, and true to the run it was made from."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import weaver
from weaver import Strategy
from weaver.greta.report.contents import Contents
from weaver.greta.report.labels import GROUPS
from weaver.greta.report.months import monthly_returns
from weaver.greta.report.page import SCRIPTS, render
from weaver.greta.report.payload import (
    CANDLES_MAX,
    CANDLES_MAX_IN_ALL,
    CHARTS_MAX,
    CURVE_POINTS_MAX,
    TRADES_MAX,
    payload,
)
from weaver.greta.report.sampling import candles, extreme_rows
from weaver.greta.results.statistics import STATISTICS
from weaver.model.market.corporate_actions import Delisting

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
        strategy="SmaCrossover",
        parameters={"fast": 10},
        symbols=("AAPL",),
        timeframe="1d",
        quote_currency="USD",
        costs="no costs",
        provenance={"Weaver": "0.1.0"},
        bars={"AAPL": bars},
        equity=100_000 * bars.close / 100,
        timestamp=bars.timestamp,
        benchmark=100_000 * bars.close[::-1] / 100,
        trades=rows,
        trade_bars=[(row.entry_bar, row.exit_bar) for row in rows],
        fills=0,
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
        return json.loads(self.scripts[0])


def asset(name):
    return files("weaver.greta.report").joinpath("assets", name).read_text(encoding="utf-8")


def test_page_loads_nothing_from_anywhere():
    page = Page(render(source()))
    names = [name for name, _ in page.tags]
    assert names.count("script") == 3
    assert not {"link", "img", "iframe", "object", "embed"} & set(names)
    assert not [attrs for _, attrs in page.tags if "src" in attrs]
    policy = next(attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert "url(" not in asset("report.css")
    assert "@import" not in asset("report.css")


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "$data ${style} $$",
    '"><svg onload=alert(1)>',
    "Zoë & Co. \u2028 \U0001f600 \\u003c",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_the_run_stays_text(text):
    plain = [tag for tag, _ in Page(render(source())).tags]
    page = Page(
        render(
            source(
                title=text,
                strategy=text,
                parameters={text: text},
                warnings=[("code", text), (text, "message")],
                provenance={text: text},
                costs=text,
                quote_currency=text,
                symbols=[text],
                bars={text: prices(10)},
                trades=lambda bars: [trade(bars, 1, 2, symbol=text, side=text)],
            )
        )
    )
    assert [tag for tag, _ in page.tags] == plain
    assert "".join(page.titles).strip() == text.strip()
    assert page.data["warnings"] == [["code", text], [text, "message"]]
    assert page.data["parameters"] == [[text, text]]
    assert page.data["trades"]["symbol"] == [text]
    assert list(page.data["charts"]) == [text]


def test_name_that_is_no_unicode_can_still_be_written_to_a_file():
    undecodable = b"caf\xe9".decode("utf-8", "surrogateescape")
    html = render(source(title=undecodable, strategy=undecodable))
    assert "<title>caf?</title>" in html.encode("utf-8").decode("utf-8")


def test_chart_library_comes_with_its_licence_and_the_page_with_its_notice():
    version = re.search(r"Lightweight Charts™ v([\d.]+)", asset("lightweight-charts.js")).group(1)
    assert f"Charts™ {version}" in asset("lightweight-charts.NOTICE")
    assert "Apache License" in asset("lightweight-charts.LICENSE")
    html = render(source())
    assert "Copyright (c) 2026 TradingView, Inc." in html
    assert 'href="https://www.tradingview.com/"' in html
    assert "attributionLogo: true" in html


def test_scripts_name_only_elements_that_the_page_has():
    wanted = {name for script in SCRIPTS for name in re.findall(r'byId\("([^"]+)"\)', asset(script))}
    there = {attrs["id"] for _, attrs in Page(render(source())).tags if "id" in attrs}
    assert wanted <= there
    assert wanted > {"data", "trades", "equity-chart"}


def test_scripts_read_only_data_that_the_page_carries():
    data = payload(source())
    text = "".join(asset(script) for script in SCRIPTS)
    read = set(re.findall(r"\bdata\.([a-z_]+)\b", text))
    assert read <= set(data)
    assert set(re.findall(r"\btrades\.([a-z_]+)\b", text)) - {"find"} <= {
        *data["trades"],
        "reduce",
        "map",
        "filter",
    } | {
        "sort",
        "length",
    }


def test_every_statistic_has_exactly_one_label():
    labels = [label.key for group in GROUPS.values() for label in group]
    assert sorted(labels) == sorted(STATISTICS)


def test_every_form_of_a_figure_has_its_way_of_writing():
    forms = re.search(r"const FORMS = \{(.*?)\n\};", asset("format.js"), re.DOTALL).group(1)
    assert {label.form.value for group in GROUPS.values() for label in group} == set(
        re.findall(r"^  (\w+):", forms, re.M)
    )


def test_small_run_is_drawn_whole():
    made = source(100)
    data = Page(render(made)).data
    assert np.cumsum(data["curve"]["time"]).tolist() == (made.timestamp // 10**9).tolist()
    assert data["curve"]["equity"] == pytest.approx(made.equity.tolist(), rel=1e-9)
    assert data["curve"]["benchmark"] == pytest.approx(made.benchmark.tolist(), rel=1e-9)
    chart = data["charts"]["AAPL"]
    assert (chart["factor"], chart["bars"], chart["decimals"]) == (1, 100, 2)
    assert chart["close"] == made.bars["AAPL"].close.tolist()


def test_drawdown_of_the_curve_starts_from_the_initial_cash():
    data = payload(source(3, equity=np.array([90_000.0, 120_000.0, 108_000.0]), trades=lambda _: []))
    assert data["curve"]["drawdown"] == pytest.approx([-0.1, 0.0, -0.1])


def test_run_without_bars_trades_benchmark_or_figures_is_a_page_too():
    made = source(5, bars={}, trades=lambda _: [], benchmark=None, stats=dict.fromkeys(STATISTICS), parameters={})
    data = Page(render(made)).data
    assert (data["charts"], data["trades"]["count"], data["curve"]["benchmark"]) == ({}, 0, None)
    assert data["stats"]["sharpe"] is None


def test_ticks_within_one_second_are_drawn_once():
    stamps = START + np.array([0, 1, 2, 1_000, 2_000], dtype=np.int64) * 1_000_000
    data = payload(source(5, timestamp=stamps, trades=lambda _: []))
    assert np.cumsum(data["curve"]["time"]).tolist() == [START // 10**9, START // 10**9 + 1, START // 10**9 + 2]


def test_half_a_million_bars_and_ten_thousand_trades_stay_under_five_megabytes():
    many = 500_000

    def trades(bars):
        return [trade(bars, i * 50, i * 50 + 20) for i in range(many // 50)]

    html = render(source(many, step=MINUTE, timeframe="1m", trades=trades))
    assert len(html.encode()) < 5_000_000
    data = Page(html).data
    assert 0.75 * CURVE_POINTS_MAX <= len(data["curve"]["time"]) <= CURVE_POINTS_MAX
    assert data["curve"]["rows"] == data["charts"]["AAPL"]["bars"] == many
    assert data["charts"]["AAPL"]["factor"] == 84
    assert len(data["charts"]["AAPL"]["time"]) <= CANDLES_MAX
    assert len(data["trades"]["number"]) == data["trades"]["count"] == 10_000


def test_more_trades_than_fit_leave_those_with_the_largest_results():
    def trades(bars):
        return [trade(bars, i, i + 1, pnl=Decimal(i - 5)) for i in range(TRADES_MAX + 3)]

    data = payload(source(TRADES_MAX + 10, trades=trades))["trades"]
    assert data["count"] == TRADES_MAX + 3
    assert len(data["number"]) == TRADES_MAX
    assert {4 + 1, 5 + 1, 6 + 1} & set(data["number"]) == set()
    assert data["number"] == sorted(data["number"])


def test_many_symbols_share_the_candles_and_the_most_traded_are_charted():
    symbols = [f"S{i:03}" for i in range(100)]
    bars = {symbol: prices(3_000, seed=i) for i, symbol in enumerate(symbols)}
    rows = [trade(bars["S077"], 5, 9, symbol="S077")]
    data = payload(source(3_000, bars=bars, symbols=symbols, trades=lambda _: rows))
    assert len(data["charts"]) == CHARTS_MAX
    assert "S077" in data["charts"]
    assert sum(len(chart["time"]) for chart in data["charts"].values()) <= CANDLES_MAX_IN_ALL
    assert data["trades"]["entry_bar"] == [5]


def test_trade_of_a_symbol_without_candles_has_no_place_on_a_chart():
    data = payload(source(trades=lambda bars: [trade(bars, 1, 2, symbol="GONE")]))
    assert (data["trades"]["entry_bar"], data["trades"]["exit_bar"]) == ([None], [None])


class StoppedOut(Strategy):
    """Buys on the second bar's close, and is stopped inside the bar after."""

    def on_bar(self, bar):
        if len(self.bars) == 2:
            self.buy(bar.symbol, 10, stop_loss=95)


@pytest.mark.parametrize("history", [0, 1])
@pytest.mark.parametrize("asset", ["stock", "fx", "crypto"])
def test_trade_is_drawn_on_the_bars_that_filled_it(asset, history):
    """Its times may be those of other bars' stamps: an fx day opens on the evening before, and a bar's end is the next
    one's start."""
    days = pd.bdate_range("2023-01-03", periods=6)
    frame = pd.DataFrame({"open": 100.0, "high": 101, "low": 99, "close": 100, "volume": 1e6}, days)
    frame.loc[days[2], "low"] = 90.0
    result = weaver.backtest(
        StoppedOut, {"X": frame}, asset=asset, start=str(days[history].date()), costs="none", lookahead_check=False
    )
    assert len(result.trades) == 1
    drawn = Page(result.page()).data["trades"]
    assert [days[history:][drawn[name][0]] for name in ("entry_bar", "exit_bar")] == [days[2]] * 2
    assert drawn["entry_bar"] == [2 - history]


def test_delisted_trade_says_so():
    days = pd.bdate_range("2023-01-03", periods=4)
    frame = pd.DataFrame({"open": 100.0, "high": 101, "low": 99, "close": 100, "volume": 1e6}, days)

    class Hold(Strategy):
        def on_bar(self, bar):
            if len(self.bars) == 1:
                self.buy(bar.symbol, 10)

    gone = {"X": [Delisting(ex_date=date(2023, 1, 9), value=Decimal(0))]}
    result = weaver.backtest(Hold, {"X": frame}, asset="stock", actions=gone, costs="none", lookahead_check=False)
    drawn = Page(result.page()).data["trades"]
    assert (drawn["delisted"], drawn["return"], drawn["entry_bar"], drawn["exit_bar"]) == ([True], [-1], [1], [3])
    assert payload(source())["trades"]["delisted"] == [False, False]
    assert ", delisted" in asset("tables.js")


def test_fatal_warnings_stand_first_and_look_so():
    told = [("resized", "a"), ("liquidated", "b"), ("not_deterministic", "c"), ("few_trades", "d"), ("lookahead", "e")]
    data = payload(source(warnings=told))
    codes = [code for code, _ in data["warnings"]]
    assert codes == ["lookahead", "not_deterministic", "liquidated", "resized", "few_trades"]
    assert data["fatal"] == ["lookahead", "not_deterministic"]
    assert 'class: "warning fatal"' in asset("tables.js")
    assert ".warning.fatal {" in asset("report.css")


def test_headline_figures_of_many_digits_make_their_tile_wider():
    """Looked at in a browser at 360, 390, 500 and 1280 px, with figures of 10 to 25 digits."""
    rules = dict(re.findall(r"^(\.tiles?(?: \.\w+)?) \{([^}]*)\}", asset("report.css"), re.M))
    assert "flex-wrap: wrap" in rules[".tiles"]
    assert "flex: 1 0 auto" in rules[".tile"]
    assert "max-width: 100%" in rules[".tile"]
    assert [name for name, rule in rules.items() if "nowrap" in rule] == []


def test_amounts_keep_their_digits():
    rows = [trade(prices(100), 1, 2, quantity=Decimal("0.00000001"), pnl=Decimal("-12345.6789"))]
    data = payload(source(trades=lambda _: rows))["trades"]
    assert (data["quantity"], data["pnl"]) == (["0.00000001"], [-12345.6789])


@pytest.mark.parametrize(
    ("price", "decimals"), [(1.08345, 5), (61_234.5, 2), (0.00001234, 8), (150.0, 2), (4.125e-10, 13), (1 / 3e9, 15)]
)
def test_prices_are_written_with_the_decimals_they_use(price, decimals):
    bars = prices(3)
    bars.close[:] = price
    assert payload(source(3, bars={"AAPL": bars}, trades=lambda _: []))["charts"]["AAPL"]["decimals"] == decimals


def test_figure_that_is_no_number_is_left_out_of_a_curve():
    benchmark = np.array([np.nan, 100_000.0, 110_000.0])
    assert payload(source(3, benchmark=benchmark, trades=lambda _: []))["curve"]["benchmark"] == [
        None,
        100_000,
        110_000,
    ]


def test_symbol_without_volume_gets_none():
    bars = prices(3)
    bars.volume[:] = 0.0
    assert payload(source(3, bars={"AAPL": bars}, trades=lambda _: []))["charts"]["AAPL"]["volume"] is None


def test_sampled_rows_keep_every_extreme():
    rng = np.random.default_rng(3)
    columns = [np.cumsum(rng.normal(size=50_000)) for _ in range(3)]
    rows = extreme_rows(columns, 1_000)
    assert len(rows) <= 1_000
    assert (rows[0], rows[-1]) == (0, 49_999)
    assert np.all(np.diff(rows) > 0)
    for column in columns:
        assert (column[rows].min(), column[rows].max()) == (column.min(), column.max())


def test_few_rows_are_all_kept():
    assert extreme_rows([np.zeros(4)], 4).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25])
def test_candles_equal_pandas_groups_of_bars(count):
    bars = prices(count)
    made = candles(**vars(bars), count_max=10)
    frame = pd.DataFrame(vars(bars))
    groups = frame.groupby(np.arange(count) // made.factor)
    expected = groups.agg(
        {"timestamp": "first", "open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    )
    assert len(made.close) <= 10
    for name in ("timestamp", "open", "high", "low", "close", "volume"):
        np.testing.assert_allclose(getattr(made, name), expected[name].to_numpy(), rtol=1e-12)


def test_monthly_returns_equal_pandas_and_multiply_to_the_total():
    stamps = pd.date_range("2019-11-14", "2021-02-10", freq="B")
    equity = 1_000 * np.cumprod(1 + np.random.default_rng(7).normal(0, 0.01, len(stamps)))
    years = monthly_returns(stamps.as_unit("ns").asi8, equity, 1_000.0)
    ends = pd.Series(equity, stamps).resample("ME").last()
    expected = ends / ends.shift(fill_value=1_000.0) - 1
    found = [value for year in years for value in year.months if value is not None]
    assert found == pytest.approx(expected.to_list())
    assert [year.year for year in years] == [2019, 2020, 2021]
    assert years[0].months[:10] == (None,) * 10
    assert np.prod([1 + year.total for year in years]) == pytest.approx(equity[-1] / 1_000)


def test_month_that_began_with_nothing_has_no_return():
    stamps = np.array([START, START + 40 * DAY, START + 400 * DAY])
    years = monthly_returns(stamps, np.array([0.0, -5.0, 7.0]), 100.0)
    assert (years[0].months[0], years[0].months[1]) == (-1.0, None)
    assert years[1].total is None
