"""Weaver: write a trading strategy once, backtest it honestly, run the same code on paper and live.

This module is the research API. It loads nothing until a name is used.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

try:
    __version__ = version("weaver")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

if TYPE_CHECKING:
    from pydantic import Field

    from weaver.marvin.indicators import (
        adx,
        atr,
        bbands,
        cci,
        ema,
        highest,
        indicator,
        lowest,
        macd,
        mom,
        natr,
        obv,
        roc,
        rsi,
        sma,
        stddev,
        stoch,
        talib,
        wma,
        zscore,
    )
    from weaver.marvin.series import crossed_above, crossed_below, shift
    from weaver.marvin.strategy import Strategy
    from weaver.research import BacktestResult, backtest, load_bars

_HOMES = {
    "weaver.marvin.strategy": ("Strategy",),
    "weaver.marvin.series": ("crossed_above", "crossed_below", "shift"),
    "weaver.marvin.indicators": (
        "adx", "atr", "bbands", "cci", "ema", "highest", "indicator", "lowest", "macd", "mom", "natr", "obv",
        "roc", "rsi", "sma", "stddev", "stoch", "talib", "wma", "zscore",
    ),
    "weaver.research": ("BacktestResult", "backtest", "load_bars"),
    "pydantic": ("Field",),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - the names are derived once, from the table above
    "__version__",
    *_HOME_OF,
]


def __getattr__(name: str) -> Any:
    module = _HOME_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'weaver' has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value
