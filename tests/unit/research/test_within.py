"""Doubts about data, of a run on a part of it."""

import pandas as pd

from weaver import Strategy, backtest


class Idle(Strategy):
    def on_bar(self, bar):
        pass


def gaps(start):
    days = pd.bdate_range("2022-01-03", "2023-12-29").difference(pd.bdate_range("2022-03-07", "2022-03-18"))
    days = days.drop([pd.Timestamp("2023-05-10")])
    frame = pd.DataFrame({"open": 10.0, "high": 11, "low": 9, "close": 10, "volume": 1e6}, days)
    result = backtest(Idle, {"X": frame}, asset="stock", start=start, lookahead_check=False)
    return [message for code, message in result.warnings if code == "gaps"]


def test_gap_before_the_run_is_no_concern_of_it():
    assert "11 sessions missing, the first 2022-03-07" in gaps(None)[0]
    assert "1 session missing, the first 2023-05-10" in gaps("2023-01-03")[0]
    assert gaps("2023-06-01") == []


def jumps(start):
    days = pd.bdate_range("2021-01-04", "2023-12-29")
    price = pd.Series([100.0 + k % 3 for k in range(len(days))], days)
    for day in ("2021-06-21", "2023-03-01"):
        price[day:] /= 2
    frame = pd.DataFrame({"open": price, "high": price + 1, "low": price - 1, "close": price, "volume": 1e6}, days)
    result = backtest(Idle, {"X": frame}, asset="stock", start=start, lookahead_check=False)
    return [message for code, message in result.warnings if code == "jump"]


def test_jump_before_the_run_is_no_concern_of_it():
    assert "before 2021-06-21 (and 1 time more)" in jumps(None)[0]
    assert "before 2023-03-01:" in jumps("2022-01-03")[0]
    assert jumps("2023-06-01") == []
