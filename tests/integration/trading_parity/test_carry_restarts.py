"""A server that is killed while its paper run is charged for what it holds: after any number of restarts each night was
charged once, to the last digit as in the backtest, and the run decides the same."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import orjson
import pytest

from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import Case, Paper, in_backtest, parity_on, run_of
from tests.integration.trading_parity.test_paper_equals_backtest import FINANCED, MARGIN, SHORTS, STOCKS, case_of
from weaver.model.account.carry import CarryKind
from weaver.model.calendar.instants import time_of
from weaver.model.errors import ReadOnly

WRITES = ("begin", "commit", "committed")
STEPS_MAX, SEEDS = 120, 4


class Killing:
    """Ends a server when its store has been asked so often for a change."""

    def __init__(self, after: int) -> None:
        self._left, self.killed = after, asyncio.Event()

    async def at(self, point: str) -> None:
        """A point of the store."""
        if self.killed.is_set():
            raise ReadOnly("the server is dead")
        self._left -= point in WRITES
        if self._left < 0:
            self.killed.set()
            await asyncio.Event().wait()


async def lived(paper: Paper, case: Case, after: int) -> bool:
    """Whether the run came to its end before its server was killed."""
    killing = Killing(after)
    trading, killed = (
        asyncio.ensure_future(paper.trade(run_of(case), at=killing.at)),
        asyncio.ensure_future(killing.killed.wait()),
    )
    await asyncio.wait((trading, killed), return_when=asyncio.FIRST_COMPLETED)
    is_over = trading.done()
    paper.disk.epoch += 1  # whatever of it still runs writes nothing
    for task in (trading, killed):
        task.cancel()
    results = await asyncio.gather(trading, killed, return_exceptions=True)
    if is_over and isinstance(results[0], BaseException):
        raise results[0]
    return is_over


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_night_is_charged_once_however_often_the_server_is_killed(seed: int, tmp_path: Path) -> None:
    case = case_of(tmp_path, strategies.Turning, STOCKS, {**MARGIN, **FINANCED}, newest=80, **SHORTS)
    paper, chance, lives = Paper(case.store), Random(seed), 1
    while not asyncio.run(lived(paper, case, chance.randint(1, STEPS_MAX))):
        lives += 1
    assert lives > 4
    backtest = in_backtest(case)
    wanted = [(time_of(one.time), one.symbol, one.kind, one.amount) for one in backtest.carry]
    assert Counter(one.kind for one in backtest.carry).keys() == {CarryKind.BORROW_FEE, CarryKind.MARGIN_INTEREST}
    assert entries_of(paper) == wanted
    assert events_of(paper) == wanted
    assert [action for tick in paper.disk.tables.ticks.values() for action in tick.actions] == [
        action for _, action in backtest.decisions
    ]
    replayed = asyncio.run(parity_on(paper).replay(run_of(case)))
    assert replayed.is_identical, str(replayed.difference)
    assert is_nothing(asyncio.run(parity_on(paper).drift(run_of(case))).pnl.parts.values())


def entries_of(paper: Paper) -> list[tuple[datetime, str, str, Decimal]]:
    """What the run's ledger says that it was charged."""
    (kept,) = [state for scope, state in paper.disk.tables.states.items() if scope.startswith("ledger ")]
    return [
        (datetime.fromisoformat(one["time"]).astimezone(UTC), one["symbol"], one["kind"], Decimal(one["amount"]))
        for one in orjson.loads(kept)["entries"]
    ]


def events_of(paper: Paper) -> list[tuple[datetime, str, str, Decimal]]:
    """What was told of it."""
    told = [event.payload for event in paper.disk.events if event.type == "account.CarryCharged"]
    return [
        (datetime.fromisoformat(one["charged_at"]), one["symbol"], one["name"], Decimal(one["amount"])) for one in told
    ]


def is_nothing(parts: object) -> bool:
    return not any(parts)  # type: ignore[call-overload]
