"""The HTML report: complete, inert, small, and true to the run it was made from."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import weaver
from tests.shared_data import REPOSITORY
from tests.unit.greta.report.pages import MINUTE, START, Page, asset, prices, source, trade
from weaver import Strategy
from weaver.greta.report.charts import CANDLES_MAX, CANDLES_MAX_IN_ALL, CHARTS_MAX
from weaver.greta.report.labels import GROUPS
from weaver.greta.report.page import render
from weaver.greta.report.payload import BEHIND, CURVE_POINTS_MAX, TRADES_MAX, payload
from weaver.greta.results.statistics import STATISTICS
from weaver.model.errors import StrategyError
from weaver.model.market.corporate_actions import Delisting


def test_page_loads_nothing_from_anywhere():
    page = Page(render(source()))
    names = [name for name, _ in page.tags]
    assert names.count("script") == 3
    assert not {"link", "img", "iframe", "object", "embed"} & set(names)
    assert not [attrs for _, attrs in page.tags if "src" in attrs]
    policy = next(attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert not re.search(r"url\((?!data:)|@import", asset("built/report.css"))


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
                costs={text: text},
                source=text,
                benchmark_name=text,
                splits={text: [(1, Fraction(2))]},
                quote_currency=text,
                symbols=[text],
                bars={text: prices(10)},
                trades=lambda bars: [trade(bars, 1, 2, symbol=text, side=text)],
            )
        )
    )
    assert [tag for tag, _ in page.tags] == plain
    assert "".join(page.titles).strip() == text.strip()
    assert [(told["code"], told["message"]) for told in page.data["warnings"]] == [("code", text), (text, "message")]
    assert page.data["parameters"] == [[text, text]]
    assert page.data["trades"]["symbol"] == [text]
    assert list(page.data["charts"]) == [text]


def test_name_that_is_no_unicode_can_still_be_written_to_a_file():
    undecodable = b"caf\xe9".decode("utf-8", "surrogateescape")
    html = render(source(title=undecodable, strategy=undecodable))
    assert "<title>caf?</title>" in html.encode("utf-8").decode("utf-8")


def test_what_the_page_is_made_with_comes_with_its_licences():
    html = render(source())
    for told in ("Copyright (c) 2026 TradingView, Inc.", "Apache License 2.0", "Meta Platforms", "Ivan Sagalaev"):
        assert told in html
    assert "https://www.tradingview.com/" in asset("built/report.js")


def test_script_and_styles_can_stand_inside_a_page():
    for name in ("built/report.js", "built/report.css"):
        assert not re.search(r"</(script|style)|<!--", asset(name), re.IGNORECASE)


def test_page_carries_what_its_script_reads():
    """`haro/src/report/data.ts` says by name what is in it."""
    text = (REPOSITORY / "haro" / "src" / "report" / "data.ts").read_text()
    data = payload(source(indicators=[INDICATOR], levels={"AAPL": [("stop", 1, 2, 90.0)]}))
    assert fields_of(text, "FirstScreen") == set(data) - set(BEHIND)
    assert fields_of(text, "Behind") == set(BEHIND)
    assert fields_of(text, "CurveColumns") == set(data["curve"])
    assert fields_of(text, "WorkColumns") == set(data["work"])
    assert fields_of(text, "ChartColumns") == set(data["charts"]["AAPL"])
    assert fields_of(text, "TradeColumns") == set(data["trades"])
    assert fields_of(text, "FillColumns") == set(data["fills"])
    assert fields_of(text, "Rolling") == set(data["rolling"])
    assert fields_of(text, "Fall") == set(data["drawdowns"][0])
    assert fields_of(text, "SymbolRow") == set(data["bySymbol"][0])
    assert fields_of(text, "Bucket") == set(data["durations"][0])


def fields_of(text, name):
    body = re.search(rf"export interface {name} \{{\n(.*?)\n\}}", text, re.DOTALL)[1]
    return set(re.findall(r"^  (\w+):", body, re.MULTILINE))


def test_every_statistic_has_exactly_one_label():
    labels = [label.key for group in GROUPS.values() for label in group]
    assert sorted(labels) == sorted(STATISTICS)


def test_small_run_is_drawn_whole():
    made = source(100)
    data = Page(render(made)).data
    assert np.cumsum(data["curve"]["time"]).tolist() == (made.timestamp // 10**9).tolist()
    assert data["curve"]["equity"] == pytest.approx(made.equity.tolist(), rel=1e-9)
    assert data["curve"]["benchmark"] == pytest.approx(made.benchmark.tolist(), rel=1e-9)
    chart = data["charts"]["AAPL"]
    assert (chart["factor"], chart["bars"]) == (1, 100)
    assert chart["close"] == made.bars["AAPL"].close.tolist()


def test_drawdown_of_the_curve_starts_from_the_initial_cash():
    data = payload(source(3, equity=np.array([90_000.0, 120_000.0, 108_000.0]), trades=lambda _: []))
    falls = [(fall["start"], fall["bottom"], fall["end"], fall["depth"]) for fall in data["drawdowns"]]
    first, second, third = START // 10**9 + np.arange(3) * 86_400
    assert falls == [
        (first, first, second, pytest.approx(-0.1)),
        (second, third, None, pytest.approx(-0.1)),
    ]


def test_run_without_bars_trades_benchmark_or_figures_is_a_page_too():
    made = source(5, bars={}, trades=lambda _: [], benchmark=None, stats=dict.fromkeys(STATISTICS), parameters={})
    data = Page(render(made)).data
    assert (data["charts"], data["trades"]["count"], data["curve"]["benchmark"]) == ({}, 0, None)
    assert data["stats"]["sharpe"] is None


def test_ticks_within_one_second_are_drawn_once():
    stamps = START + np.array([0, 1, 2, 1_000, 2_000], dtype=np.int64) * 1_000_000
    data = payload(source(5, timestamp=stamps, trades=lambda _: []))
    assert np.cumsum(data["curve"]["time"]).tolist() == [START // 10**9, START // 10**9 + 1, START // 10**9 + 2]


def test_half_a_million_bars_and_ten_thousand_trades_stay_under_two_megabytes():
    many = 500_000

    def trades(bars):
        return [trade(bars, i * 50, i * 50 + 20) for i in range(many // 50)]

    html = render(source(many, step=MINUTE, timeframe="1m", trades=trades))
    assert len(html.encode()) < 2_000_000
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


def test_fatal_warnings_stand_first_and_look_so():
    told = [("resized", "a"), ("liquidated", "b"), ("not_deterministic", "c"), ("few_trades", "d"), ("lookahead", "e")]
    data = payload(source(warnings=told))
    codes = [told["code"] for told in data["warnings"]]
    assert codes == ["lookahead", "not_deterministic", "liquidated", "resized", "few_trades"]
    assert [told["code"] for told in data["warnings"] if told["isFatal"]] == ["lookahead", "not_deterministic"]


def test_amounts_keep_their_digits():
    rows = [trade(prices(100), 1, 2, quantity=Decimal("0.00000001"), pnl=Decimal("-12345.6789"))]
    data = payload(source(trades=lambda _: rows))["trades"]
    assert (data["quantity"], data["pnl"]) == (["0.00000001"], ["-12345.6789"])


def test_indicators_stand_at_the_last_bar_of_each_candle():
    many = 3 * CANDLES_MAX
    bars = prices(many)
    line = indicator("sma(AAPL.close, 3)", bars.timestamp[2:], np.arange(2.0, many), place="below")
    other = indicator("rsi", bars.timestamp, bars.close, symbol="MSFT")
    [drawn] = payload(source(many, bars={"AAPL": bars}, indicators=[line, other]))["charts"]["AAPL"]["lines"]
    assert (drawn["name"], drawn["place"]) == ("sma(AAPL.close, 3)", "below")
    assert drawn["values"][:3] == [2, 5, 8]
    assert drawn["values"][-1] == many - 1


def indicator(name, timestamp, values, *, symbol="AAPL", place=None):
    return SimpleNamespace(name=name, symbol=symbol, timestamp=timestamp, values=values, place=place)


INDICATOR = indicator("sma", np.array([START]), np.array([100.0]))


class Bracketed(Strategy):
    """Buys once, with a stop, a target and an indicator that is shown beneath and one that is not."""

    def on_start(self):
        self.average = weaver.sma(self.close, 2, plot="below")
        self.hidden = weaver.ema(self.close, 2, plot=False)

    def on_bar(self, bar):
        self.log(f"{self.average[-1]} {self.hidden[-1]}")
        if len(self.bars) == 2:
            self.buy(bar.symbol, 10, stop_loss=95, take_profit=120)


def test_what_the_strategy_drew_and_its_orders_are_on_the_chart():
    """Bought at the open of the third bar; stopped in the fifth, which ends the target too. Two for one on the last."""
    days = pd.bdate_range("2023-01-03", periods=6)
    frame = pd.DataFrame({"open": 100.0, "high": 101, "low": 99, "close": 100, "volume": 1e6}, days)
    frame.loc[days[4], "low"] = 90.0
    split = {"X": [weaver.Split(ex_date=days[5].date(), ratio=2)]}
    result = weaver.backtest(Bracketed, {"X": frame}, actions=split, asset="stock", costs="none", lookahead_check=False)
    data = Page(result.page()).data
    chart = data["charts"]["X"]
    assert [(line["name"], line["place"]) for line in chart["lines"]] == [("sma(X.close, 2)", "below")]
    assert chart["levels"] == {"kind": ["target", "stop"], "from": [2, 2], "to": [4, 4], "price": [120, 95]}
    assert chart["happenings"] == [{"bar": 5, "text": "Split 2:1"}]
    assert (data["isDaily"], data["zone"], "class Bracketed" in data["source"]) == (True, "America/New_York", True)
    assert data["curve"]["cash"] == [100_000, 100_000, 99_000, 99_000, 99_950, 99_950]
    assert data["fills"]["price"] == ["100", "95"]


def test_place_of_a_series_is_said_in_known_words():
    class Nowhere(Strategy):
        def on_start(self):
            weaver.sma(self.close, 2, plot="beneath")

    with pytest.raises(StrategyError, match="not 'beneath'"):
        weaver.backtest(Nowhere, {"X": pd.DataFrame(vars(prices(5)))[["timestamp", "open", "high", "low", "close"]]})


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


def test_what_was_at_work_is_told_in_means_that_stand_where_rows_are_drawn():
    count = 4_400
    cash = np.where(np.arange(count) % 2 == 0, 100_000.0, 40_000.0)
    data = payload(source(count, step=MINUTE, equity=np.full(count, 100_000.0), cash=cash))
    work = data["work"]
    assert work["each"] == 11
    assert set(np.cumsum(work["time"])) <= set(np.cumsum(data["curve"]["time"]))
    # Of eleven rows five or six hold 60,000.
    assert set(work["held"]) == {27_272.7, 32_727.3}
    assert set(work["exposure"]) == {0.272727, 0.327273}
    assert set(work["cash"]) == {72_727.3, 67_272.7}


def test_exposure_of_no_equity_is_unknown():
    data = payload(source(4, equity=np.array([10.0, 0, -5, 10]), cash=np.array([5.0, 5, 5, 10]), trades=lambda _: []))
    assert data["work"]["exposure"] == [0.5, None, None, 0]


def test_futures_on_margin_count_with_all_that_they_are_worth():
    curve = {"equity": np.full(4, 100.0), "cash": np.full(4, 100.0), "on_margin": np.array([0.0, 250, -50, 0])}
    work = payload(source(4, **curve, trades=lambda _: []))["work"]
    assert work["held"] == [0, 250, -50, 0]
    assert work["exposure"] == [0, 2.5, -0.5, 0]


@pytest.mark.parametrize(
    ("symbol", "options", "zone"),
    [
        ("VOD", {"asset": "stock", "calendar": "XLON"}, "Europe/London"),
        ("AAPL", {"asset": "stock"}, "America/New_York"),
        ("BTC/USD", {"asset": "crypto"}, "UTC"),
    ],
)
def test_times_are_those_of_the_exchange(symbol, options, zone):
    days = pd.DataFrame(
        {"open": 10.0, "high": 11, "low": 9, "close": 10, "volume": 1e6}, pd.bdate_range("2024-01-03", periods=9)
    )
    result = weaver.backtest("buy-and-hold", {symbol: days}, lookahead_check=False, **options)
    assert Page(result.page()).data["zone"] == zone


def test_entry_before_a_split_is_drawn_where_its_bar_was():
    splits = {"AAPL": [(5, Fraction(4)), (30, Fraction(1, 2)), (50, Fraction(2)), (51, Fraction(3))]}
    data = payload(source(100, splits=splits))  # trades of bars 3 to 7 and 20 to 50
    first, second = (Decimal(price) for price in data["trades"]["entry_price"])
    assert data["trades"]["entry_drawn"] == [float(first) * 4, float(second)]
    assert [one["text"] for one in data["charts"]["AAPL"]["happenings"]][:2] == ["Split 4:1", "Split 1:2"]
    assert payload(source(100))["trades"]["entry_drawn"] == [None, None]
