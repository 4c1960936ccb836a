"""What `weaver trade` asks the server for."""

from typing import Any

import pytest

from weaver.cli.requested import run_request
from weaver.cli.requested.replayed import Replay
from weaver.cli.requested.run_request import RunRequest
from weaver.config import Settings
from weaver.model.errors import InputError

YEAR = Replay(timeframe="1d", days="2012-03-01..2013-03-01")
NOTHING: dict[str, Any] = {
    "symbols": ["AAPL"], "timeframe": None, "params": {}, "cash": None, "venue": None, "replay": None, "speed": None,
    "is_live": False, "name": None,
}  # fmt: skip


class FakeServer:
    """One that has keys, or has not."""

    def __init__(self, *, has_keys: bool) -> None:
        self._has_keys = has_keys

    def get(self, *_path: str) -> Any:
        keys = {"ALPACA_PAPER_API_KEY": self._has_keys, "ALPACA_PAPER_API_SECRET": True}
        live = {"ALPACA_LIVE_API_KEY": True, "ALPACA_LIVE_API_SECRET": True}
        items = [
            {"id": "alpaca", "mode": "live", "settings": {**keys, **live}},
            {"id": "alpaca", "mode": "paper", "settings": {**keys, **live}},
            {"id": "simulated", "mode": "paper", "settings": {}},
        ]
        return {"items": items}


@pytest.fixture(autouse=True)
def bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store: a year of AAPL."""
    monkeypatch.setattr(run_request, "store", lambda: None)
    monkeypatch.setattr(run_request, "last_year", lambda _bars, _symbols, _timeframe: YEAR)
    monkeypatch.setattr(
        run_request, "of_days", lambda _bars, _symbols, timeframe, days: Replay(timeframe=timeframe or "1d", days=days)
    )
    monkeypatch.setattr(run_request, "own_timeframe", lambda _bars, _symbols: "1d")


def asked(*, has_keys: bool = False, **given: Any) -> tuple[dict[str, Any], str]:
    return RunRequest(**{**NOTHING, **given}).body(FakeServer(has_keys=has_keys), "sma")  # type: ignore[arg-type]


def test_without_an_account_the_last_year_is_replayed_and_that_is_said() -> None:
    body, told = asked()
    assert body == {
        "strategy_id": "sma", "mode": "paper", "venue": "simulated", "symbols": ["AAPL"], "timeframe": "1d",
        "config": {}, "replay": "2012-03-01..2013-03-01", "speed": "max",
    }  # fmt: skip
    assert told == (
        "No account is set up: replaying the last stored year of AAPL, 2012-03-01 to 2013-03-01 (1d bars), on paper"
    )


def test_with_an_account_it_trades_there() -> None:
    body, told = asked(has_keys=True)
    assert (body["venue"], body["timeframe"], "replay" in body, told) == ("alpaca", "1d", False, "")


@pytest.mark.parametrize("given", [{"venue": "simulated"}, {"speed": "2"}])
def test_replay_that_is_meant_but_not_named_is_said_too(given: dict[str, str]) -> None:
    body, told = asked(has_keys=True, **given)
    assert (body["replay"], body["speed"]) == (YEAR.days, given.get("speed", "max"))
    assert told.startswith("No days are named (--replay): replaying the last stored year")


def test_what_is_given_is_asked_for() -> None:
    body, told = asked(
        has_keys=True, replay="2012-01-03", timeframe="1w", params={"fast": "2"}, cash="500", name="mine", speed="9"
    )
    assert body == {
        "strategy_id": "sma", "mode": "paper", "venue": "simulated", "symbols": ["AAPL"], "timeframe": "1w",
        "config": {"fast": "2"}, "cash": "500", "name": "mine", "replay": "2012-01-03", "speed": "9",
    }  # fmt: skip
    assert told == ""


def test_live_run_is_at_the_broker_and_has_a_name_to_type() -> None:
    body, _ = asked(is_live=True, symbols=["AAPL", "IBM"])
    assert (body["mode"], body["venue"], body["name"]) == ("live", "alpaca", "sma on AAPL, IBM")


def test_account_and_costs_are_options_of_the_run() -> None:
    body, _ = asked(options={"account": "margin", "shorting": True, "costs": "borrow_rate=0.05"})
    assert (body["account"], body["shorting"], body["costs"]) == ("margin", True, "borrow_rate=0.05")
    assert "leverage" not in body


def test_facts_of_symbols_are_options_of_the_run() -> None:
    body, _ = asked(options={"calendar": "XLON", "tick": "0.5"}, venue="alpaca")
    assert (body["calendar"], body["tick"]) == ("XLON", "0.5")
    assert not {"lot", "multiplier", "margin"} & body.keys()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"symbols": []}, "say what to trade"),
        ({"is_live": True, "replay": "2012-01-03"}, "--live trades real money"),
        ({"is_live": True, "venue": "simulated"}, "--live trades real money"),
        ({"venue": "alpaca", "replay": "2012-01-03"}, "leave --venue alpaca out"),
        ({"venue": "alpaca", "speed": "2"}, "--speed is a replay's"),
        ({"is_live": True, "speed": "2"}, "--speed is a replay's"),
    ],
)
def test_what_cannot_go_together_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        RunRequest(**{**NOTHING, **given})


def test_bars_are_looked_at_only_where_they_would_be_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(run_request, "last_year", lambda *_: looked.append("year"))
    RunRequest(**NOTHING).check_bars(Settings())
    RunRequest(**{**NOTHING, "venue": "alpaca"}).check_bars(Settings())
    keys = {"ALPACA_PAPER_API_KEY": "k", "ALPACA_PAPER_API_SECRET": "s"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    RunRequest(**NOTHING).check_bars(Settings())
    assert looked == ["year"]


@pytest.mark.parametrize("option", ["venue", "name", "timeframe"])
@pytest.mark.parametrize("blank", ["", " \t"])
def test_blank_option_is_refused(option: str, blank: str) -> None:
    with pytest.raises(InputError, match=f"--{option} is blank: name one, or leave it out"):
        asked(**{option: blank})


def test_blank_symbol_is_none() -> None:
    with pytest.raises(InputError, match="say what to trade"):
        asked(symbols=["AAPL", " "])
