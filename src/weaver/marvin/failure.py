"""Tell a strategy's own failure from ours, and name the line that failed."""

import sys
import traceback
from types import TracebackType

from weaver.marvin.strategy import Strategy
from weaver.model.errors import StrategyError


def strategy_failure(error: BaseException, strategy: type[Strategy]) -> StrategyError | None:
    """The error as the strategy's author should read it, or None when none of the strategy's lines took part."""
    file = strategy_file(strategy)
    frames = [frame for frame in _frames(error.__traceback__) if frame.filename == file]
    if not frames:
        return None
    frame = frames[-1]
    name = file.replace("\\", "/").rpartition("/")[2]
    kind = "" if type(error).__module__.startswith("weaver.") else f"{type(error).__name__}: "
    text = " ".join(str(error).split())
    return StrategyError(f"{name} line {frame.lineno}, in {frame.name}: {kind}{text}")


def strategy_file(strategy: type[Strategy]) -> str:
    """The file name that the strategy's code carries."""
    for value in vars(strategy).values():
        code = getattr(value, "__code__", None)
        if code is not None:
            return str(code.co_filename)
    module = sys.modules.get(strategy.__module__)
    return str(getattr(module, "__file__", "?"))


def _frames(trace: TracebackType | None) -> traceback.StackSummary:
    return traceback.extract_tb(trace)
