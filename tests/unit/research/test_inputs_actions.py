"""The keyword `actions` of `weaver.backtest`."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import weaver
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Split

DAYS = pd.bdate_range("2024-01-02", periods=60, tz="UTC")
CLOSE = [100.0] * 30 + [25.0] * 30
BARS = pd.DataFrame({"timestamp": DAYS, "open": CLOSE, "high": CLOSE, "low": CLOSE, "close": CLOSE, "volume": 1e6})


def final(actions: Any) -> float:
    result = weaver.backtest(
        "buy-and-hold", {"X": BARS}, asset="stock", costs="none", actions=actions, lookahead_check=False
    )
    equity = result.stats["final_equity"]
    assert equity is not None
    return equity


def test_file_and_list_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "X_actions.csv"
    path.write_text(f"ex_date,kind,value\n{DAYS[30].date()},split,4\n")
    split = Split(ex_date=DAYS[30].date(), ratio=Decimal(4))
    assert final({"X": path}) == final({"X": str(path)}) == final({"X": [split]}) == final({"X": (split,)}) == 100_000
    assert final(None) < 30_000


@pytest.mark.parametrize("given", [pd.DataFrame({"ex_date": [date(2024, 2, 1)]}), [("2024-02-01", 4)], 4, {"split": 4}])
def test_what_is_neither_is_told(given: Any) -> None:
    with pytest.raises(InputError, match="a file's path, or a list of Split, Dividend and Delisting"):
        final({"X": given})
