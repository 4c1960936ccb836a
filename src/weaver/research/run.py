"""One backtest: its options, checked; its run; its checks; its result."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from weaver.greta.account import BacktestAccount
from weaver.greta.engine import Engine
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.prices import scale_of
from weaver.greta.setup import Progress, Setup, clock_ticks
from weaver.marvin.backtest_runtime import BacktestRuntime
from weaver.marvin.failure import strategy_failure
from weaver.marvin.orders.actions import Actions
from weaver.marvin.parameters.validation import validate
from weaver.marvin.plugins.loader import LoadedStrategy
from weaver.marvin.series.timeline import Clock
from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.backtest.options import Options
from weaver.model.calendar.resample import put_together, resample
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, StrategyError
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, ex_day, is_within
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.scale import Scale
from weaver.model.orders.venue import venue_rules
from weaver.research.benchmark import benchmark_input
from weaver.research.common import Common, other_bars
from weaver.research.cut import closed_by
from weaver.research.given.funding import costs_read
from weaver.research.inputs import RunInput, instant


class BrokenOff(StrategyError):
    """A strategy failed on its way; `finished` is how far the run came."""

    def __init__(self, message: str, finished: FinishedRun) -> None:
        super().__init__(message)
        self.finished = finished

    def __reduce__(self) -> tuple[Any, ...]:
        return StrategyError, (str(self),)  # a run stays in its process


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run of a plan: what it came to, and what stood behind its strategy."""

    finished: FinishedRun
    runtime: BacktestRuntime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A backtest that is ready to run; running it twice gives the same."""

    strategy: LoadedStrategy
    options: Options
    """The account's rules are written out in them."""
    parameters: Mapping[str, Any]
    listings: Mapping[str, Listing]
    """Cut to warm-up and end."""
    inputs: Mapping[str, RunInput]
    costs: Mapping[str, Costs]
    scales: Mapping[str, Scale]
    rules: AccountRules
    start: int
    benchmark: RunInput | None = None
    """What it is compared with; None: holding its own symbols."""
    against: Listing | None = None
    """The same, cut to the end."""
    begun: Callable[[Clock], None] = lambda _clock: None
    """Told of the clock of each run of the plan as it begins, whoever repeats it."""

    def run(
        self,
        *,
        progress: Progress,
        account: type[BacktestAccount] = BacktestAccount,
        until: int | None = None,
        actions: Actions | None = None,
        common: Common | None = None,
    ) -> Ran:
        """Run the plan, on all bars or on those closed by an instant (ns). Raises StrategyError.

        `actions` gets what the strategy asks for, in the order of its intents; `common`, of all bars, is what runs like
        it have found out before.
        """
        listings = self.listings if until is None else closed_by(self.listings, until)
        setup = self.setup(listings, progress)
        clock = Clock(clock_ticks(listings) if common is None else common.ticks, start=self.start)
        self.begun(clock)
        engine: Engine | None = None
        try:
            acts_on = account(setup, clock, None if common is None else common.prices)
            runtime = self._runtime(listings, until, actions, clock, acts_on, common)
            engine = Engine(setup, acts_on, runtime)
            return Ran(finished=engine.run(), runtime=runtime)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a strategy may raise anything
            failure = strategy_failure(error, self.strategy.cls)
            if failure is None:
                raise
            if engine is None:
                raise failure from error
            raise BrokenOff(str(failure), engine.break_off()) from error

    def setup(self, listings: Mapping[str, Listing], progress: Progress) -> Setup:
        """What the engine runs on, with these listings."""
        return Setup(
            listings=listings,
            costs=self.costs,
            rules=self.rules,
            start=self.start,
            close_at_end=self.options.close_at_end,
            venue=venue_rules(self.options.venue),
            scales=self.scales,
            progress=progress,
        )

    def common(self, bytes_max: int) -> Common:
        """What all runs of plans have in common that differ from this one in parameters only."""
        return Common(self.setup(self.listings, lambda _: None), bytes_max)

    def _runtime(
        self,
        listings: Mapping[str, Listing],
        until: int | None,
        actions: Actions | None,
        clock: Clock,
        account: BacktestAccount,
        common: Common | None,
    ) -> BacktestRuntime:
        make: Callable[[str, Timeframe], Bars]
        if common is None:
            make = partial(other_bars, listings, resample if until is None else put_together)
        else:
            make, clock.shared = common.other_bars, common.values
        return BacktestRuntime(
            self.strategy.cls,
            self.parameters,
            listings=listings,
            clock=clock,
            account=account,
            other_bars=make,
            seed=self.options.seed,
            until=until,
            actions=actions,
        )


@contextmanager
def no_collection() -> Iterator[None]:
    """A run makes many objects and no garbage cycles: looking for those would cost a fifth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def plan(
    strategy: LoadedStrategy,
    inputs: Mapping[str, RunInput],
    options: Options,
    *,
    costs: Mapping[str, Costs] | None = None,
    benchmark: RunInput | None = None,
) -> Plan:
    """Check the options and cut the bars. `costs` by symbol and a `benchmark` go before those of the options. Raises
    InputError."""
    parameters = validate(strategy.cls, options.params or {})
    rules = AccountRules.of(options)
    venue_rules(options.venue)
    listings, start = _cut({symbol: given.listing for symbol, given in inputs.items()}, options)
    benchmark = benchmark or benchmark_input(options.benchmark, inputs, options)
    if not costs:
        classes = {symbol: listing.instrument.asset_class for symbol, listing in listings.items()}
        costs = costs_read(options.costs).of(classes)
    return Plan(
        strategy=strategy,
        options=replace(options, **rules.as_options()),
        parameters=parameters,
        listings=listings,
        inputs=inputs,
        costs=costs,
        scales={symbol: scale_of(given.listing, costs[symbol]) for symbol, given in inputs.items()},
        rules=rules,
        start=start,
        benchmark=benchmark,
        against=None if benchmark is None else _against(benchmark.listing, listings, start, options),
    )


def again(base: Plan, options: Options) -> Plan:
    """A plan of the same strategy on the same bars with other options. Raises InputError."""
    return plan(base.strategy, base.inputs, options, costs=base.costs, benchmark=base.benchmark)


def _against(benchmark: Listing, listings: Mapping[str, Listing], start: int, options: Options) -> Listing:
    """A benchmark up to the run's end. Raises InputError where it has no bars in the run's time."""
    cut = _part(benchmark, start, instant(options.end, name="to", end=True), None)
    begins = int(cut.bars.timestamp[0]) if len(cut.bars) else None
    if begins is None or begins > max(int(one.bars.timestamp[-1]) for one in listings.values() if len(one.bars)):
        raise InputError(f"benchmark {benchmark.symbol}: no bars in the run's time (there are {_span(benchmark.bars)})")
    scale_of(cut, Costs())  # it finds prices that are too low
    return cut


def _cut(listings: Mapping[str, Listing], options: Options) -> tuple[dict[str, Listing], int]:
    """Bars from the warm-up's start to the end, and the instant at which the run begins."""
    start = instant(options.start, name="from")
    end = instant(options.end, name="to", end=True)
    if start is not None and end is not None and start > end:
        raise InputError(f"from {options.start} is after to {options.end}")
    begin = (
        start if start is not None else min(int(one.bars.timestamp[0]) for one in listings.values() if len(one.bars))
    )
    cut = {symbol: _part(listing, begin, end, options.warmup) for symbol, listing in listings.items()}
    if not any(len(one.bars) and one.bars.timestamp[-1] >= begin for one in cut.values()):
        have = "; ".join(f"{symbol}: {_span(listing.bars)}" for symbol, listing in listings.items())
        raise InputError(
            f"no bars from {options.start or 'the start'} to {options.end or 'the end'} (there are {have})"
        )
    return cut, begin


def _part(listing: Listing, begin: int, end: int | None, warmup: int | None) -> Listing:
    bars = listing.bars
    first = int(np.searchsorted(bars.timestamp, begin))
    last = len(bars) if end is None else int(np.searchsorted(bars.timestamp, end, side="right"))
    history = 0 if warmup is None else max(first - warmup, 0)
    if end is not None:
        listing = replace(listing, actions=tuple(one for one in listing.actions if is_within(one, end)))
    if history == 0 and last == len(bars):
        return listing
    return replace(listing, bars=bars.slice(history, max(last, history)), actions=_not_before(listing, history))


def _not_before(listing: Listing, first: int) -> tuple[CorporateAction, ...]:
    """Without what happened ahead of a bar that is cut off, which is no concern of what is ordered later."""
    if first == 0 or not listing.actions:
        return tuple(listing.actions)
    sessions = calendar_of(listing.instrument).last_session_of(listing.bars)
    return tuple(action for action in listing.actions if np.searchsorted(sessions, ex_day(action)) >= first)


def _span(bars: Bars) -> str:
    if not len(bars):
        return "none"
    first, last = (str(np.datetime64(int(bars.timestamp[k]), "ns"))[:10] for k in (0, -1))
    return f"{first} to {last}"
