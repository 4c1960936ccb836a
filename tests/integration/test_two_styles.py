"""A strategy gives the same fills to the last digit whether it is called back on signals or on every bar."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weaver
from tests.integration.markets import long_files, market, run
from tests.integration.resting_twins import STYLES
from tests.on_bar_twins import TWINS
from tests.shared_data import sample_files
from weaver.marvin.strategies.sma_crossover import SmaCrossover

FILES = long_files()
LONG = 7_000
FILLS_FEWEST = {"buy-and-hold": 1, "dca": 1}
"""On any file, of those that do not trade both ways; 20 of the others."""
FILLS_OF_SAMPLES = {"buy-and-hold": 5, "dca": 300}
"""On the files of data/ together; 500 of the others."""
by_name = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def told(result: weaver.BacktestResult) -> list[Any]:
    """All columns of all fills, what became of each order, and the cash at each bar."""
    orders = [(order.number, str(order.status), order.filled, order.reason) for order in result.orders]
    return [list(result.fills), orders, list(result.cash_flows), result.curve.cash.tolist(), result.stats]


@by_name
@pytest.mark.parametrize("name", TWINS)
def test_shipped_strategy_fills_alike_in_both_styles(name: str, path: Path) -> None:
    first, second = (run(cls, path) for cls in TWINS[name])
    assert list(first.fills) == list(second.fills)
    assert first.stats == second.stats
    assert len(first.fills) >= FILLS_FEWEST.get(name, 20)


@pytest.mark.parametrize("name", TWINS)
def test_shipped_strategy_trades_in_both_styles_over_the_sample_files(name: str) -> None:
    for cls in TWINS[name]:
        assert sum(run(cls, path).fill_count for path in sample_files()) >= FILLS_OF_SAMPLES.get(name, 500)


@by_name
@pytest.mark.parametrize("name", STYLES)
def test_resting_orders_fill_alike_in_every_style(name: str, path: Path) -> None:
    chance = Random(f"{name} {path.name}")
    fills = 0
    when, on_bar, *watched = STYLES[name]
    short = len(market(path).bars) < LONG
    for seed in range(2 if short else 1):
        options = random_options(chance, seed, path)
        jumped = told(run(when, path, **options))
        for other in (on_bar, chance.choice(watched)) if short else (on_bar,):
            assert jumped == told(run(other, path, **options)), (other, options)
        fills += len(jumped[0])
    assert fills >= 20


def random_options(chance: Random, seed: int, path: Path) -> dict[str, Any]:
    """Parameters, costs and an account; the reach of the orders follows the size of the bars."""
    bars = market(path).bars
    reach = float(np.median(bars.high / bars.low - 1)) * chance.choice((0.5, 1, 2, 4))
    margin = {"account": "margin", "leverage": 2, "shorting": True}
    costs = chance.choice((None, "none", {"slippage_ticks": 1, "max_participation": chance.choice((0.001, 0.02))}))
    shorts = chance.random() < 0.4
    slow = chance.randint(8, 40)
    params = {"fast": chance.randint(2, 7), "slow": slow, "reach": min(reach, 0.1), "size": chance.uniform(0.05, 0.9)}
    return {
        "params": params | {"shorts": shorts},
        "seed": seed,
        "costs": costs,
        "close_at_end": chance.random() < 0.3,
        **(margin if shorts else {}),
    }


@by_name
def test_sma_crossover_enters_at_every_up_crossing_while_flat(path: Path) -> None:
    bars = market(path).bars
    up, down, unclear = crossings(path, 10, 30)
    may_fill = tradable(path)
    result = run(SmaCrossover, path)
    stamps = bars.timestamp
    bought = {stamp_of(fill.bar_timestamp): fill for fill in result.fills if fill.side == "buy"}
    sold = {stamp_of(fill.bar_timestamp) for fill in result.fills if fill.side == "sell"}
    held, decided, entries = False, None, 0
    for k, stamp in enumerate(stamps.tolist()):
        if stamp in sold:
            held = False
        if decided is not None and may_fill[k]:
            assert stamp in bought, f"the up-crossing at bar {decided} did not enter at bar {k}"
            entries, decided = entries + 1, None
        if stamp in bought:
            held = True
        if down[k]:
            decided = None
        if up[k] and not held and not unclear[k]:
            decided = k
    assert entries > 5
    # The other way round: nothing else enters.
    reasons = up | unclear
    for stamp in bought:
        at = int(np.searchsorted(stamps, stamp))
        before = np.flatnonzero(may_fill[:at])
        start = int(before[-1]) if len(before) else 0
        assert reasons[start:at].any(), f"bar {at} entered without an up-crossing"


def crossings(path: Path, fast: int, slow: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where pandas' averages cross, up and down; and where rounding would decide, the averages being all but equal."""
    closes = split_adjusted(path)
    one, other = closes.rolling(fast).mean(), closes.rolling(slow).mean()
    above, below = (one - other) > 0, (one - other) < 0
    defined = one.shift(1).notna() & other.shift(1).notna()
    near = (one - other).abs() < 1e-9 * other
    unclear = near | near.shift(1, fill_value=False)
    up = defined & above & ~above.shift(1, fill_value=False)
    down = defined & below & ~below.shift(1, fill_value=False)
    return up.to_numpy(), down.to_numpy(), unclear.to_numpy()


def split_adjusted(path: Path) -> pd.Series:
    """Closes on the newest scale: a crossing is the same on any."""
    closes = pd.read_csv(path)["close"].astype(float)
    days = pd.to_datetime(pd.read_csv(path)["timestamp"], utc=True).dt.date
    for action in market(path).actions:
        if hasattr(action, "ratio"):
            closes = closes.where(days >= action.ex_date, closes / float(action.ratio))
    return closes


def tradable(path: Path) -> np.ndarray:
    """Bars with volume, in the regular session; a file's own `session` column says which those are."""
    frame = pd.read_csv(path)
    has_volume = "volume" in frame and (frame["volume"] > 0).any()
    result = (frame["volume"] > 0).to_numpy() if has_volume else np.ones(len(frame), dtype=bool)
    return result & (frame["session"] == "rth").to_numpy() if "session" in frame else result


def stamp_of(moment: Any) -> int:
    return int(np.datetime64(moment.replace(tzinfo=None), "ns").astype(np.int64))
