"""What a user does first: bars in, a result out, and the same result again."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.acceptance.command import Place, csv, days, without_progress
from tests.shared_data import REPOSITORY, SAMPLES

ROTATE = """
from weaver import Strategy

class Rotate(Strategy):
    def on_bar(self, bar):
        print("saw", bar.symbol)
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.4)
        elif bar.close > bar.open:
            self.sell(bar.symbol, 3)
"""
README = REPOSITORY / "README.md"
RUN_KEYS = {
    "strategy", "class", "source", "source_hash", "parameters", "symbols", "timeframe", "from", "to", "warmup", "cash",
    "account", "leverage", "shorting", "maintenance", "costs", "close_at_end", "lookahead_check", "seed", "venue",
    "benchmark", "data", "data_hash", "version",
}  # fmt: skip
TRADE_KEYS = "symbol side quantity entry_time entry_price exit_time exit_price pnl return commission bars mae mfe"
FILL_KEYS = "order_id symbol side quantity price commission slippage timestamp bar_timestamp"


def test_csv_to_json_to_the_same_bytes_again(place: Place) -> None:
    arguments = [
        "backtest", "sma-crossover", "--bars", "ABC_1d.csv", "--set", "fast=3", "--set", "slow=8", "--cash", "50000.5",
        "--from", "2020-03-01", "--to", "2020-12-01", "--warmup", "20", "--costs", "commission_bps=1.50", "--seed", "7",
        "--close-at-end",
    ]  # fmt: skip
    done = place.run(*arguments, "--json", "out.json", "--html", "out.html")
    assert done.code == 0, done.stderr
    assert "Closed trades" in done.stdout
    assert done.stdout.endswith("report: out.html\nrecord: out.json\n")
    assert "ABC: taken for stock, by its name" in done.stdout
    assert done.stderr == ""
    assert place.run(*arguments, "--json", "-").stdout == (place.folder / "out.json").read_text()

    again = place.run("runs", "reproduce", "out.json")
    assert (again.code, again.stdout, again.stderr) == (0, "out.json: the same result, byte for byte\n", "")
    printed = place.run("runs", "reproduce", "out.json", "--json", "-")
    assert printed.stdout == (place.folder / "out.json").read_text()


def test_record_outlives_the_file_when_the_bars_are_in_the_store(place: Place) -> None:
    place.run("backtest", "sma-crossover", "--bars", "ABC_1d.csv", "--json", "out.json", "--timeframe", "1d")
    place.run("data", "import", "ABC_1d.csv", "--symbol", "OTHER")
    (place.folder / "ABC_1d.csv").unlink()
    assert place.run("runs", "reproduce", "out.json").code == 0
    place.run("data", "import", "ABC_1d.csv")


def test_record_without_its_bars_says_so(place: Place) -> None:
    place.run("backtest", "sma-crossover", "--bars", "ABC_1d.csv", "--json", "out.json")
    (place.folder / "ABC_1d.csv").write_text(csv(days(299)))
    again = place.run("runs", "reproduce", "out.json")
    assert (again.code, again.stdout) == (2, "")
    assert "ABC 1d: the bars of the run" in again.stderr
    assert "import the same bars again" in again.stderr


def test_record_that_was_changed_is_found_out(place: Place) -> None:
    place.run("backtest", "buy-and-hold", "--bars", "ABC_1d.csv", "--json", "out.json")
    record = place.folder / "out.json"
    text = record.read_text()
    changed = text.replace('"cash": "100000"', '"cash": "90000"')
    assert changed != text
    record.write_text(changed)
    again = place.run("runs", "reproduce", "out.json")
    assert again.code == 1
    assert "the run gives another result now: stats.initial_equity was 100000.0 and is 90000.0" in again.stderr
    record.write_text(text.replace("order_target_percent", "order_target_value"))
    assert "it was changed since" in place.run("runs", "reproduce", "out.json").stderr
    record.write_text(text.replace('"version": "', '"version": "9.'))
    other = place.run("runs", "reproduce", "out.json")
    assert (other.code, "the record is of Weaver 9." in other.stderr) == (0, True)


NOISY = """
import os, sys
from weaver import Strategy

class Noisy(Strategy):
    def on_bar(self, bar):
        os.write(1, b"raw\\n")
        sys.__stdout__.write("own\\n")
        os.system("echo child")
"""
SLOW = """
import time
from weaver import Strategy

class Slow(Strategy):
    def on_bar(self, bar):
        time.sleep(0.005)
"""


def test_json_on_stdout_is_alone_also_where_a_strategy_writes_to_the_descriptor(place: Place) -> None:
    (place.folder / "noisy.py").write_text(NOISY)
    arguments = ["backtest", "noisy.py", "--bars", "ABC_1d.csv", "--to", "2020-01-03", "--no-lookahead-check"]
    done = place.run(*arguments, "--json", "-")
    assert json.loads(done.stdout)["run"]["strategy"] == "noisy"
    assert [done.stderr.count(text) for text in ("raw\n", "own\n", "child\n")] == [2, 2, 2]
    assert place.run(*arguments, "--json", "out.json").stdout.count("raw\n") == 2
    again = place.run("runs", "reproduce", "out.json", "--json", "-")
    assert (again.stdout, again.stderr.count("raw\n")) == ((place.folder / "out.json").read_text(), 2)


def test_slow_run_tells_how_far_it_is_where_nobody_watches(place: Place) -> None:
    (place.folder / "slow.py").write_text(SLOW)
    process = place.start("backtest", "slow.py", "--bars", "ABC_1d.csv", "--json", "-", "--no-lookahead-check")
    stdout, stderr = process.communicate(timeout=120)
    assert "\nBacktest " in f"\n{stderr}"
    assert json.loads(stdout)["run"]["strategy"] == "slow"


def test_json_on_stdout_is_one_object_and_nothing_else(place: Place) -> None:
    (place.folder / "rotate.py").write_text(ROTATE)
    (place.folder / "XYZ.csv").write_text(csv(days(300, start=11)))
    (place.folder / "a.csv").write_text("ex_date,type,value\n2020-06-01,dividend,0.5\n2020-09-01,split,3\n")
    done = place.run(
        "backtest", "rotate.py", "--bars", "ABC_1d.csv", "--bars", "X/Z=XYZ.csv", "--asset", "stock", "--actions",
        "ABC=a.csv", "--json", "-", "--html", "out.html",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    result = json.loads(done.stdout)
    assert "saw ABC\nsaw X/Z\n" in done.stderr
    assert "report: out.html" in done.stderr
    assert list(result) == ["run", "stats", "trades", "fills", "equity", "cash_flows", "warnings"]
    assert set(result["run"]) == RUN_KEYS
    assert result["run"]["symbols"] == ["ABC", "X/Z"]
    assert {" ".join(trade) for trade in result["trades"]} == {TRADE_KEYS}
    assert {" ".join(fill) for fill in result["fills"]} == {FILL_KEYS}
    assert result["cash_flows"][0]["kind"] == "dividend"
    assert result["equity"][0] == {"timestamp": "2020-01-02T00:00:00Z", "equity": 100000.0, "cash": 100000.0}
    assert len(result["equity"]) == 311
    assert {tuple(warning) for warning in result["warnings"]} == {("code", "message")}


def test_cash_in_the_record_adds_up_from_its_own_fills_and_flows(place: Place) -> None:
    (place.folder / "rotate.py").write_text(ROTATE)
    (place.folder / "a.csv").write_text("ex_date,type,value\n2020-06-01,dividend,0.5\n")
    result = json.loads(
        place.run("backtest", "rotate.py", "--bars", "ABC_1d.csv", "--actions", "ABC=a.csv", "--json", "-").stdout
    )
    cash, sign = Decimal(result["run"]["cash"]), {"buy": -1, "sell": 1}
    for fill in result["fills"]:
        cash += sign[fill["side"]] * Decimal(fill["price"]) * Decimal(fill["quantity"]) - Decimal(fill["commission"])
    cash += sum(Decimal(flow["amount"]) for flow in result["cash_flows"])
    assert float(cash) == result["equity"][-1]["cash"]
    stamps = [row["timestamp"] for row in result["equity"]]
    assert all(a < b for a, b in pairwise(stamps))


def test_parquet_gives_what_csv_gives(place: Place) -> None:
    table = pa.csv.read_csv(place.folder / "ABC_1d.csv")
    pa.parquet.write_table(table, place.folder / "ABC_1d.parquet")
    results = [
        json.loads(place.run("backtest", "sma-crossover", "--bars", name, "--json", "-").stdout)
        for name in ("ABC_1d.csv", "ABC_1d.parquet")
    ]
    for result in results:
        del result["run"]["data"]["ABC"]["origin"]
    assert results[0] == results[1]


def test_run_on_the_store_at_a_coarser_timeframe_is_reproduced(place: Place) -> None:
    place.run("data", "import", SAMPLES / "EURUSD_1h.csv")
    done = place.run(
        "backtest", "rsi-mean-reversion", "--symbol", "EURUSD", "--timeframe", "4h", "--account", "margin",
        "--leverage", "2", "--json", "out.json",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    result = json.loads((place.folder / "out.json").read_text())
    assert (result["run"]["timeframe"], result["run"]["data"]["EURUSD"]["origin"]) == ("4h", "store")
    assert "gaps" in [warning["code"] for warning in result["warnings"]]
    assert place.run("runs", "reproduce", "out.json").code == 0


def test_demo_ends_with_figures_trades_and_a_report(place: Place) -> None:
    done = place.run("demo")
    assert done.code == 0, done.stderr
    report = place.home / "reports" / "demo-sma-crossover-AAPL.html"
    assert f"report: {report}" in done.stdout
    assert _without_chance(done.stdout.replace(str(place.home), "~/.weaver")).endswith(
        _without_chance(re.findall(r"<!-- sample [^\n]*\n```\n(.+?)```", README.read_text(), re.DOTALL)[0])
    )
    assert report.read_text().startswith("<!")
    printed = [line.strip() for line in done.stdout.splitlines()[-2:]]
    assert [line.partition("weaver ")[2] for line in printed] == [
        "trade sma-crossover --symbol AAPL",
        "strategies list",
    ]
    listed = subprocess.run(printed[1], shell=True, check=True, capture_output=True, text=True, cwd=place.folder)
    assert "sma-crossover" in listed.stdout
    second = place.run("demo")
    assert second.code == 0
    assert "In the store already, and left as it is: AAPL_1d" in second.stdout


def _without_chance(printed: str) -> str:
    """How many shorter runs fit into the check's time is the machine's affair; blanks that end a line are nobody's."""
    as_typed = re.sub(r"^  .*weaver (?=trade|strategies)", "  weaver ", printed, flags=re.MULTILINE)
    return re.sub(r"\d+ shorter runs?", "shorter runs", re.sub(r" +$", "", as_typed, flags=re.MULTILINE))


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["doctor"]])
def test_installed_command_answers(place: Place, command: list[str]) -> None:
    script = Path(sys.executable).with_name("weaver")
    done = subprocess.run([script, *command], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout
    assert done.stderr == ""


def test_reader_that_hangs_up_is_no_error(place: Place) -> None:
    process = place.start("backtest", "sma-crossover", "--bars", "ABC_1d.csv", "--asset", "stock", "--json", "-")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.wait(60), without_progress(process.stderr.read())) == (0, "")
    process.stderr.close()
