"""Every option is the same wherever it is given, checked, sent, kept or shown."""

import inspect
import typing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

import weaver
from tests.acceptance.command import csv, days
from weaver.cli.arguments.options import flag_of
from weaver.cli.dispatch import _app, run
from weaver.glados.runs.request import check_options
from weaver.glados.schemas.runs.results import RecordResponse
from weaver.glados.schemas.runs.runs import CreateRunRequest, RunOptions
from weaver.model.account.margin import AccountRules
from weaver.model.backtest import options as module
from weaver.model.backtest.kinds import Flag
from weaver.model.backtest.options import DEFAULTS, FACTS, OPTIONS, RUN_OPTIONS, Options
from weaver.model.errors import InputError
from weaver.model.numbers.money import Number
from weaver.model.run import Run, RunMode

DESIGNED = {
    "symbols": "--symbol", "timeframe": "--timeframe", "start": "--from", "end": "--to", "params": "--set",
    "cash": "--cash", "asset": "--asset", "tz": "--tz", "warmup": "--warmup", "account": "--account",
    "leverage": "--leverage", "shorting": "--shorting", "costs": "--costs", "close_at_end": "--close-at-end",
    "lookahead_check": "--no-lookahead-check", "seed": "--seed", "actions": "--actions",
}  # fmt: skip
"""The design's, by keyword."""
OWN = {"strategy", "bars", "progress"}
"""Keywords of `weaver.backtest` that are no options."""
OF_A_RUN = {"symbols": "symbols", "timeframe": "timeframe", "start": "start_time", "end": "end_time",
            "params": "config", "venue": "venue"}  # fmt: skip
SPELLING = ("columns", "date_order", "decimal", "empty_rows", "price_scale")
NOT_SERVED = {"actions", "tz", *SPELLING}
"""Bars of the store have both."""


@pytest.fixture
def bars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weaver_home: Path) -> Path:
    """A file of daily bars, and nothing in the store."""
    monkeypatch.chdir(tmp_path)
    Path("ABC_1d.csv").write_text(csv(days(60)))
    return Path("ABC_1d.csv")


def on_the_command_line() -> dict[str, Any]:
    """Of each flag of `weaver backtest`, its parameter."""
    command = typer.main.get_command(_app("backtest")).commands["backtest"]  # type: ignore[attr-defined]
    return {one.opts[0]: one for one in command.params}


def test_keywords_of_python_are_the_options_with_their_types_and_defaults() -> None:
    keywords = inspect.signature(weaver.backtest).parameters
    assert [name for name in keywords if name not in OWN] == list(OPTIONS)
    assert {name: keywords[name].default for name in OPTIONS} == DEFAULTS
    own = typing.get_type_hints(Options, {**vars(module), "Number": Number, "Run": Run})
    hints = typing.get_type_hints(weaver.backtest)
    assert {name: hints[name] for name in OPTIONS} == {name: own[name] for name in OPTIONS}


def test_command_line_has_every_option_with_its_default_and_the_designs_names() -> None:
    assert DESIGNED.items() <= {name: flag_of(name) for name in OPTIONS}.items()
    there = on_the_command_line()
    for name, option in OPTIONS.items():
        parameter = there[flag_of(name)]
        assert option.about[1:] in parameter.help
        if isinstance(option.kind, Flag):
            assert (parameter.is_flag, parameter.default) == (True, False)
            assert flag_of(name).startswith("--no-") is DEFAULTS[name]
        else:
            assert parameter.default in (DEFAULTS[name], str(DEFAULTS[name]))


def test_requests_and_answers_of_the_service_have_every_option_that_it_serves() -> None:
    own = {name: option.run_field for name, option in OPTIONS.items() if option.run_field is not None}
    assert own == OF_A_RUN
    assert set(RUN_OPTIONS) == OPTIONS.keys() - own.keys() - NOT_SERVED | {"audit", "replay", "speed", "venue_costs"}
    assert CreateRunRequest.model_fields.keys() >= {*own.values(), *RUN_OPTIONS}
    assert list(RunOptions.model_fields) == list(RUN_OPTIONS)
    for name, option in RUN_OPTIONS.items():
        asked = CreateRunRequest.model_fields[name]
        assert asked.default is None  # what is left out has the default of the library
        assert (asked.description or "").startswith(option.about)


GIVEN: dict[str, Any] = {
    "start": "2020-01-20", "end": "2020-02-20", "warmup": 3, "cash": "5000.5", "account": "margin", "leverage": "2",
    "shorting": True, "maintenance": "0.3", "close_at_end": True, "lookahead_check": False, "seed": 7,
    "venue": "alpaca-stocks",
}  # fmt: skip
"""Of each option that a record names as it was given, another value than its default."""


def test_record_says_what_was_given_for_every_option(bars: Path) -> None:
    keys = {name: option.key for name, option in OPTIONS.items() if option.key is not None}
    assert keys.keys() == {*GIVEN, "costs"}
    record = weaver.backtest("buy-and-hold", bars, asset="stock", costs={"slippage_bps": 3}, **GIVEN).run
    assert {name: record[key] for name, key in keys.items()} == {**GIVEN, "costs": {"ABC": {"slippage_bps": "3"}}}
    shown = {one.alias or name for name, one in RecordResponse.model_fields.items()}
    assert shown >= set(keys.values())
    unnamed = OPTIONS.keys() - keys.keys()
    assert unnamed == {
        "symbols",
        "actions",
        "timeframe",
        "params",
        "asset",
        *FACTS,
        "benchmark",
        "tz",
        *SPELLING,
    }  # see the record's own words


def test_worker_is_asked_for_what_the_run_was_given() -> None:
    time = datetime(2020, 1, 20, tzinfo=UTC)
    served = {name: value for name, value in GIVEN.items() if name in RUN_OPTIONS} | {"costs": "none", "asset": "fx"}
    run = Run(
        id="1", name="a", strategy_id="s", mode=RunMode.BACKTEST, symbols=("A", "B"), timeframe="1h", start_time=time,
        end_time=time, config={"fast": 3}, venue="alpaca-crypto", options={**served, "audit": "full"}, created_at=time,
    )  # fmt: skip
    assert Options.of_run(run) == Options(
        symbols=("A", "B"), timeframe="1h", start=time, end=time, params={"fast": 3}, venue="alpaca-crypto", **served
    )


def test_account_without_options_is_that_of_the_rules() -> None:
    assert AccountRules.of(Options()) == AccountRules()


REFUSED: list[tuple[str, Any, str]] = [
    ("timeframe", "1y", "timeframe '1y' is unknown"),
    ("start", "soon", "from 'soon' is no date"),
    ("end", "soon", "to 'soon' is no date"),
    ("warmup", -1, "warmup must be 0 bars or more, not -1"),
    ("warmup", 10**10, "warmup must be 1000000000 bars or less, not 10000000000"),
    ("params", {"quick": "1"}, "SmaCrossover has no parameter 'quick'"),
    ("cash", "much", "cash must be a number, not 'much'"),
    ("cash", "-5", "cash must be above 0, not -5"),
    ("account", "gold", "account 'gold' is not one of cash, margin"),
    ("leverage", "2", "leverage needs a margin account"),
    ("shorting", True, "shorting needs a margin account"),
    ("maintenance", "1", "maintenance must lie from 0 to under 1, not 1"),
    ("costs", "free", "costs 'free': not a preset"),
    ("costs", "fee=1", "costs: unknown key 'fee'"),
    ("asset", "bond", "asset 'bond' is not one of stock, crypto, fx, future"),
    ("tick", 0, "tick must be above 0, not 0"),
    ("lot", "few", "lot must be a number, not 'few'"),
    ("multiplier", 0, "multiplier must be above 0, not 0"),
    ("margin", "1000/0", "maintenance margin must be above 0, not 0"),
    ("calendar", "XLNO", "calendar 'XLNO' is unknown: did you mean XLON"),
    ("benchmark", "", "benchmark must be one symbol or file, not ''"),
    ("tz", "Mars/Olympus", "time zone 'Mars/Olympus' is unknown"),
    ("columns", "close", "columns: 'close' is no pair: write close=Price"),
    ("columns", "settle=Price", "columns: no bar has 'settle'"),
    ("date_order", "american", "date_order 'american' is unknown: dmy or mdy or ymd"),
    ("decimal", ";", "decimal ';' is unknown: . or ,"),
    ("empty_rows", "fill", "empty_rows 'fill' is unknown: drop or refuse"),
    ("price_scale", 0, "price_scale must be 1 or more, not 0"),
    ("seed", 2**63, "seed must be 9223372036854775807 or less, not 9223372036854775808"),
    ("venue", "moon", "venue 'moon' is unknown"),
    ("symbols", [""], "symbol ''"),
    ("actions", {"XYZ": "a.csv"}, "actions of XYZ: not a symbol of this run"),
]


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_wrong_value_is_refused_alike_in_python_and_on_the_command_line(
    name: str, value: Any, says: str, bars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError) as caught:
        weaver.backtest("sma-crossover", bars, **{name: value})
    assert says in str(caught.value)
    written = [f"{key}={one}" for key, one in value.items()] if isinstance(value, dict) else value
    words = [] if value is True else written if isinstance(written, list) else [str(written)]
    assert run(["backtest", "sma-crossover", "--bars", str(bars), flag_of(name), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", f"error: {caught.value}")  # what is slow tells how far it is, before


@pytest.mark.parametrize(("name", "value", "says"), [case for case in REFUSED if case[0] in RUN_OPTIONS])
def test_wrong_value_is_refused_alike_by_the_service(name: str, value: Any, says: str, bars: Path) -> None:
    with pytest.raises(InputError) as caught:
        weaver.backtest("sma-crossover", bars, **{name: value})
    with pytest.raises(InputError) as refused:
        check_options({name: value})
    assert str(refused.value) == str(caught.value)
    assert says in str(refused.value)


def test_every_option_has_a_wrong_value_but_those_that_are_true_or_false() -> None:
    assert OPTIONS.keys() - {name for name, _, _ in REFUSED} == {"close_at_end", "lookahead_check"}
