"""Tell a strategy's own failure from ours, and name the line that failed."""

import sys

from weaver.marvin.blame import blame
from weaver.marvin.strategy import Strategy
from weaver.model.errors import StrategyError


def strategy_failure(error: BaseException, strategy: type[Strategy]) -> StrategyError | None:
    """The error as the strategy's author should read it, or None when none of the strategy's lines took part."""
    message = blame(error, strategy_file(strategy))
    return None if message is None else StrategyError(message)


def strategy_file(strategy: type[Strategy]) -> str:
    """The file name that the strategy's code carries."""
    for value in vars(strategy).values():
        code = getattr(value, "__code__", None)
        if code is not None:
            return str(code.co_filename)
    module = sys.modules.get(strategy.__module__)
    return str(getattr(module, "__file__", "?"))
