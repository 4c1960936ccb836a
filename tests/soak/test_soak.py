"""Some hours of each strategy with faults and a restart, and that what is amiss is found; `make soak` does a month."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.kill.storages import home_in
from tests.kill_trading.judging.test_checks import KEPT, seen
from tests.soak import fleet, memory
from tests.soak.memory import Sample
from tests.soak.passing import ticks_at
from tests.soak.shares import unlike
from tests.soak.soak import Soak, SoakFailed

SEED, HOURS = 20_261_167, 4
"""In these hours of a session of stocks, by this seed, five things go wrong, and the server is killed halfway."""
BOUGHT = {"symbol": "BTC/USD", "owners": [{"run_id": "run", "quantity": "2"}], "remainder": "0", "parts": []}
"""What the server says where `KEPT` are its rows."""


def soak(home: Path, while_down: Callable[[Path], None] = lambda _: None) -> Soak:
    """The short one, of one run of each strategy."""
    return Soak(
        home, None, runs=len(fleet.STRATEGIES), days=HOURS / 24, restarts=1, seed=SEED, while_down=while_down
    )  # fmt: skip


def test_hours_of_all_strategies_lose_and_double_nothing(tmp_path: Path) -> None:
    with soak(home_in(tmp_path, "soak")) as short:
        tally = short.run()
    assert tally.restarts == {"kill -9": 1}
    assert tally.faults.total() > 3
    assert tally.fills > 5
    assert tally.ticks > 40


def test_fill_that_vanished_from_the_database_is_found(tmp_path: Path) -> None:
    def lose_a_fill(home: Path) -> None:
        with closing(sqlite3.connect(home / "weaver.db")) as connection, connection:
            assert connection.execute("DELETE FROM fills WHERE id = (SELECT min(id) FROM fills)").rowcount == 1

    with soak(home_in(tmp_path, "soak"), lose_a_fill) as short, pytest.raises(SoakFailed, match="after restart 1"):
        short.run()


def test_all_fleets_have_every_strategy_on_stocks_and_pairs() -> None:
    bodies = fleet.bodies(50)
    assert {body["strategy_id"] for body in bodies} == {name for name, _, _ in fleet.STRATEGIES}
    assert {body["timeframe"] for body in bodies} == {*fleet.TIMEFRAMES}
    both = {
        name: {fleet.is_stock(body) for body in bodies if body["strategy_id"] == name}
        for name, _, _ in fleet.STRATEGIES
    }
    assert {name for name, kinds in both.items() if kinds == {True}} == fleet.STOCKS_ONLY


@pytest.mark.parametrize(
    ("instant", "pair", "stock"),
    [
        ("2024-03-14T13:30", True, False),  # the session opens
        ("2024-03-14T14:00", True, True),
        ("2024-03-14T14:15", False, False),  # no end of half an hour
        ("2024-03-14T20:00", True, True),
        ("2024-03-14T20:30", True, False),
        ("2024-03-16T14:00", True, False),  # a Saturday
        ("2024-03-29T14:00", True, False),  # Good Friday
    ],
)
def test_runs_tick_when_their_bars_end(instant: str, pair: bool, stock: bool) -> None:
    at = datetime.fromisoformat(f"{instant}+00:00")
    assert ticks_at({"timeframe": "30m", "symbols": ["BTC/USD"]}, at) is pair
    assert ticks_at({"timeframe": "30m", "symbols": ["AAPL"]}, at) is stock


def test_shares_that_agree_are_no_problem() -> None:
    assert list(unlike([BOUGHT], KEPT, seen())) == []


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([], "the share of run is 0, its fills come to 2"),
        ([{**BOUGHT, "owners": []}], "shares of 0 and a remainder of 0, 2 at the exchange"),
        ([{**BOUGHT, "remainder": "1"}], "of which is named"),
        ([{**BOUGHT, "remainder": "1", "parts": [{"kind": "unexplained", "quantity": "1"}]}], "unexplained"),
        ([{**BOUGHT, "owners": [{"run_id": "other", "quantity": "2"}]}], "the share of other is 2"),
    ],
)
def test_share_that_does_not_agree_is_seen(shown: list[dict[str, object]], said: str) -> None:
    assert any(said in one for one in unlike(shown, KEPT, seen()))


def test_position_that_the_exchange_alone_has_changed_is_seen() -> None:
    changed = replace(seen(), positions={"BTCUSD": Decimal(3)})
    assert any("3 at the exchange" in one for one in unlike([BOUGHT], KEPT, changed))


def test_memory_that_grew_by_more_than_a_twentieth_is_told_by_part() -> None:
    first = [Sample(6 + hour / 24, (100, 40, 10_000)) for hour in range(24)]
    last = [Sample(27 + hour / 24, (106, 40, 10_400)) for hour in range(24)]
    assert len(memory.growth([*first, *last], 28)) == 1
    assert "the server held" in memory.growth([*first, *last], 28)[0]


def test_memory_that_was_not_looked_at_is_no_proof() -> None:
    assert memory.growth([Sample(6.5, (1, 1, 1))], 28) != []
