"""`weaver backtest`: options to a run, and what is refused before one."""

import json
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.acceptance.command import csv, days
from weaver.cli.backtest import bar_files
from weaver.cli.dispatch import run
from weaver.cli.screen.output import Outputs
from weaver.model.errors import InputError

NAIVE = csv([f"2020-01-02 {hour:02}:30,1,1,1,1,1" for hour in range(10, 16)])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weaver_home: Path) -> Path:
    """A folder with bars, to work in."""
    (tmp_path / "ABC_1d.csv").write_text(csv(days(300)))
    (tmp_path / "naive.csv").write_text(NAIVE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


OPTIONS = {
    "cash in words": (["--cash", "much"], ["cash must be a number, not 'much'"]),
    "unknown account": (["--account", "gold"], ["'gold'"]),
    "shorting without margin": (["--shorting"], ["--account margin"]),
    "unknown costs": (["--costs", "free"], ["'free'"]),
    "unknown cost": (["--costs", "fee=1"], ["'fee'"]),
    "negative cost": (["--costs", "commission_bps=-1"], ["commission_bps must be 0 or more"]),
    "unknown asset class": (["--asset", "bond"], ["'bond'"]),
    "unknown time zone": (["--bars", "N=naive.csv", "--tz", "Mars/Olympus"], ["Mars/Olympus"]),
    "unknown timeframe": (["--timeframe", "1y"], ["1y"]),
    "finer timeframe": (["--timeframe", "1h"], ["ABC_1d.csv", "1h cannot be made"]),
    "unknown venue": (["--venue", "moon"], ["moon"]),
    "negative warm-up": (["--warmup", "-1"], ["warmup must be 0"]),
    "two files of one symbol": (["--bars", "ABC=./ABC_1d.csv"], ["two rows of bars are called ABC"]),
    "unknown time zone of dated bars": (["--tz", "Foo/Bar"], ["time zone 'Foo/Bar' is unknown"]),
    "cost given twice": (["--costs", "slippage_bps=1,slippage_bps=2"], ["slippage_bps is given twice"]),
    "slippage of more than a price": (["--costs", "slippage_bps=20000"], ["slippage_bps", "20000", "under 10000"]),
    "participation of nothing": (["--costs", "max_participation=0"], ["max_participation must be above 0"]),
    "actions of nobody": (
        ["--actions", "a.csv", "--actions", "b.csv"],
        ["--actions a.csv: write --actions SYMBOL=FILE"],
    ),
    "actions of a stranger": (["--actions", "XYZ=a.csv"], ["XYZ"]),
    "actions that are missing": (["--actions", "ABC=a.csv"], ["a.csv", "no such file"]),
    "folder that is not there": (["--json", "nowhere/out.json"], ["nowhere"]),
    "folder for a file": (["--html", "."], ["this is a folder"]),
    "seed that is no number": (["--seed", "x"], ["--seed"]),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_bad_option_is_refused_in_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    options, expected = OPTIONS[name]
    bars = [] if name == "unknown time zone" else ["--bars", "ABC_1d.csv"]
    assert run(["backtest", "sma-crossover", *bars, *options]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1), err
    assert [text for text in expected if text not in err] == [], err


def test_summary_says_doubts_before_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", "sma-crossover", "--bars", "ABC_1d.csv", "--asset", "stock", "--costs", "none"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[1:3] == [
        "sma-crossover on ABC 1d, 2020-01-02 to 2021-02-24 (300 bars)",
        "cash account of 100000; costs: none",
    ]
    assert 0 < out.index("closed trades are too few to tell skill from luck [few_trades]") < out.index("Sharpe")
    assert "Final equity" in out
    assert "best  long" in out


def test_position_that_stays_open_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", "buy-and-hold", "--bars", "ABC_1d.csv", "--costs", "none"]) == 0
    out, err = capsys.readouterr()
    assert "held at the end, at the last close: 9" in out
    assert "ABC: taken for stock, by its name" in out
    assert err == ""


NOISY = """
import os, subprocess, sys
from weaver import Strategy

os.write(1, b"loading\\n")

class Noisy(Strategy):
    def on_start(self):
        os.write(1, b"raw\\n")
        sys.__stdout__.write("python's own\\n")
        subprocess.run(["echo", "child"])
        print("print")
"""


def test_json_on_stdout_keeps_out_what_a_strategy_writes_past_python(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "noisy.py").write_text(NOISY)
    command = ["backtest", "noisy.py", "--bars", "ABC_1d.csv", "--asset", "stock", "--no-lookahead-check"]
    assert run([*command, "--json", "-"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["run"]["strategy"] == "noisy"
    assert sorted(err.splitlines()) == ["child", "loading", "print", "python's own", "raw"]
    os.write(1, b"after\n")
    assert capfd.readouterr() == ("after\n", "")


def test_stdout_is_given_back_when_the_run_fails(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "fails.py").write_text(f"{NOISY}        1 / 0\n")
    command = ["backtest", "fails.py", "--bars", "ABC_1d.csv", "--asset", "stock"]
    assert run([*command, "--json", "-"]) == 1
    assert capfd.readouterr().out == ""
    os.write(1, b"after\n")
    assert capfd.readouterr() == ("after\n", "")


def test_json_on_a_stdout_that_is_closed_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", None)
        with pytest.raises(InputError, match="standard output is closed; name a file"):
            Outputs(json="-", html=None)
    assert capsys.readouterr() == ("", "")


def test_unexpected_error_is_one_line_that_offers_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("weaver.research.run", lambda *_, **__: {}["x"])
    assert run(["backtest", "sma-crossover", "--bars", "ABC_1d.csv"]) == 1
    assert capsys.readouterr().err == (
        "error: unexpected KeyError: 'x'; this is a fault of Weaver: run again with --debug to see where\n"
    )
    assert run(["--debug", "backtest", "sma-crossover", "--bars", "ABC_1d.csv"]) == 1
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):")


def test_files_are_named_by_their_names_or_by_the_user(folder: Path) -> None:
    (folder / "odd=name_1d.csv").write_text("")
    assert bar_files([], ["A"]) == (None, ["A"])
    assert bar_files(["a/ABC_1d.csv", "X/Y=b.csv"], []) == (["a/ABC_1d.csv", "b.csv"], [None, "X/Y"])
    assert bar_files(["odd=name_1d.csv"], []) == (["odd=name_1d.csv"], [None])
    assert bar_files(["X=Y=./b.csv"], []) == ({"X=Y": "./b.csv"}, [])
    assert bar_files(["a.csv", "b.csv"], ["A", "B"]) == (["a.csv", "b.csv"], ["A", "B"])
    assert bar_files(["a.csv"], ["A", "B"]) == (["a.csv"], ["A", "B"])
    with pytest.raises(InputError, match="1 --symbol for 2 --bars"):
        bar_files(["a.csv", "b.csv"], ["A"])
    with pytest.raises(InputError, match=r"--bars X=b\.csv names its symbol: leave --symbol out"):
        bar_files(["X=b.csv"], ["A"])


MANY = "ticker,date,open,high,low,close,volume\n" + "".join(
    f"{symbol},{day:%Y-%m-%d},{price},{price},{price},{price},1000\n"
    for day in pd.bdate_range("2024-03-04", periods=30)
    for symbol, price in (("BBB", 50), ("AAA", 100), ("ES=F", 7))
)


@pytest.mark.parametrize(
    ("options", "symbols"),
    [
        (["--bars", "many.csv"], ["BBB", "AAA", "ES=F"]), (["--bars", "many.csv", "--symbol", "ES=F"], ["ES=F"]),
        (["--bars", "many.csv", "--symbol", "AAA"], ["AAA"]),
        (["--bars", "many.csv", "--symbol", "AAA", "--symbol", "BBB"], ["AAA", "BBB"]),
        (["--bars", "many.csv", "--bars", "ABC_1d.csv"], ["BBB", "AAA", "ES=F", "ABC"]),
    ],
)  # fmt: skip
def test_file_of_several_symbols_runs_on_those_that_are_named(
    folder: Path, options: list[str], symbols: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "many.csv").write_text(MANY)
    common = ["--asset", "stock", "--no-lookahead-check", "--json", "-"]
    assert run(["backtest", "buy-and-hold", *options, *common]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["run"]["symbols"] == symbols


def test_symbol_that_is_not_in_the_file_is_refused_with_those_that_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "many.csv").write_text(MANY)
    assert run(["backtest", "buy-and-hold", "--bars", "many.csv", "--symbol", "CCC"]) == 2
    assert "the column 'ticker' has BBB, AAA, ES=F: CCC is not among them" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [["AAA=many.csv"], ["ES=F=many.csv"], ["AAA=many.csv", "BBB=many.csv"], ["CCC=many.csv"]]
)
def test_one_name_for_a_file_of_several_symbols_is_refused(
    folder: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "many.csv").write_text(MANY)
    name = given[0].removesuffix("=many.csv")
    assert run(["backtest", "buy-and-hold", *(word for text in given for word in ("--bars", text))]) == 2
    assert (
        f"many.csv: there are several symbols, BBB, AAA, ES=F, and {name} is one name: leave the name away, and choose "
        "by --symbol" in " ".join(capsys.readouterr().err.split())
    )


@pytest.mark.parametrize("given", [["a.csv"], ["AAA=a.csv", "BBB=a.csv"]])
def test_actions_of_many_symbols_go_to_their_own(
    folder: Path, given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "many.csv").write_text(MANY)
    (folder / "a.csv").write_text(
        "symbol,ex_date,type,value\nAAA,2024-03-08,dividend,1\nBBB,2024-03-08,dividend,7\nZZZ,2024-03-08,split,5\n"
    )
    options = [word for text in given for word in ("--actions", text)]
    common = ["--asset", "stock", "--no-lookahead-check", "--json", "-"]
    assert run(["backtest", "buy-and-hold", "--bars", "many.csv", *options, *common]) == 0
    record = json.loads(capsys.readouterr().out)
    told = {symbol: [row["ex_date"] for row in data["actions"]] for symbol, data in record["run"]["data"].items()}
    assert told == {"BBB": ["2024-03-08"], "AAA": ["2024-03-08"], "ES=F": []}
    assert {(flow["symbol"], flow["kind"]) for flow in record["cash_flows"]} == {
        ("AAA", "dividend"),
        ("BBB", "dividend"),
    }


def test_actions_of_nobody_in_the_run_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "many.csv").write_text(MANY)
    (folder / "a.csv").write_text("symbol,ex_date,type,value\nYYY,2024-03-08,split,5\n")
    assert run(["backtest", "buy-and-hold", "--bars", "many.csv", "--actions", "a.csv"]) == 2
    assert "actions a.csv: of YYY, and not of BBB, AAA, ES=F" in capsys.readouterr().err
    assert run(["backtest", "buy-and-hold", "--bars", "many.csv", "--actions", "AAA=a.csv"]) == 2
    assert "the column 'symbol' has YYY: AAA is not among them" in capsys.readouterr().err
