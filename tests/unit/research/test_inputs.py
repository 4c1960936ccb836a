"""What a run is given to run on, and options of the wrong kind."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weaver
from tests.acceptance.command import csv, days
from tests.builders import stock_days
from weaver import Strategy
from weaver.model.errors import InputError
from weaver.research.inputs import load_bars, store
from weaver.walle.files.bar_file import read_bars

DAYS = pd.bdate_range("2024-01-02", periods=60, tz="UTC")
FRAME = pd.DataFrame({"timestamp": DAYS, "open": 9.0, "high": 9.0, "low": 9.0, "close": 9.0, "volume": 1e6})


class Looks(Strategy):
    """Says what it is told of symbols."""

    def on_bar(self, bar: Any) -> None:
        self.log(f"{bar.symbol} {self.symbols} {self.position(bar.symbol).quantity}")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Bars of the stock AAPL in the store, and their file."""
    path = tmp_path / "AAPL_1d.csv"
    path.write_text(csv(days(60)))
    read = read_bars(path)
    store().write(read.bars, read.instrument, (), "test")
    return path


def backtest(bars: Any = None, **options: Any) -> Any:
    strategy = options.pop("strategy", "buy-and-hold")
    return weaver.backtest(strategy, bars, **{"asset": "stock", "lookahead_check": False, **options})


def test_asset_class_other_than_the_stores_is_refused_by_both_names(stored: Path) -> None:
    for given in ({"symbols": ["AAPL"]}, {"bars": load_bars("AAPL", "1d")}, {"bars": {"X": load_bars("AAPL", "1d")}}):
        with pytest.raises(InputError, match=r"AAPL is in the store as stock, not crypto: leave the asset out"):
            backtest(**given, asset="crypto")
        assert len(backtest(**given, asset="stock").fills) == len(backtest(**given, asset=None).fills) == 1


@pytest.mark.parametrize("kind", ["stored", "bars", "frame", "file"])
def test_key_of_the_mapping_names_the_symbol_everywhere(stored: Path, kind: str) -> None:
    bars = {"stored": load_bars("AAPL", "1d"), "bars": stock_days([10, 11, 12]), "frame": FRAME, "file": stored}[kind]
    result = backtest({"X": bars}, strategy=Looks)
    assert {entry.text for entry in result.journal} == {"X ('X',) 0"}
    assert list(result.bars) == result.run["symbols"] == list(result.run["data"]) == ["X"]
    assert backtest({"X": bars}).fills[0].symbol == "X"


def test_symbols_name_stored_bars_that_are_handed_over(stored: Path) -> None:
    result = backtest([load_bars("AAPL", "1d"), load_bars("AAPL", "1d")], symbols=["A", "B"])
    assert [fill.symbol for fill in result.fills] == ["A", "B"]


def test_one_symbol_needs_no_list(stored: Path) -> None:
    assert backtest(symbols="AAPL").run["symbols"] == ["AAPL"]


def test_unknown_zone_is_refused_also_for_bars_that_need_none(stored: Path) -> None:
    for given in ({"symbols": ["AAPL"]}, {"bars": {"X": FRAME}}, {"bars": stored}, {"bars": stock_days([1, 2])}):
        with pytest.raises(InputError, match="time zone 'Foo/Bar' is unknown"):
            backtest(**given, tz="Foo/Bar")


WRONG = {
    "costs": [(5, "costs are a preset's name .* not 5"), (True, "not True"), ({}, "no key is given")],
    "params": [([1], r"params must be a mapping .* not \[1\]"), ([], r"not \[\]"), ({1: 2}, r"not \{1: 2\}")],
    "start": [(5, "start must be a date, a time, or one written as 2020-01-31, not 5"), (pd.NaT, "not NaT")],
    "end": [(2024.5, "end must be a date, .* not 2024.5")],
    "seed": [("x", "seed must be a whole number, not 'x'"), (None, "not None"), (True, "not True"), (1.0, "not 1.0")],
    "warmup": [(1.5, "warmup must be a whole number, not 1.5"), ("3", "not '3'")],
    "close_at_end": [("no", "close_at_end must be True or False, not 'no'"), (1, "not 1")],
    "shorting": [("no", "shorting must be True or False, not 'no'")],
    "lookahead_check": [("no", "lookahead_check must be True or False, not 'no'")],
    "venue": [(["x"], r"venue must be a text, not \['x'\]")],
    "tz": [(5, "tz must be a text, not 5")],
    "timeframe": [(60, "timeframe must be a text, not 60")],
    "symbols": [
        (5, "symbols are a list of names, not 5"),
        ([5], "a symbol must be a text, not 5"),
        ([""], "symbol ''"),
    ],
    "actions": [(["a.csv"], r"actions are a file, or a mapping .* not \['a.csv'\]")],
    "cash": [("much", "cash must be a number, not 'much'"), ([1], r"not \[1\]")],
    "asset": [(5, "asset 5 is not one of")],
}


@pytest.mark.parametrize(("name", "value", "says"), [(name, *case) for name, cases in WRONG.items() for case in cases])
def test_option_of_the_wrong_kind_is_refused_in_a_sentence(name: str, value: Any, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        backtest({"X": FRAME} if name != "symbols" else FRAME, **{name: value})
    assert "\n" not in str(caught.value)


def test_frame_given_for_an_option_is_quoted_in_one_short_line() -> None:
    with pytest.raises(InputError) as caught:
        backtest({"X": FRAME}, params=FRAME)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("key", [5, None, ""])
def test_symbol_that_is_no_name_is_refused(key: Any) -> None:
    with pytest.raises(InputError, match="symbol"):
        backtest({key: FRAME})


def test_numbers_and_truths_of_numpy_are_as_good_as_pythons() -> None:
    options = {"seed": np.int64(3), "warmup": np.int32(5), "close_at_end": np.True_, "lookahead_check": np.False_}
    result = backtest({"X": FRAME}, start="2024-02-01", **options)
    assert [result.run[name] for name in options] == [3, 5, True, False]
    assert '"seed": 3' in result.to_json()


def test_load_bars_refuses_what_is_no_text() -> None:
    with pytest.raises(InputError, match="timeframe must be a text, not 5"):
        load_bars("AAPL", 5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="a symbol must be a text, not 5"):
        load_bars(5, "1d")  # type: ignore[arg-type]
