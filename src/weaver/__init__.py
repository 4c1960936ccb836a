"""Weaver: write a trading strategy once, backtest it honestly, run the same code on paper and live.

This module is the research API. It loads nothing until a name is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from pydantic import Field as Field

    from weaver.greta.sweep.axes import Range as Range
    from weaver.marvin.series.indicators import adx as adx
    from weaver.marvin.series.indicators import atr as atr
    from weaver.marvin.series.indicators import bbands as bbands
    from weaver.marvin.series.indicators import cci as cci
    from weaver.marvin.series.indicators import ema as ema
    from weaver.marvin.series.indicators import highest as highest
    from weaver.marvin.series.indicators import indicator as indicator
    from weaver.marvin.series.indicators import lowest as lowest
    from weaver.marvin.series.indicators import macd as macd
    from weaver.marvin.series.indicators import mom as mom
    from weaver.marvin.series.indicators import natr as natr
    from weaver.marvin.series.indicators import obv as obv
    from weaver.marvin.series.indicators import roc as roc
    from weaver.marvin.series.indicators import rsi as rsi
    from weaver.marvin.series.indicators import sma as sma
    from weaver.marvin.series.indicators import stddev as stddev
    from weaver.marvin.series.indicators import stoch as stoch
    from weaver.marvin.series.indicators import talib as talib
    from weaver.marvin.series.indicators import wma as wma
    from weaver.marvin.series.indicators import zscore as zscore
    from weaver.marvin.series.series import crossed_above as crossed_above
    from weaver.marvin.series.series import crossed_below as crossed_below
    from weaver.marvin.series.series import shift as shift
    from weaver.marvin.strategy import Strategy as Strategy
    from weaver.marvin.timed_exits import TimedExits as TimedExits
    from weaver.model.market.corporate_actions import Delisting as Delisting
    from weaver.model.market.corporate_actions import Dividend as Dividend
    from weaver.model.market.corporate_actions import Split as Split
    from weaver.research import BacktestResult as BacktestResult
    from weaver.research import backtest as backtest
    from weaver.research import load_bars as load_bars
    from weaver.research.portfolio.combine import combine as combine
    from weaver.research.portfolio.combined import CombinedResult as CombinedResult
    from weaver.research.sweeps import CrossValidationResult as CrossValidationResult
    from weaver.research.sweeps import SweepResult as SweepResult
    from weaver.research.sweeps import WalkForwardResult as WalkForwardResult
    from weaver.research.sweeps import cross_validate as cross_validate
    from weaver.research.sweeps import sweep as sweep
    from weaver.research.sweeps import walk_forward as walk_forward

_HOMES = {
    "pydantic": ("Field",),
    "weaver.greta.sweep.axes": ("Range",),
    "weaver.marvin.series.indicators": (
        "adx", "atr", "bbands", "cci", "ema", "highest", "indicator", "lowest", "macd", "mom", "natr", "obv",
        "roc", "rsi", "sma", "stddev", "stoch", "talib", "wma", "zscore",
    ),
    "weaver.marvin.series.series": ("crossed_above", "crossed_below", "shift"),
    "weaver.marvin.strategy": ("Strategy",),
    "weaver.marvin.timed_exits": ("TimedExits",),
    "weaver.model.market.corporate_actions": ("Delisting", "Dividend", "Split"),
    "weaver.research": ("BacktestResult", "backtest", "load_bars"),
    "weaver.research.portfolio.combine": ("combine",),
    "weaver.research.portfolio.combined": ("CombinedResult",),
    "weaver.research.sweeps": (
        "CrossValidationResult", "SweepResult", "WalkForwardResult", "cross_validate", "sweep", "walk_forward",
    ),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _HOME_OF.get(name)
    if module is not None:
        value = getattr(import_module(module), name)
    elif name == "__version__":
        value = _version()
    else:
        raise AttributeError(f"module 'weaver' has no attribute {name!r}")
    globals()[name] = value
    return value


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("weaver")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])
