"""A live strategy decides what its backtest decides, byte for byte, when it is told what happened there; and once more
when it is told again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from sys import modules
from typing import Any

import numpy as np
import pytest

from tests.shared_data import SAMPLES
from tests.unit.veda.runs.mirror.test_mirror_equals_greta import Noting, NotingAccount
from weaver.decider import LiveDecider, LiveStrategy
from weaver.marvin.orders.actions import Actions
from weaver.marvin.plugins.loader import from_class
from weaver.marvin.plugins.source import strategy_id
from weaver.marvin.strategies.bollinger_reversion import BollingerReversion
from weaver.marvin.strategies.buy_and_hold import BuyAndHold
from weaver.marvin.strategies.dca import Dca
from weaver.marvin.strategies.donchian_breakout import DonchianBreakout
from weaver.marvin.strategies.momentum_rotation import MomentumRotation
from weaver.marvin.strategies.pairs_spread import PairsSpread
from weaver.marvin.strategies.rsi_mean_reversion import RsiMeanReversion
from weaver.marvin.strategies.sma_crossover import SmaCrossover
from weaver.marvin.strategy import Strategy
from weaver.model.backtest.options import Options
from weaver.model.calendar.instants import time_of
from weaver.model.errors import RunFailed, StrategyError
from weaver.model.orders.action_bytes import encode_action
from weaver.research.inputs import run_inputs
from weaver.research.run import Plan, plan
from weaver.veda.inputs import InputBar, ListedSymbol, RunSetup, TickInputs, Update
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import encode_inputs, encode_setup
from weaver.veda.runs.recorded.replaying import Replayed, replay
from weaver.veda.runs.recorded.warmup import encode_bars

STOCKS = [SAMPLES / f"{symbol}_1d.csv" for symbol in ("AAPL", "IBM", "MSFT")]
ONE_SYMBOL = (BollingerReversion, BuyAndHold, Dca, DonchianBreakout, RsiMeanReversion, SmaCrossover)
MARGIN = {"account": "margin", "shorting": True}


class Telling(Noting):
    """Notes what is told, and not how the account stands."""

    def state(self) -> dict[str, Any]:
        return {}

    def _changed_terms(self) -> Iterator[Update]:
        return iter(())  # it is asked after the strategy has acted, which no update of this tick knows of


class Recorded:
    """A backtest, as the ticks that a live run of it would have recorded."""

    def __init__(self, cls: type[Strategy], files: Sequence[Path], **options: Any) -> None:
        asked, actions = Options(**options), Actions()
        noting = type(cls.__name__, (Telling, cls), {"__module__": cls.__module__})
        self.plan = plan(from_class(noting), run_inputs([str(path) for path in files], asked), asked)
        self.plan.run(progress=lambda _: None, account=NotingAccount, actions=actions)
        self.setup, self.warmups = setup_of(self.plan, cls)
        decided: dict[int, list[bytes]] = defaultdict(list)
        for one in actions.take():
            decided[one.time].append(encode_action(one.action))
        noted = Noting.made.pop().noted
        self.ticks = [self._tick(0, self.plan.start, encode_setup(self.setup), decided)]
        for number, (inputs, told) in enumerate(zip(bars_by_tick(self.plan), noted, strict=True), 1):
            data = encode_inputs(replace(inputs, number=number, updates=tuple(told.updates)))
            self.ticks.append(self._tick(number, inputs.time, data, decided))

    def _tick(self, number: int, time: int, data: bytes, decided: dict[int, list[bytes]]) -> RecordedTick:
        actions = tuple(decided.get(time, ()))
        return RecordedTick(run_id="r", number=number, time=time_of(time), inputs=data, actions=actions)

    def replayed(self, ticks: Sequence[RecordedTick] = ()) -> Replayed:
        async def each() -> AsyncIterator[RecordedTick]:
            for tick in ticks or self.ticks:
                yield tick

        return asyncio.run(replay(LiveDecider(), each(), self.warmups))


def bars_by_tick(ready: Plan) -> Iterator[TickInputs]:
    """The bars of each tick, in symbol order."""
    every = {symbol: one.bars for symbol, one in ready.listings.items()}
    places = {symbol: dict(zip(bars.end.tolist(), range(len(bars)), strict=True)) for symbol, bars in every.items()}
    for end in np.unique(np.concatenate([bars.end for bars in every.values()])).tolist():
        found = []
        for symbol, bars in every.items():
            if (at := places[symbol].get(end)) is not None:
                values = {name: float(getattr(bars, name)[at]) for name in ("open", "high", "low", "close", "volume")}
                found.append(InputBar(symbol=symbol, start=int(bars.timestamp[at]), end=end, **values))
        yield TickInputs(number=0, time=end, bars=tuple(found))


def setup_of(ready: Plan, cls: type[Strategy]) -> tuple[RunSetup, dict[str, bytes]]:
    """The setup of a live run that begins where a backtest did, without warm-up."""
    listed, warmups = [], {}
    for symbol, one in ready.listings.items():
        warmup = encode_bars(one.bars.slice(0, 0))
        digest = sha256(warmup).hexdigest()
        warmups[digest] = warmup
        instrument = one.instrument
        listed.append(
            ListedSymbol(
                symbol=symbol,
                asset_class=instrument.asset_class,
                tick=instrument.tick,
                lot=instrument.lot,
                minimum=instrument.minimum,
                is_tick_given=instrument.tick_given,
                quote_currency=instrument.quote_currency,
                price_decimals=ready.scales[symbol].price_decimals,
                data_decimals=one.bars.price_decimals,
                warmup=digest,
            )
        )
    path = modules[cls.__module__].__file__
    assert path is not None
    rules = ready.rules
    setup = RunSetup(
        run_id="r",
        strategy_id=strategy_id(cls.__name__),
        source=Path(path).read_text(),
        parameters=dict(ready.parameters),
        symbols=tuple(listed),
        timeframe=str(next(iter(ready.listings.values())).bars.timeframe),
        start=ready.start,
        cash=Decimal(rules.cash),
        account=rules.kind,
        leverage=Decimal(rules.leverage),
        shorting=rules.shorting,
        maintenance=Decimal(rules.maintenance),
        venue="",
        seed=ready.options.seed,
        weaver_version="0",
    )
    return setup, warmups


@pytest.mark.parametrize(
    ("cls", "files", "options"),
    [
        *((cls, [STOCKS[0]], {}) for cls in ONE_SYMBOL),
        *((cls, [SAMPLES / "EURUSD_1h.csv"], MARGIN) for cls in ONE_SYMBOL[:2]),
        (MomentumRotation, STOCKS, {}),
        (PairsSpread, STOCKS[:2], MARGIN),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_shipped_strategy_decides_live_what_it_decided_in_its_backtest(
    cls: type[Strategy], files: Sequence[Path], options: dict[str, Any]
) -> None:
    run = Recorded(cls, files, **options)
    assert sum(len(tick.actions) for tick in run.ticks) > 0
    found = run.replayed()
    assert found.difference is None, str(found.difference)
    assert found.ticks == len(run.ticks)


def test_one_altered_input_is_pointed_at() -> None:
    run = Recorded(Dca, [STOCKS[0]])
    at = next(tick.number for tick in run.ticks if tick.actions) + 1
    inputs = b'"updates":[{"amount":"-99999","kind":"fee","symbol":"AAPL","what":"cash"}]}'
    altered = list(run.ticks)
    bare = altered[at].inputs.partition(b',"updates":')[0].removesuffix(b"}")
    altered[at] = replace(altered[at], inputs=bare + b"," + inputs)
    found = run.replayed(altered)
    assert found.difference is not None
    assert found.difference.number >= at


def test_ticks_are_taken_in_turn_only() -> None:
    run = Recorded(BuyAndHold, [STOCKS[0]])
    live = LiveStrategy()
    with pytest.raises(RunFailed, match="has not been started"):
        live.decide(run.ticks[1].inputs)
    live.start(run.ticks[0].inputs, run.warmups)
    with pytest.raises(RunFailed, match="tick 2 was given after tick 0"):
        live.decide(run.ticks[2].inputs)


def test_a_text_without_its_strategy_is_refused() -> None:
    run = Recorded(BuyAndHold, [STOCKS[0]])
    setup = encode_setup(replace(run.setup, strategy_id="another"))
    with pytest.raises(StrategyError, match="the run's source text has no strategy another"):
        LiveStrategy().start(setup, run.warmups)
