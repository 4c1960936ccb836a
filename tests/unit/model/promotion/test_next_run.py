"""The run that is made of another one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.glados.fakes import a_run
from weaver.model.errors import InputError
from weaver.model.promotion.next_run import Wanted, chosen_venue, next_run, terms_of
from weaver.model.promotion.stages import Stage
from weaver.model.run import Run, RunMode

START = datetime(2020, 1, 2, tzinfo=UTC)
PAPER = Wanted(to=RunMode.PAPER)
BACKTEST = a_run(
    "r", config={"fast": 3}, risk={"drawdown": "0.1"}, promotion={"min_trades": 5}, start_time=START, end_time=START,
    options={"cash": "5000", "costs": "none", "seed": 7, "close_at_end": True, "lookahead_check": True,
             "audit": "full"}, source_hash="h", weaver_version="1",
)  # fmt: skip


def made(run: Run = BACKTEST, wanted: Wanted = PAPER, **given: Any) -> Run:
    return next_run(run, wanted, **{"venue": "alpaca", "timeframe": "1d", "version": "2", **given})


def test_code_parameters_and_risk_stay_and_what_only_a_backtest_has_goes() -> None:
    options = {"cash": "5000", "costs": "none", "seed": 7}
    assert made() == replace(
        BACKTEST, mode=RunMode.PAPER, venue="alpaca", timeframe="1d", start_time=None, end_time=None, options=options,
        weaver_version="2",
    )  # fmt: skip


def test_what_is_wanted_otherwise_is_so() -> None:
    wanted = Wanted(to=RunMode.LIVE, name="x", cash="10", risk={}, replay="2020-01-02", speed="max")
    run = made(replace(BACKTEST, timeframe="5m"), wanted)
    assert (run.mode, run.name, run.risk, run.timeframe) == (RunMode.LIVE, "x", {}, "5m")
    assert run.options == {"cash": "10", "costs": "none", "seed": 7, "replay": "2020-01-02", "speed": "max"}


def test_options_of_a_replay_do_not_follow_it_to_a_market() -> None:
    replayed = a_run("r", mode=RunMode.PAPER, options={"replay": "2020", "speed": "max", "venue_costs": "none"})
    assert made(replayed).options == {}


@pytest.mark.parametrize(
    ("wanted", "own", "usable", "venue"),
    [
        ("x", "alpaca", ["alpaca"], "x"),
        (None, "b", ["a", "b"], "b"),
        (None, "simulated", ["a"], "a"),
        (None, None, ["a"], "a"),
    ],
)
def test_venue_is_the_one_named_or_the_runs_or_the_only_one(
    wanted: str | None, own: str | None, usable: list[str], venue: str
) -> None:
    assert chosen_venue(replace(BACKTEST, venue=own), replace(PAPER, venue=wanted), usable) == venue


@pytest.mark.parametrize(("usable", "told"), [(["a", "b"], "there are a, b"), ([], "there is none that trades paper")])
def test_venue_that_nobody_can_guess_is_asked_for(usable: list[str], told: str) -> None:
    with pytest.raises(InputError, match=rf"say at which venue it is to trade \(venue\): {told}"):
        chosen_venue(BACKTEST, PAPER, usable)


def test_terms_say_what_no_request_does() -> None:
    limits = {"drawdown": "0.2"}
    market = replace(BACKTEST, mode=RunMode.LIVE, venue="alpaca")
    costly = replace(BACKTEST, options={"venue_costs": {"slippage_bps": "7"}, "costs": "none"})
    assert terms_of(BACKTEST, Stage.BACKTEST, {}) == {
        "bars": "stored", "costs": "none", "fills": "by the rules of the backtest",
        "cash": "5000 of an account of its own", "money": "none", "limits": {},
    }  # fmt: skip
    assert terms_of(costly, Stage.REPLAY, {}) == {
        "bars": "stored, replayed", "costs": {"slippage_bps": "7"}, "fills": "by the rules of the backtest",
        "cash": "100000 of an account of its own", "money": "none", "limits": {},
    }  # fmt: skip
    assert terms_of(market, Stage.LIVE, limits) == {
        "bars": "alpaca's feed, as they close", "costs": "alpaca's own", "fills": "alpaca's own",
        "cash": "5000 allotted of the account alpaca live", "money": "real", "limits": limits,
    }  # fmt: skip
    assert terms_of(market, Stage.PAPER, {})["money"] == "none"
    plain = terms_of(replace(BACKTEST, options={}), Stage.BACKTEST, {})
    assert plain["costs"] == "the default of its symbols' classes"
