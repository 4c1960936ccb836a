"""Symbols beside each other, below each other."""

import numpy as np
import pytest

from weaver.model.errors import DataError
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.stacking import stacked
from weaver.walle.files.columns.times.time_text import WrittenTimes


def part(prices: list[float], *, with_volume: bool = True) -> RawColumns:
    column = np.array(prices)
    times = np.arange(len(prices), dtype=np.int64)
    return RawColumns(
        origin=Origin(name="a file"), times=WrittenTimes(local=times, instant=None), open=column, high=column,
        low=column, close=column, volume=column * 10 if with_volume else None,
    )  # fmt: skip


def test_rows_without_a_price_go_and_the_others_keep_their_numbers() -> None:
    nothing = float("nan")
    found = stacked({"AAA": part([1, nothing, 3]), "BBB": part([nothing, 5, 6])}, label="Ticker")
    assert found.close.tolist() == [1, 3, 5, 6]
    assert found.times.local.tolist() == [0, 2, 1, 2]
    assert found.symbols is not None
    assert (found.symbols.names, found.symbols.code.tolist()) == (("AAA", "BBB"), [0, 0, 1, 1])
    with pytest.raises(DataError, match=r"a file: row 2: wrong"):
        found.origin.check(found.close == 5, lambda _row: "wrong")


def test_volume_of_only_some_is_none() -> None:
    assert stacked({"AAA": part([1]), "BBB": part([2], with_volume=False)}, label="Ticker").volume is None
