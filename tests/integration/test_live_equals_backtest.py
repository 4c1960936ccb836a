"""A strategy that is given its bars one by one sees what it sees in a backtest, and asks for the same bytes; also where
the bars of many ticks are known ahead, as in a replay."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NamedTuple
from zlib import crc32

import numpy as np
import pytest

from tests.builders import planned
from tests.integration.any_strategy import CALLBACKS
from tests.integration.expressions import Trees
from tests.integration.fast_ways import case
from tests.integration.holes import MARKETS, STRATEGIES
from tests.integration.live_run import in_backtest, live, written
from tests.integration.markets import market
from tests.integration.test_actions_of_runs import SHIPPED
from tests.naive.financed import without_carry
from weaver import Strategy
from weaver.greta.setup import clock_ticks
from weaver.marvin.orders.actions import TimedAction
from weaver.marvin.series.timeline import Clock
from weaver.model.errors import InputError
from weaver.research.run import BrokenOff, Plan

ANYTHING, HOLES, TREES = 150, 90, 45
NEVER = 2**63 - 1


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_strategies(name: str) -> None:
    strategy, paths, options = SHIPPED[name]
    bars: list[Any] = [market(path) for path in paths]
    plan = planned(strategy, bars, **options)
    ran, asked = in_backtest(plan)
    lived = live(plan, ran.runtime.clock.ticks)
    assert written(lived.actions) == written(asked)
    assert lived.runtime.journal == ran.runtime.journal
    assert asked
    replayed = live(plan, ran.runtime.clock.ticks, foreseen=200)
    assert written(replayed.actions) == written(asked)
    assert replayed.runtime.journal == ran.runtime.journal


def test_strategies_that_do_anything() -> None:
    """Several symbols with holes, splits, dividends, delistings, margin calls; all callbacks and all that they see."""
    kinds: Counter[str] = Counter()
    for seed in range(ANYTHING):
        story: list[str] = []
        try:
            drawn = case(seed)  # live nothing is charged for what is held
            plan = drawn._replace(scenario=without_carry(drawn.scenario)).ready(story)
        except InputError:  # options that these bars do not go with
            continue
        clocks: list[Clock] = []
        backtest = outcome(partial(in_backtest, replace(plan, begun=clocks.append)), story)
        if sees_more(clocks[-1], plan):
            continue
        lived = outcome(partial(live, plan, clocks[-1].ticks), story)
        assert lived == backtest, seed
        assert outcome(partial(live, plan, clocks[-1].ticks, foreseen=2 + seed % 40), story) == backtest, seed
        kinds.update(line.split()[1] for line in story)
        kinds["failed"] += lived.asked is None
    assert min(kinds[name] for name in (*CALLBACKS, "when", "on_window", "refused", "on_stop")) >= 20, kinds
    assert kinds["failed"] >= 3


class Outcome(NamedTuple):
    """What a strategy told, and what it asked for; nothing where it failed."""

    story: tuple[str, ...]
    asked: list[bytes] | None


def outcome(run: Callable[[], tuple[Any, tuple[TimedAction, ...]]], story: list[str]) -> Outcome:
    try:
        _, asked = run()
    except (BrokenOff, ValueError):
        return Outcome(tuple(story), None)
    return Outcome(tuple(story), written(asked))


def sees_more(clock: Clock, plan: Plan) -> bool:
    """Whether a coarse bar closes between the warm-up and the first tick, of which live is told then; or within a bar
    of another symbol, which live cannot know to come: a run has no tick there."""
    own = clock_ticks(plan.listings)
    between = np.setdiff1d(clock.ticks, own)[:, np.newaxis]
    if any(np.any((one.bars.timestamp < between) & (between < one.bars.end)) for one in plan.listings.values()):
        return True
    first = min(one.bars.end[one.bars.timestamp >= plan.start].min(initial=NEVER) for one in plan.listings.values())
    early = clock.ticks[clock.ticks < first]
    return bool(len(early)) and early[-1] not in own


def test_coarse_signals_windows_and_own_functions_over_holes_and_splits() -> None:
    busy = 0
    for seed in range(HOLES):
        drawn, strategy = MARKETS[seed % 3](seed), STRATEGIES[seed // 3 % len(STRATEGIES)]
        try:
            plan = planned(strategy, drawn.bars, params={"coarse": drawn.coarse}, **drawn.options)
        except InputError as refused:  # so many holes that the bars are taken for coarser ones
            assert " apart: bars of " in str(refused), refused
            continue
        ran, asked = in_backtest(plan)
        if sees_more(ran.runtime.clock, plan):
            continue
        for foreseen in (1, 2 + seed):
            lived = live(plan, ran.runtime.clock.ticks, foreseen=foreseen)
            assert written(lived.actions) == written(asked), (seed, foreseen)
        busy += len(asked) > 0
    assert busy > HOLES // 3


class Seeing(Strategy):
    """Notes, tick by tick, the newest values of random series and signals, and when it is called."""

    seed: int = 0
    coarse: str = "1h"
    story: ClassVar[list[Any]] = []

    def on_start(self) -> None:
        Seeing.story.clear()
        trees = Trees(self, self.seed, (self.coarse,))
        self.seen = [trees.series(3) for _ in range(6)]
        signals = [trees.signal(2) for _ in range(4)]
        self.seen += signals[:2]
        for number, signal in enumerate(signals):
            self.when(signal, partial(self.called, number))

    def called(self, number: int, bar: Any) -> None:
        Seeing.story.append((number, self.now, bar.copy(), bar.index))

    def on_tick(self, tick: Any) -> None:
        for node in self.seen:
            if len(node):
                newest, every = np.array([node[-1], *node[-3:]]), node.values.copy()
                for values in (newest, every):
                    values[values != values] = np.nan  # of which there are two, and nobody can tell
                Seeing.story.append((len(node), newest.tobytes(), crc32(every.tobytes())))
        Seeing.story.append(tick)


def test_random_expressions_to_the_last_bit() -> None:
    calls = 0
    for seed in range(TREES):
        drawn = MARKETS[seed % 3](seed)
        try:
            plan = planned(Seeing, drawn.bars, params={"coarse": drawn.coarse, "seed": seed}, **drawn.options)
        except InputError as refused:
            assert " apart: bars of " in str(refused), refused
            continue
        ran, _ = in_backtest(plan)
        if sees_more(ran.runtime.clock, plan):
            continue
        story = list(Seeing.story)
        for foreseen in (1, 2 + seed):
            live(plan, ran.runtime.clock.ticks, foreseen=foreseen)
            assert story == Seeing.story, (seed, foreseen)
        calls += sum(isinstance(one, tuple) and isinstance(one[1], datetime) for one in story)
    assert calls > 1_000
