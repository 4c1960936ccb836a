"""The bars that a run's strategy was given, as columns: its warm-up, and those of its recorded ticks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import DataError
from weaver.model.market.bars import COLUMNS, Bars, data_hash
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import Timeframe
from weaver.veda.feed.warmup import Aside
from weaver.veda.inputs import InputBar, RunSetup, SplitSeen, TickInputs
from weaver.veda.ports import RecordedTick, TradingStore
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup
from weaver.veda.runs.recorded.warmup import decode_bars

TOGETHER = 2_000
"""So many bars, or ticks, are dealt with at a time."""
Piece = Mapping[str, NDArray[Any]]
"""Some bars of one symbol, by the names of their columns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GivenBars:
    """Those of one symbol since the run's start, missed ones too; its splits, those before the start too."""

    symbol: str
    timeframe: Timeframe
    pieces: tuple[Piece, ...]
    splits: tuple[Split, ...]

    def bars(self) -> Bars:
        """They as columns."""
        return _joined(self.symbol, self.timeframe, self.pieces)

    def after(self, warmup: Bars) -> Bars:
        """They behind the bars of the warm-up."""
        before = {name: getattr(warmup, name) for name in COLUMNS}
        return _joined(self.symbol, self.timeframe, (before, *self.pieces))


class GivenBarsFold:
    """Takes a run's ticks in, and hands out what they have brought."""

    def __init__(self, setup: RunSetup) -> None:
        self._timeframe = Timeframe.parse(setup.timeframe)
        self._pieces: dict[str, list[Piece]] = {one.symbol: [] for one in setup.symbols}
        self._splits = {one.symbol: [_split(split) for split in one.splits] for one in setup.symbols}

    def take(self, ticks: Sequence[TickInputs]) -> None:
        """The next ones."""
        for symbol in self._pieces:
            found = [bar for tick in ticks for bar in tick.bars if bar.symbol == symbol]
            if found:
                self._add(symbol, _piece(found))
        for tick in ticks:
            for update in tick.updates:
                if isinstance(update, SplitSeen):
                    self._splits[update.symbol].append(_split(update))

    def given(self) -> dict[str, GivenBars]:
        """By symbol; what comes later changes none of it."""
        return {
            symbol: GivenBars(
                symbol=symbol,
                timeframe=self._timeframe,
                pieces=tuple(pieces),
                splits=tuple(self._splits[symbol]),
            )
            for symbol, pieces in self._pieces.items()
        }

    def _add(self, symbol: str, piece: Piece) -> None:
        pieces = self._pieces[symbol]
        if pieces and len(pieces[-1]["end"]) + len(piece["end"]) <= TOGETHER:
            last = pieces.pop()
            piece = {name: np.concatenate([last[name], piece[name]]) for name in COLUMNS}
        pieces.append(piece)


async def warmups_of(store: TradingStore, setup: RunSetup) -> dict[str, bytes]:
    """The bars before a run, by symbol, as they are kept. Raises DataError where they are not there any more."""
    found: dict[str, bytes] = {}
    for one in setup.symbols:
        content = await store.blob(one.warmup)
        if content is None:
            raise DataError(f"the bars of {one.symbol} before the run are not in the store any more ({one.warmup})")
        found[one.symbol] = content
    return found


def all_bars(given: Mapping[str, GivenBars], warmups: Mapping[str, bytes]) -> dict[str, Bars]:
    """All that a run was given of each symbol, the bars before it first."""
    return {symbol: one.after(decode_bars(warmups[symbol])) for symbol, one in given.items()}


async def data_hash_of(store: TradingStore, run_id: str, aside: Aside) -> str:
    """The hash of all bars that a run was given, as a backtest's of its own. Raises DataError where nothing was
    recorded."""
    ticks: list[RecordedTick] = []
    begun: tuple[RunSetup, GivenBarsFold] | None = None
    async for tick in store.ticks(run_id):
        if begun is None:
            setup = decode_setup(tick.inputs)
            begun = setup, GivenBarsFold(setup)
            continue
        ticks.append(tick)
        if len(ticks) == TOGETHER:
            await aside(partial(_take, begun[1], ticks))
            ticks = []
    if begun is None:
        raise DataError(f"nothing was recorded of run {run_id}")
    await aside(partial(_take, begun[1], ticks))
    return await aside(partial(_hash, begun[1].given(), await warmups_of(store, begun[0])))


def _take(fold: GivenBarsFold, ticks: Sequence[RecordedTick]) -> None:
    fold.take([decode_inputs(one.inputs) for one in ticks])


def _hash(given: Mapping[str, GivenBars], warmups: Mapping[str, bytes]) -> str:
    return data_hash({symbol: bars.content_hash() for symbol, bars in all_bars(given, warmups).items()})


def _piece(bars: Iterable[InputBar]) -> Piece:
    rows = [(one.start, one.end, one.open, one.high, one.low, one.close, one.volume) for one in bars]
    columns = zip(*rows, strict=True)
    return {name: np.array(column, dtype=_kind(name)) for name, column in zip(COLUMNS, columns, strict=True)}


def _joined(symbol: str, timeframe: Timeframe, pieces: Sequence[Piece]) -> Bars:
    columns = {name: np.concatenate([_NO_BARS[name], *(one[name] for one in pieces)]) for name in COLUMNS}
    return Bars(symbol=symbol, timeframe=timeframe, **columns)


def _kind(name: str) -> type[np.int64] | type[np.float64]:
    return np.int64 if name in {"timestamp", "end"} else np.float64


_NO_BARS = {name: np.empty(0, dtype=_kind(name)) for name in COLUMNS}


def _split(seen: SplitSeen) -> Split:
    return Split(ex_date=seen.ex_date, ratio=Fraction(seen.numerator, seen.denominator))
