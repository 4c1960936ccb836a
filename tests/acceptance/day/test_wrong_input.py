"""What is typed wrongly is exit code 2 with one line; a command that needs a server and finds none says how to start
one."""

import pytest

from tests.acceptance.day.trader import Trader

SERVER_COMMANDS = (
    ("replay", "x"), ("drift", "x"),
    ("runs", "tail", "x"), ("runs", "summary", "x"), ("runs", "start", "x"), ("runs", "stop", "x"), ("account",),
    ("positions",), ("orders", "list"), ("orders", "show", "x"), ("orders", "place", "buy", "1", "AAPL", "--run", "x"),
    ("orders", "replace", "x", "--limit", "1"), ("orders", "cancel", "x"), ("orders", "sync", "x"), ("risk", "show"),
    ("risk", "set", "alpaca paper", "daily_loss=0.1"), ("kill",), ("kill", "--release"), ("venues",),
)  # fmt: skip
TRADE = ("trade", "sma-crossover")
AAPL = (*TRADE, "--symbol", "AAPL")
WRONG = {
    "no strategy": (("trade",), "Missing argument 'STRATEGY'"),
    "no symbol": (TRADE, "say what to trade: --symbol AAPL"),
    "unknown strategy": (("trade", "sma-crosover", "--symbol", "AAPL"), "did you mean sma-crossover?"),
    "no such file": (("trade", "./none.py", "--symbol", "AAPL"), "there is no strategy file none.py"),
    "no bars": ((*TRADE, "--symbol", "NONE"), "no bars of NONE are stored: "),
    "no such days": ((*AAPL, "--replay", "2020-01-01..2020-02-01"), "no bars are stored of that time; there are AAPL:"),
    "no days": ((*AAPL, "--replay", "soon"), "replay: 'soon' is no date"),
    "days backwards": ((*AAPL, "--replay", "2012-03-01..2012-01-01"), "ends before it begins"),
    "no timeframe": ((*AAPL, "--timeframe", "1y"), "1y"),
    "finer timeframe": ((*AAPL, "--timeframe", "5m"), "no stored bars of AAPL make 5m: there are 1d"),
    "no such speed": ((*AAPL, "--speed", "fast"), "speed 'fast' is no number above 0, and not max"),
    "no such parameter": ((*AAPL, "--set", "quick=3"), "quick"),
    "no value": ((*AAPL, "--set", "fast"), "--set fast: write --set NAME=VALUE"),
    "no number": ((*AAPL, "--set", "fast=many"), "fast"),
    "no cash": ((*AAPL, "--cash", "much"), "cash"),
    "less than nothing": ((*AAPL, "--cash", "-5"), "cash"),
    "no such venue": ((*AAPL, "--venue", "nyse"), "nyse"),
    "replay at a broker": ((*AAPL, "--venue", "alpaca", "--replay", "2012-01-03"), "leave --venue alpaca out"),
    "speed at a broker": ((*AAPL, "--venue", "alpaca", "--speed", "2"), "--speed is a replay's"),
    "no keys": ((*AAPL, "--venue", "alpaca"), "ALPACA_PAPER_API_KEY"),
    "live replay": ((*AAPL, "--live", "--replay", "2012-01-03"), "leave one of them out"),
    "live simulated": ((*AAPL, "--live", "--venue", "simulated"), "leave one of them out"),
    "live unconfirmed": ((*AAPL, "--live"), "--confirm 'sma-crossover on AAPL'"),
    "live with another name": ((*AAPL, "--live", "--confirm", "x"), "'x' is not the run's name"),
    "live without the switch": ((*AAPL, "--live", "--confirm", "sma-crossover on AAPL"), "WEAVER_LIVE_TRADING"),
    "dry and detached": ((*AAPL, "--dry-run", "--detach"), "leave --detach out"),
    "no such run": (("runs", "tail", "nobody"), "there is no run 'nobody'"),
    "no run's summary": (("runs", "summary", "nobody"), "there is no run 'nobody'"),
    "no day": (("runs", "summary", "first", "--day", "yesterday"), "write it as 2005-01-31"),
    "no place": (("runs", "summary", "first", "--html", "no/such/folder.html"), "make it first"),
    "no order": (("orders", "show", "nobody"), "nobody"),
    "no quantity": (("orders", "place", "buy", "none", "AAPL", "--venue", "alpaca", "--mode", "paper"), "qty"),
    "no limit": (("risk", "set", "alpaca paper", "luck=1"), "there is no limit 'luck'"),
    "no venue's account": (("account", "--venue", "nope"), "there is no venue 'nope': there is alpaca, simulated"),
    "no venue's account in a mode": (("account", "--venue", "nope", "--mode", "paper"), "there is no venue 'nope'"),
    "no venue's positions": (("positions", "--venue", "nope", "--json"), "there is alpaca, simulated"),
    "no run's positions": (("positions", "--run", "nobody"), "there is no run 'nobody'"),
    "no venue's orders": (("orders", "list", "--venue", "nope"), "there is alpaca, simulated"),
    "no run's orders": (("orders", "list", "--run", "nobody"), "there is no run 'nobody'"),
    "no such status": (("orders", "list", "--status", "open"), "'pending'"),
    "no such mode": (("orders", "list", "--mode", "backtest"), "'paper'"),
    "no strategy's runs": (("runs", "list", "--strategy", "sma-crosover"), "did you mean sma-crossover?"),
    "no such status of runs": (("runs", "list", "--status", "open"), "'pending'"),
    "no account to kill": (("kill", "--account", "nope"), "there is no account 'nope': there is alpaca paper"),
    "no data of a symbol": (("data", "check", "NONE"), "NONE: not in the bar store"),
    "an option that is none": (("venues", "--all"), "--all"),
    "a word too many": (("down", "now"), "now"),
}  # fmt: skip


@pytest.mark.parametrize("words", SERVER_COMMANDS, ids=" ".join)
def test_command_without_a_server_says_how_to_start_one(nobody: Trader, words: tuple[str, ...]) -> None:
    assert nobody.refused(*words) == (1, "error: no server runs on this WEAVER_HOME: start one with `weaver up`")


@pytest.mark.parametrize(("words", "told"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_exit_code_2_and_one_line(desk: Trader, words: tuple[str, ...], told: str) -> None:
    code, line = desk.refused(*words)
    assert (code, told in line) == (2, True), line
    assert line.startswith("error: ")


def test_wrong_input_leaves_no_run_behind(desk: Trader) -> None:
    assert {run["status"] for run in desk.answered("runs", "list")["items"]} <= {"running", "completed"}
