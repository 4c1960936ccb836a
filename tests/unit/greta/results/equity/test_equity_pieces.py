"""Equity by pieces is, to the last bit, the curve that was never made."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from weaver.greta.results.drawdown import worst
from weaver.greta.results.equity.equity_pieces import EquityPieces, extremes

PRICES = st.floats(0.01, 5_000, allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), count=st.integers(1, 60), multiplier=st.sampled_from([1.0, 50.0, 0.1]))
def test_rows_extremes_and_falls_are_those_of_the_whole_curve(
    data: st.DataObject, count: int, multiplier: float
) -> None:
    close = np.array(data.draw(st.lists(PRICES, min_size=count, max_size=count)))
    starts = np.array(sorted({0, *data.draw(st.lists(st.integers(0, count - 1), max_size=8))}))
    held = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 1.0, -3.0, 0.37, 12.5]), min_size=len(starts), max_size=len(starts)))
    )
    cash = np.array(data.draw(st.lists(st.floats(-1e4, 1e6), min_size=len(starts), max_size=len(starts))))
    pieces = EquityPieces(close, starts, held, cash, multiplier=multiplier)
    whole = np.empty(count)
    for row in range(count):
        piece = max(k for k, start in enumerate(starts) if start <= row)
        worth = held[piece] * close[row]
        whole[row] = (worth * multiplier if multiplier != 1 else worth) + cash[piece]
    sessions = np.sort(np.array(data.draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))))
    first_rows = np.flatnonzero(np.diff(sessions, prepend=sessions[0] - 1))
    assert len(pieces) == count
    assert pieces[np.arange(count)].tolist() == whole.tolist()
    assert pieces[2:7].tolist() == whole[2:7].tolist()
    assert pieces.exposed_rows == sum(
        held[max(k for k, start in enumerate(starts) if start <= row)] != 0 for row in range(count)
    )
    for ours, theirs in zip(extremes(pieces, first_rows), extremes(whole, first_rows), strict=True):
        assert ours.tolist() == theirs.tolist()
    fall = {"session": sessions, "first_rows": first_rows, "initial_equity": 1e5}
    assert worst(**fall, equity=pieces) == worst(**fall, equity=whole)  # type: ignore[arg-type]
