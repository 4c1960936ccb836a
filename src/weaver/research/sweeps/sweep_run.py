"""A sweep from its first check to its result."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import weaver
from weaver.greta.result import BacktestResult
from weaver.greta.sweep.objective import Objective
from weaver.greta.sweep.result import SweepResult
from weaver.greta.sweep.search import Listed, Search, SearchKind, drawn, trials_wanted
from weaver.greta.sweep.space import Point, Space
from weaver.greta.sweep.trials import Outcome
from weaver.marvin.plugins.loader import LoadedStrategy
from weaver.model.backtest.options import Options
from weaver.model.counted import counted
from weaver.model.errors import InputError
from weaver.research import run as run_plan
from weaver.research.lookahead.memory import Memory
from weaver.research.record import record_of
from weaver.research.sweeps.diary import Diary
from weaver.research.sweeps.kept import digest, earlier_of, kept_trial, sampled, stride, trial_of
from weaver.research.sweeps.points import Plans, plans_of, space_of
from weaver.research.sweeps.pool import OwnProcess, TrialPool
from weaver.research.sweeps.processes import Processes
from weaver.research.sweeps.runner import TrialRunner
from weaver.walle.trials.store import KeptSweep, KeptTrial, TrialStore

ASKED_FROM = 100_000
"""More trials than this are run only where somebody has said that so many are meant."""
Progress = Callable[[str, float], None]
PoolMaker = Callable[[TrialRunner, int], TrialPool]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest:
    """What somebody wants of a sweep besides the backtests' own options."""

    space: Mapping[str, Any] | None
    where: str | None = None
    search: SearchKind = SearchKind.GRID
    trials: int | None = None
    objective: str = "sharpe"
    workers: int | None = None
    resume: bool = False
    is_meant: bool = False
    """Whether it is meant to have more than `ASKED_FROM` trials."""


class Sweep:
    """A sweep that is ready to run: everything that can be wrong before the first trial has been found. `store` is
    where its trials are kept; None: nowhere."""

    def __init__(
        self, strategy: LoadedStrategy, bars: Any, request: SweepRequest, options: Options, store: TrialStore | None
    ) -> None:
        """Raises InputError."""
        self._strategy, self._request, self._store = strategy, request, store
        self.objective = Objective(request.objective)
        self._wanted = trials_wanted(request.search, request.trials)
        self._seed = options.seed
        self.space: Space = space_of(strategy, request.space, options, where=request.where)
        self.plans: Plans = plans_of(strategy, self.space, bars, options)
        self._memory = Memory(strategy.cls)
        self._points: list[Point] | None = None
        if request.search is not SearchKind.TPE:
            self._points = self._listed()
        self._records = [record_of(base)() for base in self.plans.bases]
        self.record = self._record()
        """What it pins down of itself."""

    @property
    def total(self) -> int | None:
        """How many trials it has; None where the search decides, up to those wanted."""
        return None if self._points is None else len(self._points)

    @property
    def most(self) -> int:
        """How many trials it has at the most."""
        return self.total or self._wanted or 1

    def run(self, progress: Progress, pool: PoolMaker | None = None) -> SweepResult:
        """Run what is not known yet, and give the result."""
        row = self.row()
        diary = Diary(self._store, row, resume=self._request.resume)
        runner = TrialRunner(self.plans, stride=stride(self.most))
        points, outcomes = self.searched(runner, pool or local_pool, diary, progress)
        diary.finish()
        return self._result(row, points, outcomes)

    def searched(
        self,
        runner: TrialRunner,
        pool: PoolMaker,
        diary: Diary,
        progress: Progress,
        *,
        before: int = 0,
    ) -> tuple[list[Point], list[Outcome]]:
        """Search the space with the trials of a runner: what was tried, and what became of it. Trials are numbered from
        `before` on."""
        points: list[Point] = []
        outcomes: list[Outcome] = []
        search, runs_on = self._search(), pool(runner, self.workers)
        try:
            while batch := search.propose():
                numbered = list(enumerate(batch, before + len(points) + 1))
                points += batch
                done = len(outcomes)
                found = self._outcomes(runs_on, numbered, diary, partial(self._told, progress, done))
                outcomes += found
                search.learn([self.objective_of(outcome) for outcome in found])
        finally:
            runs_on.close()
            diary.write()
        return points, outcomes

    def objective_of(self, outcome: Outcome) -> float | None:
        """What the sweep is after, of a trial."""
        return None if outcome.stats is None else self.objective.of(outcome.stats)

    def kept(self, outcome: Outcome, point: Point) -> KeptTrial:
        """A trial as the store keeps it."""
        return kept_trial(outcome, point, self.objective_of(outcome), key=self._key(point))

    def _outcomes(
        self,
        pool: TrialPool,
        trials: Sequence[tuple[int, Point]],
        diary: Diary,
        progress: Callable[[int], None],
    ) -> list[Outcome]:
        """Of trials, in their order, as far as they are not known."""
        found = {number: diary.known[number] for number, _ in trials if number in diary.known}
        left = [(number, point) for number, point in trials if number not in found]
        points = dict(left)
        for outcome in pool.run(left):
            found[outcome.number] = outcome
            diary.add(partial(self.kept, outcome, points[outcome.number]))
            progress(len(found))
        return [found[number] for number, _ in trials]

    def _told(self, progress: Progress, before: int, done: int) -> None:
        progress("Sweep", (before + done) / self.most)

    def _listed(self) -> list[Point]:
        space, request = self.space, self._request
        if request.search is SearchKind.RANDOM:
            assert self._wanted is not None
            self._check_meant(self._wanted)
            return drawn(space, self._wanted, self._seed)
        if self._wanted is not None:
            self._check_meant(self._wanted)
        elif not request.is_meant:
            some = list(islice(space.grid(), ASKED_FROM + 1))
            if len(some) > ASKED_FROM:
                self._refuse(space.size or len(some), "up to ")
            return some
        return list(islice(space.grid(), self._wanted))

    def _check_meant(self, count: int) -> None:
        if count > ASKED_FROM and not self._request.is_meant:
            self._refuse(count, "")

    def _refuse(self, count: int, about: str) -> None:
        """Say how long so many trials take: one is run to find out."""
        some = self.space.at([0.5] * len(self.space.axes)) if self.space.spans else next(self.space.grid())
        begun = time.perf_counter()
        TrialRunner(self.plans).run(1, some)
        each = time.perf_counter() - begun
        raise InputError(
            f"this sweep has {about}{count:,} trials, which take about {_duration(count * each / self.workers)} at "
            f"{each * 1e3:.3g} ms each: say that so many are meant (--yes), or try fewer (--trials N, --search random)"
        )

    @property
    def workers(self) -> int:
        """How many processes run its trials. Raises InputError."""
        given = self._request.workers
        if given is None:
            return cores()
        if given < 1:
            raise InputError(f"workers={given}: at least 1")
        return given

    def _search(self) -> Search:
        if self._points is not None:
            return Listed(self._points)
        from weaver.greta.sweep.tpe import Tpe

        assert self._wanted is not None
        return Tpe(self.space, trials=self._wanted, seed=self._seed)

    def _record(self) -> dict[str, Any]:
        base, request = self._records[0], self._request
        varied = set(self.space.names)
        return {
            "strategy": self._strategy.id,
            "class": self._strategy.class_name,
            "source": self._strategy.source,
            "source_hash": self._strategy.source_hash,
            "parameters": {name: value for name, value in base["parameters"].items() if name not in varied},
            "space": self.space.describe(),
            "search": str(request.search),
            "trials": self._wanted,
            "objective": self.objective.text,
            "seed": self._seed,
            "symbols": sorted({symbol for one in self._records for symbol in one["symbols"]}),
            "timeframes": list(dict.fromkeys(one["timeframe"] for one in self._records)),
            "options": {key: value for key, value in base.items() if key not in _NOT_OPTIONS},
            "costs": base["costs"],
            "data_hashes": list(dict.fromkeys(one["data_hash"] for one in self._records)),
            "version": weaver.__version__,
        }

    def _identity(self) -> dict[str, Any]:
        """What makes its trials what they are: what it is after does only where the search goes by it."""
        goes_by_it = self._request.search is SearchKind.TPE
        return {name: value for name, value in self.record.items() if goes_by_it or name != "objective"}

    def row(self) -> KeptSweep:
        """As the store knows it."""
        bars = [listing.bars for base in self.plans.bases for listing in base.listings.values() if len(listing.bars)]
        return KeptSweep(
            id=digest(self._identity()),
            strategy_id=self._strategy.id,
            source_hash=self._strategy.source_hash,
            symbols=self.record["symbols"],
            first=min(int(one.timestamp[0]) for one in bars),
            last=max(int(one.end[-1]) for one in bars),
            total=self.total,
            record=self.record,
        )

    def _key(self, point: Point) -> str:
        """Of all that makes a trial's result what it is."""
        record = self._records[self.plans.base_of(point)]
        options = {key: value for key, value in record.items() if key not in _NOT_OPTIONS}
        about = {name: record[name] for name in ("source_hash", "data_hash", "costs", "timeframe", "version")}
        return digest({**about, "options": options, "point": self.plans.parameters_of(point)})

    def _result(self, row: KeptSweep, points: Sequence[Point], outcomes: Sequence[Outcome]) -> SweepResult:
        pairs = zip(outcomes, points, strict=True)
        overlaps = [] if self._store is None else self._store.overlapping(row)
        return SweepResult(
            strategy=self._strategy.id,
            record=self.record,
            trials=[trial_of(outcome, point, self.objective) for outcome, point in pairs],
            sample=sampled(outcomes),
            earlier=earlier_of(overlaps),
            run=self._backtest,
        )

    def _backtest(self, point: Mapping[str, Any]) -> BacktestResult:
        self._memory.recall()
        return run_plan(self.plans.plan_of(dict(point)), progress=lambda _what, _done: None)


_NOT_OPTIONS = frozenset({
    "strategy", "class", "source", "source_hash", "parameters", "symbols", "timeframe", "data", "data_hash", "version",
    "costs", "lookahead_check",
})  # fmt: skip
"""What a run's record has besides its options, and those of them that change no figure."""


def local_pool(runner: TrialRunner, workers: int) -> TrialPool:
    """Who runs trials on this machine."""
    return OwnProcess(runner) if workers == 1 else Processes(runner, workers)


def part_of(progress: Progress, what: str, before: int, count: int) -> Progress:
    """Progress of one of several searches, as that of all."""
    return lambda _what, done: progress(what, (before + done) / count)


def cores() -> int:
    """How many of the machine's cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(round(seconds / size), name)
    return counted(max(round(seconds), 1), "second")
