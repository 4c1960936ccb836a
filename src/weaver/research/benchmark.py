"""What a run is compared with, where somebody names something else than holding its own symbols."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.model.backtest.options import Options
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import RunInput, inputs_of, store, with_actions
from weaver.walle.bars.store import StoredBars

NAMELESS = "Benchmark"
DAYS_WITHOUT = 5
"""So many days before the run's end, or after its start, a benchmark may have no bar: a long weekend elsewhere."""


def benchmark_input(given: Any, inputs: Mapping[str, RunInput], options: Options) -> RunInput | None:
    """Its bars: of a symbol of the run or of the store, else of a file, a frame or bars. None: none was named.

    A file is written as the options say of the run's; what they say of symbols is not about it. Raises InputError.
    """
    if given is None:
        return None
    if isinstance(given, str) and given in inputs:
        return inputs[given]
    own = replace(options, timeframe=None, asset=None, tick=None, lot=None, multiplier=None, margin=None, calendar=None)
    timeframe = _stored_at(given, inputs) if isinstance(given, str) else None
    if timeframe is not None:
        found = inputs_of(None, [given], replace(own, timeframe=timeframe))
    elif isinstance(given, str) and not Path(given).is_file():
        known = ", ".join(sorted({row.symbol for row in store().catalogue()})) or "nothing yet"
        raise InputError(f"benchmark {given}: neither a symbol of the store ({known}) nor a file")
    else:
        is_named = isinstance(given, (Mapping, str, Path, Bars, StoredBars))
        found = inputs_of(given, None if is_named else [NAMELESS], own)
    if len(found) != 1:
        raise InputError(f"benchmark: one symbol is compared with, and there are {', '.join(found)}: name one")
    return with_actions(next(iter(found.values())), None)


def _stored_at(symbol: str, inputs: Mapping[str, RunInput]) -> str | None:
    """The timeframe at which its stored bars are read: the run's where they can be put together to it, else their
    own; None: there are none."""
    try:
        entry = store().find(symbol)
    except InputError:  # a long path is a symbol that cannot be
        return None
    if entry is None:
        return None
    of_run: Timeframe = next(iter(inputs.values())).listing.bars.timeframe
    return str(of_run if of_run.is_made_of(entry.timeframe) else entry.timeframe)


def doubts_about(
    benchmark: Listing, session: NDArray[np.integer[Any]], timeframe: Timeframe
) -> Iterable[tuple[str, str]]:
    """Where it has no bars in the run's time, or too long ones.

    `session`: of each row of the run's equity, days since the epoch, rising; `timeframe`: of the run's bars.
    """
    own = calendar_of(benchmark.instrument).last_session_of(benchmark.bars)
    first, last = (np.datetime64(int(own[at]), "D") for at in (0, -1))
    if own[0] > session[0] + DAYS_WITHOUT:
        yield "benchmark_short", f"the benchmark {benchmark.symbol} begins on {first}: until then it counts as cash"
    if own[-1] < session[-1] - DAYS_WITHOUT:
        yield "benchmark_short", f"the benchmark {benchmark.symbol} ends on {last}: from then on its last close stays"
    coarse = benchmark.bars.timeframe
    if coarse.days > max(timeframe.days, 1):
        yield "benchmark_coarse", f"the benchmark has bars of {coarse}: alpha and beta compare returns of unlike length"
