"""The root of the process that forks deciders: `python -m weaver.decider --memory BYTES --nice N`, spoken to over its
standard input by the server that started it. A strategy is decided for here alike, without a process."""

import argparse
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from weaver.glados.deciders.host import DeciderHost, control_line
from weaver.glados.pool.fork import WorkerLimits
from weaver.glados.pool.protocol import Frame, encoded
from weaver.marvin.failure import strategy_failure
from weaver.marvin.live.runtime import LiveRuntime
from weaver.marvin.orders.actions import Actions
from weaver.marvin.parameters.validation import validate
from weaver.marvin.plugins.loader import from_text
from weaver.marvin.series.functions.talib_library import talib_library
from weaver.marvin.series.window import Window
from weaver.model.errors import DataError, RunFailed
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.action_bytes import encode_action
from weaver.model.orders.venue import venue_rules
from weaver.veda.inputs import ListedSymbol, RunSetup, SplitSeen, TickInputs, WindowBars
from weaver.veda.ports import Decision
from weaver.veda.runs.mirror.mirror import AccountMirror
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup
from weaver.veda.runs.recorded.warmup import decode_bars


def main() -> None:
    """Serve until the server hangs up."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--memory", type=int, required=True, help="bytes that a strategy may take")
    asked.add_argument("--nice", type=int, required=True, help="how far to step back behind the server")
    given = asked.parse_args()
    control = control_line()
    talib_library()  # nearly every strategy asks for it
    gc.collect()
    gc.freeze()  # what is loaded now lives as long as the process: no fork need look through it, and so copy it
    DeciderHost(control, new_answer, WorkerLimits(memory_max_bytes=given.memory, nice=given.nice)).serve()


def new_answer() -> Callable[[Frame], Iterator[bytes | None]]:
    """What answers one run's messages: one that asks for the decisions of several ticks has as many answers, None where
    nothing came of one."""
    live = LiveStrategy()

    def decisions(frame: Frame) -> Iterator[Decision]:
        match frame.kind:
            case "start":
                setup, *bars = frame.blobs
                yield live.start(setup, dict(zip(frame.body["digests"], bars, strict=True)))
            case "decide":
                yield from live.decide_all(frame.blobs)
            case _:
                yield live.stop()

    def answer(frame: Frame) -> Iterator[bytes | None]:
        for decision in decisions(frame):
            if decision.actions or decision.journal:
                yield encoded("decision", {"journal": decision.journal}, decision.actions)
            else:
                yield None

    return answer


class LiveStrategy:
    """One run's strategy: its runtime, and its account as a mirror of what it is told. Bytes go in and come out.

    Where a callback raises, StrategyError names its line; what was asked for or logged in that tick is lost with it.
    After that nothing more can be asked of it.
    """

    def __init__(self) -> None:
        self._run: _Run | None = None

    def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        """See `veda.ports.Decider`."""
        self._run = _Run(decode_setup(setup), warmups)
        return self._run.decided(self._run.runtime.start)

    def decide(self, inputs: bytes) -> Decision:
        """See `veda.ports.Decider`. Raises RunFailed for a tick that is not the next."""
        run, tick = self._running, decode_inputs(inputs)
        return run.decided(lambda: run.tick(tick))

    def decide_all(self, ticks: Sequence[bytes]) -> Iterator[Decision]:
        """See `veda.ports.Decider`; up to the first that cannot be read."""
        try:
            known = [decode_inputs(inputs) for inputs in ticks]
        except DataError:
            yield from map(self.decide, ticks)
            return
        run = self._running
        run.foresee(known)
        for tick in known:
            yield run.decided(partial(run.tick, tick))

    def stop(self) -> Decision:
        """See `veda.ports.Decider`."""
        run = self._running
        return run.decided(run.runtime.stop)

    @property
    def _running(self) -> "_Run":
        if self._run is None:
            raise RunFailed("the run's strategy has not been started")
        return self._run


class LiveDecider:
    """A decider in this process: of a simulation, and of a replay. It has no deadline, and ends with its owner."""

    def __init__(self) -> None:
        self._live = LiveStrategy()

    async def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        """See `veda.ports.Decider`."""
        return self._live.start(setup, warmups)

    async def decide(self, inputs: bytes) -> Decision:
        """See `veda.ports.Decider`."""
        return self._live.decide(inputs)

    async def decide_all(self, ticks: Sequence[bytes]) -> AsyncIterator[Decision]:
        """See `veda.ports.Decider`."""
        for decision in self._live.decide_all(ticks):
            yield decision

    async def stop(self) -> Decision:
        """See `veda.ports.Decider`."""
        return self._live.stop()

    async def close(self) -> None:
        """Nothing is left behind."""


class _Run:
    """What stands behind a run's strategy."""

    def __init__(self, setup: RunSetup, warmups: Mapping[str, bytes]) -> None:
        self._strategy = from_text(setup.strategy_id, setup.source)
        self._actions, self._number = Actions(), 0
        listings = {one.symbol: _listing(one, setup, warmups) for one in setup.symbols}
        self.mirror = AccountMirror(
            rules=setup.rules,
            scales={one.symbol: one.scale for one in setup.symbols},
            closes={symbol: float(one.bars.close[-1]) for symbol, one in listings.items() if len(one.bars)},
            venue=venue_rules(setup.venue or None),
        )
        self.runtime = LiveRuntime(
            self._strategy.cls,
            validate(self._strategy.cls, setup.parameters),
            listings=listings,
            account=self.mirror,
            start=setup.start,
            seed=setup.seed,
            actions=self._actions,
        )

    def decided(self, work: Callable[[], None]) -> Decision:
        """What came of a turn of the strategy's. Raises StrategyError where one of its lines is to blame."""
        try:
            work()
        except BaseException as error:  # a strategy may raise anything
            failure = strategy_failure(error, self._strategy.cls)
            if failure is None or isinstance(error, MemoryError):
                raise
            raise failure from error
        actions = tuple(encode_action(one.action) for one in self._actions.take())
        return Decision(actions=actions, journal=tuple(line.text for line in self.runtime.take_journal()))

    def foresee(self, ticks: Sequence[TickInputs]) -> None:
        """Know the ticks that come next, as they were recorded."""
        if len(ticks) > 1 and not any(isinstance(one, SplitSeen) for tick in ticks for one in tick.updates):
            self.runtime.foresee([(tick.time, tick.bars) for tick in ticks])

    def tick(self, inputs: TickInputs) -> None:
        """Give the strategy a tick."""
        if inputs.number != self._number + 1:
            raise RunFailed(f"tick {inputs.number} was given after tick {self._number}")
        self._number = inputs.number
        news = self.mirror.apply(inputs)
        self.runtime.tick(
            inputs.time,
            inputs.bars,
            updates=news,
            windows=[_window(one) for one in inputs.windows if isinstance(one, WindowBars)],
            splits=[(one.symbol, _split(one)) for one in inputs.updates if isinstance(one, SplitSeen)],
        )


def _listing(listed: ListedSymbol, setup: RunSetup, warmups: Mapping[str, bytes]) -> Listing:
    bars = decode_bars(warmups[listed.warmup])
    if (bars.symbol, bars.timeframe) != (listed.symbol, Timeframe.parse(setup.timeframe)):
        raise RunFailed(f"{listed.symbol}: its warm-up are {bars.timeframe} bars of {bars.symbol}")
    return Listing(instrument=listed.instrument, bars=bars, actions=tuple(map(_split, listed.splits)))


def _split(seen: SplitSeen) -> Split:
    return Split(ex_date=seen.ex_date, ratio=Fraction(seen.numerator, seen.denominator))


def _window(answer: WindowBars) -> Window:
    bars = Bars(
        symbol=answer.symbol,
        timeframe=Timeframe.parse(answer.timeframe),
        timestamp=np.array(answer.start, dtype=np.int64),
        end=np.array(answer.end, dtype=np.int64),
        open=np.array(answer.open, dtype=np.float64),
        high=np.array(answer.high, dtype=np.float64),
        low=np.array(answer.low, dtype=np.float64),
        close=np.array(answer.close, dtype=np.float64),
        volume=np.array(answer.volume, dtype=np.float64),
    )
    return Window(symbol=answer.symbol, timeframe=answer.timeframe, bars=bars)


if __name__ == "__main__":
    main()
