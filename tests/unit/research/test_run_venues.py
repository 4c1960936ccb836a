"""What a replay on the simulated venue may cost: by symbol and by who rested, and nothing for what is held."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.glados.fakes import a_run
from weaver.model.errors import InputError
from weaver.model.run import RunMode
from weaver.research.run_venues import RunVenues

ENTRY = SimpleNamespace(id="simulated", modes=("paper",))
VENUES: Any = RunVenues(
    catalogue=SimpleNamespace(get=lambda _: ENTRY),  # type: ignore[arg-type]
    bars=None,  # type: ignore[arg-type]
    wall=None,  # type: ignore[arg-type]
    chance=lambda: 0.5,
    settings_of=lambda _: {},
    may_send=None,  # type: ignore[arg-type]
)


def check(**options: Any) -> None:
    replay = {"replay": "2024-01-02..2024-06-28", **options}
    VENUES.check(a_run("r", mode=RunMode.PAPER, venue="simulated", symbols=("AAPL", "IBM"), options=replay))


def test_a_replay_pays_for_what_it_holds_by_costs_that_a_backtest_would_take() -> None:
    funding = {"funding": "2024-01-01T00:00:00Z=0.0001"}
    check(costs="none,AAPL:margin_rate=0.05")
    check(costs={"borrow_rate": "0.05"}, venue_costs={"IBM": funding})
    for options, says in (
        ({"costs": "AAPL:margin_rate=0.05,IBM:margin_rate=0.06"}, "margin_rate is the account's, and 0.05 and 0.06"),
        ({"venue_costs": funding}, "funding is one symbol's, and here would be that of AAPL and IBM"),
    ):
        with pytest.raises(InputError, match=says):
            check(**options)


def test_a_replay_has_costs_of_its_symbols_alone() -> None:
    check(costs="none,AAPL:maker_bps=1,taker_bps=5,IBM:alpaca-stocks")
    check(costs={"borrow_rate": "0.05"}, venue_costs="none")
    with pytest.raises(InputError, match=r"costs: MSFT is none of the run's symbols \(AAPL, IBM\)"):
        check(costs="MSFT:none")


def test_a_replay_goes_by_facts_that_are_given() -> None:
    check(calendar="AAPL=XLON,IBM=NYSE", tick="0.05", lot="10")
    check(multiplier="50", margin={"IBM": "13200/12000"})
    for options, says in (
        ({"margin": {"IBM": "1000/2000"}}, r"IBM: the maintenance margin \(2000\) is more than the margin"),
        ({"calendar": "XLNO"}, "calendar 'XLNO' is unknown: did you mean XLON"),
        ({"tick": "MSFT=0.01"}, r"tick of MSFT: not a symbol of this run \(AAPL, IBM\)"),
    ):
        with pytest.raises(InputError, match=says):
            check(**options)
