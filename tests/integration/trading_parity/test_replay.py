"""Replays of recorded paper runs: of every strategy that ships, and over restarts, lost processes and a venue's faults
the decisions are the recorded ones; an altered record is pointed at."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.test_actions_of_runs import SHIPPED
from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import Case, Paper, parity_on, run_of
from tests.integration.trading_parity.test_paper_equals_backtest import STOCKS, case_of
from tests.simulation.live.runs import RUN_ID
from tests.simulation.simulation import Simulation
from weaver.decider import LiveDecider
from weaver.marvin.strategy import Strategy
from weaver.model.calendar.instants import time_of
from weaver.veda.inputs import OrderFilled, TickInputs
from weaver.veda.parity.replay import ReplayReport, replay_report
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs, encode_inputs

SEEDS = range(1, 11)


def traded(case: Case) -> Paper:
    paper = Paper(case.store)
    asyncio.run(paper.run(case))
    return paper


def replayed(case: Case, paper: Paper) -> ReplayReport:
    return asyncio.run(parity_on(paper).replay(run_of(case)))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_strategy_that_ships_decides_the_same(name: str, tmp_path: Path) -> None:
    strategy, files, options = SHIPPED[name]
    case = case_of(tmp_path, strategy, files, options)
    paper = traded(case)
    found = replayed(case, paper)
    ticks = list(paper.disk.tables.ticks.values())
    assert found.is_identical, str(found.difference)
    assert (found.ticks, found.actions) == (len(ticks), sum(len(tick.actions) for tick in ticks))
    assert found.actions > 0


def test_restarts_lost_processes_and_faults_of_the_venue_change_no_decision() -> None:
    lives = actions = 0
    for seed in SEEDS:
        simulation = Simulation(seed)
        assert not simulation.run()
        ticks = [tick for (run_id, _), tick in simulation.tables.ticks.items() if run_id == RUN_ID]
        found = asyncio.run(_report(ticks, simulation.tables.blobs))
        assert found.is_identical, f"seed {seed}: {found.difference}"
        assert found.ticks == len(ticks)
        lives, actions = lives + simulation.lives, actions + found.actions
    assert lives > 2 * len(SEEDS)
    assert actions > 100


async def _report(ticks: Sequence[RecordedTick], warmups: dict[str, bytes]) -> ReplayReport:
    async def each() -> AsyncIterator[RecordedTick]:
        for tick in ticks:
            yield tick

    return await replay_report(
        RUN_ID, decider=LiveDecider(), ticks=each(), warmups=warmups, at=ticks[0].time, followed=lambda _: None
    )


def dearer(inputs: TickInputs) -> TickInputs:
    return replace(
        inputs, bars=tuple(replace(bar, close=bar.close * 1.01, high=bar.high * 1.02) for bar in inputs.bars)
    )


def without_fills(inputs: TickInputs) -> TickInputs:
    return replace(inputs, updates=tuple(one for one in inputs.updates if not isinstance(one, OrderFilled)))


@pytest.mark.parametrize(
    ("strategy", "alter", "line", "left"),
    [(strategies.Times, dearer, "bar AAPL", 1), (strategies.Hearing, without_fills, "fill of order", 0)],
    ids=["bar", "fill"],
)
def test_altered_input_is_pointed_at_by_number_and_content(
    strategy: type[Strategy], alter: Callable[[TickInputs], TickInputs], line: str, left: int, tmp_path: Path
) -> None:
    """One sets limits by its bars' closes, the other by the price of each purchase."""
    case = case_of(tmp_path, strategy, STOCKS[:1], {})
    paper = traded(case)
    ticks = paper.disk.tables.ticks
    number = next(one.number for one in ticks.values() if b'"limit"' in b"".join(one.actions))
    tick = ticks["run", number]
    altered = alter(decode_inputs(tick.inputs))
    ticks["run", number] = replace(tick, inputs=encode_inputs(altered))
    found = replayed(case, paper)
    difference = found.difference
    assert difference is not None
    assert (difference.number, difference.time, found.ticks) == (number, tick.time, number)
    assert difference.recorded != difference.again
    assert len([one for one in difference.inputs if one.startswith(line)]) == left
    assert [one for one in difference.inputs if one.startswith("bar")] == [
        f"bar AAPL {bar_time(altered)} open {bar.open!r} high {bar.high!r} low {bar.low!r} close {bar.close!r} "
        f"volume {bar.volume!r}"
        for bar in altered.bars
    ]


def bar_time(inputs: TickInputs) -> str:
    return time_of(inputs.bars[0].start).isoformat().replace("+00:00", "Z")
