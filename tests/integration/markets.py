"""Real prices, each file read once: with its splits and dividends where the prices are as traded."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import weaver
from tests.shared_data import sample_files, shared_files
from weaver.walle.bars.store import StoredBars
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.corporate_actions_file import read_corporate_actions

FEWEST = 1_000


@cache
def market(path: Path) -> StoredBars:
    """The bars of a file, and the actions from the file beside it."""
    read = read_bars(path)
    beside = path.with_name(f"{read.bars.symbol}_actions.csv")
    as_traded = beside.is_file() and "adjusted" not in path.name
    actions = read_corporate_actions(beside) if as_traded else ()
    return StoredBars(bars=read.bars, instrument=read.instrument, actions=tuple(actions), content_hash=None)


@cache
def long_files() -> tuple[Path, ...]:
    """Every OHLC file with over 1,000 bars."""
    return tuple(path for path in (*sample_files(), *shared_files()) if len(market(path).bars) > FEWEST)


def run(strategy: type[weaver.Strategy], paths: Path | Iterable[Path], **options: Any) -> weaver.BacktestResult:
    """A backtest on files, without the look-ahead check unless asked for."""
    paths = [paths] if isinstance(paths, Path) else list(paths)
    options.setdefault("lookahead_check", False)
    return weaver.backtest(strategy, [market(path) for path in paths], **options)
