"""Runs on paper and live held against what they should have done: their records replayed, their trades compared with a
backtest's."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from weaver.glados.jobs import Report
from weaver.glados.live.figures.given_bars import warmups_of
from weaver.glados.live.figures.results import LiveResult, LiveResults
from weaver.glados.live.proof.drift_inputs import (
    backtest_account,
    backtest_of,
    closes_of,
    live_account,
    market_of,
    not_stored_told,
    stored_compared,
)
from weaver.glados.ports import BacktestJob, BacktestOutcome, BacktestPool, NewId, Now
from weaver.glados.schemas.runs.parity import DriftResponse, ReplayResponse
from weaver.model.calendar.instants import time_of
from weaver.model.errors import Conflict, ReadOnly, RunFailed
from weaver.model.run import Run, RunMode
from weaver.veda.feed.warmup import Aside
from weaver.veda.parity.bars import BarsFold
from weaver.veda.parity.drift import DriftReport, drift_report
from weaver.veda.parity.replay import ReplayReport, replay_report
from weaver.veda.ports import ClosableDeciders, RecordedTick, TradingStore
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup
from weaver.veda.runs.recorded.replaying import altered_told
from weaver.walle.bars.store import ParquetBarStore

TOLD_EVERY = 100
"""So many ticks are replayed between two words about it."""
TICKS_AT_ONCE = 2_000
READ, COMPARED = 0.1, 0.9
"""How much of a drift is done when what was recorded is read, and when its backtest is over."""


def silent(stage: str, fraction: float) -> None:
    """Nobody is told how far it is."""


class Parity:
    """Replays records and computes drifts, also of runs that go on; one replay at a time, beside what trades.

    The newest report of each kind is kept with its run.
    """

    def __init__(
        self,
        *,
        store: TradingStore,
        deciders: ClosableDeciders,
        pool: BacktestPool,
        bars: ParquetBarStore,
        results: LiveResults,
        name_of: Callable[[Run], str],
        aside: Aside,
        now: Now,
        new_id: NewId,
    ) -> None:
        """deciders: of replays alone, as their host is ended after each. name_of: what the account is called that a run
        trades in. aside: does work where it holds nobody up."""
        self._store, self._deciders, self._pool, self._bars = store, deciders, pool, bars
        self._results, self._name_of, self._aside = results, name_of, aside
        self._now, self._new_id = now, new_id
        self._turn = asyncio.Lock()

    async def check(self, run: Run) -> None:
        """Raises Conflict for a run that there is nothing to compare of: a backtest, and one that has not begun."""
        await self._start_of(run)

    async def replay(self, run: Run, *, report: Report = silent) -> ReplayReport:
        """Feed all that is recorded of a run, up to its newest tick, to its strategy in a process of its own, and
        compare every decision. Raises Conflict (see `check`), DataError where something recorded is gone, and RunFailed
        where the process does not last."""
        start = await self._start_of(run)
        setup = decode_setup(start.inputs)
        bars = await warmups_of(self._store, setup)
        async with self._turn:
            try:
                found = await self._replayed(run, {one.warmup: bars[one.symbol] for one in setup.symbols}, report)
            finally:
                await self._deciders.close()
        await self._keep("replay", run, ReplayResponse.of(found).model_dump(mode="json"))
        return found

    async def drift(self, run: Run, *, report: Report = silent) -> DriftReport:
        """Backtest a run's strategy on the bars that it was given, with the costs that it assumes, and hold the two
        side by side, up to the newest tick. Raises Conflict (see `check`; or no bar has closed since its start),
        DataError where something recorded is gone, and what the backtest raises."""
        start = await self._start_of(run)
        report("reading what was recorded", 0.0)
        found = await self._results.find(run, self._name_of(run))
        if found is None or not found.points:
            raise Conflict(f"run {run.name!r} has begun, but no bar has closed since: there is nothing to compare yet")
        bars, altered = await self._bars_given(run, found, start)
        warmups = await self._results.warmups(found)
        market = await self._aside(partial(market_of, found, warmups, self._bars))
        job = BacktestJob(run=backtest_of(run, found), corr_id=self._new_id(), market=market)
        outcome = await self._backtested(job, report)
        report("comparing", COMPARED)
        known = await self._store.of_run(run.id)
        closes = await self._aside(partial(closes_of, found, warmups))

        def compared() -> DriftReport:
            stored = stored_compared(found, self._bars)
            return drift_report(
                run.id,
                at=self._now(),
                start=time_of(found.setup.start),
                live=live_account(found, known.orders, closes, bars.ticks[-1]),
                backtest=backtest_account(outcome, found, closes),
                bars=bars,
                costs=outcome.result.record["costs"],
                stored=stored,
                notes=[*_altered_notes(altered), *_notes(bars), *not_stored_told(found.setup.symbols, stored)],
            )

        done = await self._aside(compared)
        await self._keep("drift", run, DriftResponse.of(done).model_dump(mode="json"))
        return done

    async def newest_drift(self, run_id: str) -> DriftResponse | None:
        """What the newest drift of a run came to; None: there was none. Raises Unavailable."""
        kept = await self._store.state(f"drift {run_id}")
        return None if kept is None else DriftResponse.model_validate(kept)

    async def newest_replay(self, run_id: str) -> ReplayResponse | None:
        """What the newest replay of a run came to; None: there was none. Raises Unavailable."""
        kept = await self._store.state(f"replay {run_id}")
        return None if kept is None else ReplayResponse.model_validate(kept)

    async def _replayed(self, run: Run, warmups: dict[str, bytes], report: Report) -> ReplayReport:
        decider = await self._deciders.new(run.id)
        total = 1 + (await self._store.newest_tick(run.id) or 0)

        def tell(tick: RecordedTick) -> None:
            if tick.number % TOLD_EVERY == 0:  # a run that goes on has more than there were
                report(f"replayed {tick.number + 1:,} ticks", min((tick.number + 1) / total, 1.0))

        try:
            return await replay_report(
                run.id, decider=decider, ticks=self._store.ticks(run.id), warmups=warmups, at=self._now(), followed=tell
            )
        except TimeoutError as error:
            raise RunFailed(str(error)) from error
        finally:
            await decider.close()

    async def _bars_given(
        self, run: Run, found: LiveResult, start: RecordedTick
    ) -> tuple[BarsFold, RecordedTick | None]:
        """What became of its bars, up to the tick that its result is as of; and the first of these whose record was
        altered."""
        fold, waiting = BarsFold(), list[RecordedTick]()
        altered = start if start.is_altered else None
        async for tick in self._store.ticks(run.id, after=0):
            if tick.time > time_of(found.points[-1].time):
                break
            if altered is None and tick.is_altered:
                altered = tick
            waiting.append(tick)
            if len(waiting) == TICKS_AT_ONCE:
                await self._aside(partial(_take, fold, waiting))
                waiting = []
        await self._aside(partial(_take, fold, waiting))
        return fold, altered

    async def _backtested(self, job: BacktestJob, report: Report) -> BacktestOutcome:
        async def started() -> None:
            report("backtest", READ)

        async def progress(stage: str, fraction: float) -> None:
            report(stage.lower(), READ + (COMPARED - READ) * fraction)

        outcome = await self._pool.run(job, started=started, progress=progress)
        if isinstance(outcome, BacktestOutcome):
            return outcome
        raise outcome.error.reworded(f"its backtest failed: {outcome.error}")

    async def _start_of(self, run: Run) -> RecordedTick:
        if run.mode is RunMode.BACKTEST:
            raise Conflict(
                f"run {run.name!r} is a backtest, whose inputs are not recorded: only paper and live runs are compared "
                "with what they should have done"
            )
        async for tick in self._store.ticks(run.id):
            return tick
        raise Conflict(f"run {run.name!r} is {run.status} and has not begun: nothing was recorded of it yet")

    async def _keep(self, kind: str, run: Run, body: dict[str, Any]) -> None:
        with suppress(ReadOnly):  # a server that only reads tells it, and keeps nothing
            async with self._store.transaction() as transaction:
                await transaction.put_state(f"{kind} {run.id}", body)


def _take(fold: BarsFold, ticks: Sequence[RecordedTick]) -> None:
    fold.take([decode_inputs(one.inputs) for one in ticks])


def _altered_notes(tick: RecordedTick | None) -> list[str]:
    if tick is None:
        return []
    return [f"{altered_told(tick.number, tick.time)}; both sides are computed from it as it stands now"]


def _notes(bars: BarsFold) -> list[str]:
    """What may make decisions others than the backtest's."""
    notes = []
    if bars.windows:
        notes.append(
            f"the strategy was given {bars.windows} windows of history, which may reach further back than the bars "
            "before the run, where its backtest's end"
        )
    if bars.missed.count:
        notes.append("bars that closed while the run was down were decided on in the backtest, and not in the run")
    if bars.late.count or bars.corrected.count:
        notes.append("late and corrected bars are in neither: the backtest has the bars that the run had at its ticks")
    return notes
