"""Coarse bars that grow are those that all fine bars together make, whenever they are looked at."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.holes import MARKETS
from tests.integration.live_run import closed
from weaver.marvin.live.bars import GrowingBars, Splits
from weaver.marvin.live.coarse import Coarser
from weaver.model.backtest.options import Options
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.listing import Listing, splits_at
from weaver.model.market.bars import COLUMNS
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import run_inputs


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_growing_coarse_bars_equal_those_of_the_whole(seed: int) -> None:
    drawn = MARKETS[seed % 3](seed)
    try:
        inputs = run_inputs(drawn.bars, Options(**drawn.options))
    except InputError:  # so many holes that the bars are taken for coarser ones
        return
    for one in inputs.values():
        check(one.listing, Timeframe.parse(drawn.coarse), np.random.default_rng(seed))


def check(listing: Listing, timeframe: Timeframe, chance: np.random.Generator) -> None:
    bars, calendar, splits = listing.bars, calendar_for(listing.instrument.asset_class), Splits()
    whole = put_together(bars, timeframe, calendar, splits=splits_at(listing))
    for index, ratio in splits_at(listing):
        splits.add(int(bars.end[index]), ratio)
    begin = int(chance.integers(0, len(bars)))
    fine = GrowingBars(bars.slice(0, begin), splits)
    coarser, made, last = Coarser(fine, timeframe, calendar, splits), [], int(bars.end[begin - 1]) if begin else -1
    for end in bars.end[begin:].tolist():
        if chance.random() < 0.3:
            made.append(coarser.closed_by(last))
        for bar in closed(listing, last, end):
            fine.add(bar)
        last = end
        if chance.random() < 0.7:
            made.append(coarser.closed_by(last))
    made.append(coarser.closed_by(2**62))
    for name in COLUMNS:
        parts = [getattr(part, name) for part in made if part is not None]
        np.testing.assert_array_equal(np.concatenate(parts), getattr(whole, name), err_msg=name)
