"""Whatever is wrong with what the user gives: one line that names it, the right exit code, nothing half-written."""

from pathlib import Path

import pytest

from tests.acceptance.command import Outcome, Place, csv, days

ROWS = days(60)
NAIVE = csv([f"2020-01-02 {hour:02}:30,1,1,1,1,1" for hour in range(10, 16)])


def with_row(row: int, text: str) -> str:
    return csv([*ROWS[: row - 1], text, *ROWS[row:]])


FILES = {
    "missing": (None, ["X_1d.csv", "there is no such file"]),
    "empty": ("", ["X_1d.csv", "empty"]),
    "header alone": (csv([]), ["X_1d.csv", "no data"]),
    "unknown column": (csv(ROWS, header="timestamp,open,high,low,worth,volume"), ["X_1d.csv", "close"]),
    "unparsable time": (with_row(5, "soon,1,2,1,1,1"), ["X_1d.csv", "row 5 (line 6)", "'soon'"]),
    "out of order": (with_row(5, ROWS[0]), ["X_1d.csv", "row 5 (line 6)", "out of order"]),
    "duplicate": (with_row(5, ROWS[3]), ["X_1d.csv", "row 5 (line 6)", "twice"]),
    "high below low": (
        with_row(5, "2020-01-08,9,8,9,9,1"),
        ["X_1d.csv", "row 5 (line 6)", "high 8.0 is below low 9.0"],
    ),
    "NaN": (with_row(5, "2020-01-08,nan,8,7,7,1"), ["X_1d.csv", "row 5 (line 6)", "open", "NaN"]),
    "negative price": (with_row(5, "2020-01-08,8,8,-7,7,1"), ["X_1d.csv", "row 5 (line 6)", "low -7.0"]),
    "text for a price": (with_row(5, "2020-01-08,x,8,7,7,1"), ["X_1d.csv", "row 5 (line 6)", "open", "'x'"]),
    "naive time": (NAIVE, ["X_1d.csv", "--tz"]),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_file_is_refused_with_file_and_row(place: Place, name: str) -> None:
    content, expected = FILES[name]
    if content is not None:
        (place.folder / "X_1d.csv").write_text(content)
    before = place.files()
    outcome = place.run("backtest", "sma-crossover", "--bars", "X_1d.csv", "--json", "out.json", "--html", "out.html")
    assert_refused(outcome, 2, expected)
    assert place.files() == before


@pytest.mark.parametrize("name", FILES)
def test_bad_file_is_not_imported_and_leaves_what_was_there(place: Place, name: str) -> None:
    content, expected = FILES[name]
    path = place.folder / "X_1d.csv"
    path.write_text(csv(ROWS))
    assert place.run("data", "import", "X_1d.csv").code == 0
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    before = place.files()
    assert_refused(place.run("data", "import", "X_1d.csv"), 2, expected)
    assert place.files() == before


@pytest.mark.parametrize("name", ["empty", "duplicate", "naive time"])
def test_bad_file_that_is_imported_first_makes_no_series(place: Place, name: str) -> None:
    content, expected = FILES[name]
    (place.folder / "X_1d.csv").write_text(content or "")
    assert_refused(place.run("data", "import", "X_1d.csv"), 2, expected)
    assert [path for path in place.files() if path.startswith(str(place.home / "bars"))] == []


OPTIONS = {
    "unknown strategy": (["sma-crosover"], ["sma-crosover", "did you mean sma-crossover?"]),
    "no such strategy file": (["nope.py"], ["nope.py"]),
    "unknown parameter": (["--set", "fats=3"], ["fats", "did you mean fast?"]),
    "parameter out of range": (["--set", "fast=1"], ["fast=1", "≥ 2"]),
    "parameter of another type": (["--set", "fast=x"], ["fast=x", "whole number"]),
    "parameter without a value": (["--set", "fast"], ["--set fast"]),
    "from after to": (["--from", "2020-06-01", "--to", "2020-05-01"], ["from 2020-06-01 is after to 2020-05-01"]),
    "from is no date": (["--from", "June"], ["from 'June'"]),
    "no bars in range": (["--from", "2030-01-01"], ["no bars from 2030-01-01", "2020-01-02"]),
    "cash of nothing": (["--cash", "0"], ["cash must be above 0, not 0"]),
    "negative cash": (["--cash", "-5"], ["cash must be above 0, not -5"]),
    "cash of NaN": (["--cash", "nan"], ["cash must be finite"]),
    "unknown option": (["--fee", "3"], ["--fee"]),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_bad_option_is_refused_by_its_name(place: Place, name: str) -> None:
    options, expected = OPTIONS[name]
    before = place.files()
    strategy = [] if name in {"unknown strategy", "no such strategy file"} else ["sma-crossover"]
    assert_refused(place.run("backtest", *strategy, "--bars", "ABC_1d.csv", *options), 2, expected)
    assert place.files() == before


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["backtest", "sma-crossover"], ["--symbol", "--bars"]),
        (["backtest", "sma-crossover", "--symbol", "ABC"], ["ABC", "weaver data import"]),
        (["backtest"], ["STRATEGY"]),
        (["bakctest"], ["bakctest", "Did you mean 'backtest'?"]),
        (["data", "import", "nope.csv"], ["nope.csv: there is no such file"]),
        (["runs", "reproduce", "ABC_1d.csv"], ["ABC_1d.csv", "no record"]),
        (["runs", "reproduce", "nope.json"], ["nope.json"]),
    ],
)
def test_bad_command_is_refused(place: Place, arguments: list[str], expected: list[str]) -> None:
    assert_refused(place.run(*arguments), 2, expected)


def test_strategy_with_a_syntax_error_names_file_and_line(place: Place) -> None:
    write_strategy(place.folder, "    def on_bar(self, bar)\n        pass\n")
    assert_refused(run_strategy(place), 2, ["mine.py line 6", "expected ':'"])


def test_strategy_that_fails_while_loading_names_its_line(place: Place) -> None:
    (place.folder / "mine.py").write_text(
        "from weaver import Strategy\n\nx = 1 / 0\n\nclass Mine(Strategy):\n    pass\n"
    )
    assert_refused(run_strategy(place), 2, ["mine.py line 3", "ZeroDivisionError: division by zero"])


BUY = "    def on_bar(self, bar):\n        self.buy('ABC', 1)\n\n"
ASK = "    def on_bar(self, bar):\n        self.fetch_window('ABC', '1d', 3)\n\n"
WHEN = "    def on_start(self):\n        self.when(self.close > 100, self.enter)\n\n"
CALLBACKS = {
    "on_start": ("    def on_start(self):\n        1 / 0\n", 7),
    "on_bar": ("    def on_bar(self, bar):\n        1 / 0\n", 7),
    "on_tick": ("    def on_tick(self, tick):\n        1 / 0\n", 7),
    "on_order": (BUY + "    def on_order(self, order):\n        1 / 0\n", 10),
    "on_fill": (BUY + "    def on_fill(self, fill):\n        1 / 0\n", 10),
    "on_stop": ("    def on_stop(self):\n        1 / 0\n", 7),
    "on_window": (ASK + "    def on_window(self, window):\n        1 / 0\n", 10),
    "enter": (WHEN + "    def enter(self, bar):\n        1 / 0\n", 10),
}  # fmt: skip


@pytest.mark.parametrize("callback", CALLBACKS)
def test_failing_callback_names_the_strategys_own_line(place: Place, callback: str) -> None:
    body, line = CALLBACKS[callback]
    write_strategy(place.folder, body)
    before = place.files()
    outcome = run_strategy(place)
    assert_refused(outcome, 1, [f"mine.py line {line}, in {callback}: ZeroDivisionError: division by zero"])
    assert place.files() == before


@pytest.mark.parametrize("quantity", ["0", "float('nan')", "-1", "'many'"])
def test_order_of_an_impossible_quantity_fails_the_run(place: Place, quantity: str) -> None:
    write_strategy(place.folder, f"    def on_bar(self, bar):\n        self.buy('ABC', {quantity})\n")
    assert_refused(run_strategy(place), 1, ["mine.py line 7, in on_bar: ", "quantity"])


def test_strategy_that_exits_fails_the_run(place: Place) -> None:
    write_strategy(place.folder, "    def on_bar(self, bar):\n        raise SystemExit\n")
    assert_refused(run_strategy(place), 1, ["mine.py line 7, in on_bar: SystemExit"])


def test_debug_shows_the_traceback_as_well(place: Place) -> None:
    outcome = place.run("backtest", "sma-crossover", "--bars", "nope.csv", "--debug")
    assert outcome.code == 2
    assert outcome.stderr.startswith("Traceback (most recent call last):")
    assert outcome.stderr.splitlines()[-1] == "error: nope.csv: there is no such file"


def write_strategy(folder: Path, body: str) -> None:
    """`mine.py`, whose class body begins on line 6."""
    head = '"""Mine."""\n\nfrom weaver import Strategy\n\nclass Mine(Strategy):\n'
    (folder / "mine.py").write_text(head + body)


def run_strategy(place: Place) -> Outcome:
    return place.run("backtest", "mine.py", "--bars", "ABC_1d.csv", "--json", "out.json", "--html", "out.html")


def assert_refused(outcome: Outcome, code: int, expected: list[str]) -> None:
    """One line of error with all of `expected`, nothing on stdout, and that exit code."""
    assert (outcome.code, outcome.stdout) == (code, ""), outcome
    assert len(outcome.stderr.splitlines()) == 1, outcome.stderr
    assert outcome.stderr.startswith("error: ")
    assert [text for text in expected if text not in outcome.stderr] == [], outcome.stderr
