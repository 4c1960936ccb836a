"""What a run that trades has shown, off its recorded ticks, orders and fills."""

import asyncio

import pytest

from tests.unit.glados.fakes import FakeProofs, a_run
from tests.unit.glados.live.kept_run import Kept, hour
from weaver.glados.promotion.evidence import Evidence
from weaver.glados.threads import Threads
from weaver.model.promotion.gates import Gates
from weaver.model.promotion.measured import Measured
from weaver.model.run import RunMode

RUN = a_run("run", mode=RunMode.PAPER, venue="alpaca", timeframe="1h")
NO_PROOF = Gates(replay_clean=None)


def shown(kept: Kept) -> Measured:
    threads = Threads("results", count=1, wait_seconds=5)
    evidence = Evidence(
        database=None,  # type: ignore[arg-type] - of backtests alone
        live_results=kept.results, proofs=FakeProofs(), threads=threads,
    )  # fmt: skip
    try:
        found = asyncio.run(evidence.of(RUN, NO_PROOF, account="alpaca paper"))
    finally:
        threads.close()
    assert found.timeframe == "1h"
    return found.measured


def test_run_that_has_not_begun_has_shown_nothing() -> None:
    assert shown(Kept()) == Measured()


def test_trades_days_and_fall_are_those_of_its_ticks() -> None:
    kept = Kept()
    kept.bought()
    kept.sold()
    kept.record(*(hour(number, 130.0) for number in range(4, 48)))  # from 02:00 to midnight of the day after the next
    found = shown(kept)
    assert (found.trades, found.days) == (1, 3)
    assert found.max_drawdown == 0.0  # 1,000, then 1,019 as it was bought at 100 for 1 and stood at 110, then 1,028
    assert found.psr is not None


def test_fall_of_what_is_held_counts() -> None:
    kept = Kept()
    kept.bought()
    kept.record(hour(3, 50.0))
    assert shown(kept).max_drawdown == pytest.approx((1000 - 201 + 100) / 1019 - 1)
