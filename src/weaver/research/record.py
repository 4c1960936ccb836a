"""What a run pins down of itself, so that it can be run again and give the same bytes."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

import weaver
from weaver.model.backtest.options import OPTIONS
from weaver.model.facts import contract_json
from weaver.model.market.bars import data_hash
from weaver.model.numbers.money import plain
from weaver.research.inputs import RunInput
from weaver.research.run import Plan
from weaver.walle.bars.folder.catalogue import corporate_action_json


def record_of(plan: Plan) -> Callable[[], dict[str, Any]]:
    """The run's record, made when somebody looks: hashing the bars takes longer than some backtests."""
    return lambda: _record(plan)


def _record(plan: Plan) -> dict[str, Any]:
    strategy = plan.strategy
    data = {symbol: _data(plan.inputs[symbol]) for symbol in plan.listings}
    return {
        "strategy": strategy.id,
        "class": strategy.class_name,
        "source": strategy.source,
        "source_hash": strategy.source_hash,
        "parameters": {name: _json(value) for name, value in plan.parameters.items()},
        "symbols": list(plan.listings),
        "timeframe": str(next(iter(plan.listings.values())).bars.timeframe),
        **_options(plan),
        "data": data,
        "data_hash": data_hash({symbol: facts["hash"] for symbol, facts in data.items()}),
        "benchmark": None if plan.benchmark is None else _benchmark(plan.benchmark),
        "version": weaver.__version__,
    }


def _options(plan: Plan) -> dict[str, Any]:
    """Each option under its key, as the run took it."""
    given = {option.key: getattr(plan.options, name) for name, option in OPTIONS.items() if option.key is not None}
    found = {key: str(value) if isinstance(value, date) else value for key, value in given.items()}
    return {**found, "costs": {symbol: costs.describe() for symbol, costs in plan.costs.items()}}


def _benchmark(given: RunInput) -> dict[str, Any]:
    """What it was compared with, where that was not holding its own symbols."""
    return {"symbol": given.listing.symbol, "timeframe": str(given.listing.bars.timeframe), **_data(given)}


def _data(given: RunInput) -> dict[str, Any]:
    """The bars as the run was given them, before any cut, and all that stood beside them."""
    instrument, bars = given.listing.instrument, given.listing.bars
    return {
        "origin": given.origin,
        "tz": given.tz,
        "spelling": given.spelling.to_json(),
        "hash": bars.content_hash(),
        "bars": len(bars),
        "asset": str(instrument.asset_class),
        "tick": plain(instrument.tick),
        "tick_given": instrument.tick_given,
        "lot": plain(instrument.lot),
        "minimum": plain(instrument.minimum),
        "quote_currency": instrument.quote_currency,
        **contract_json(instrument),
        "actions": [corporate_action_json(action) for action in given.listing.actions],
        "warnings": [{"code": code, "message": message} for code, message in given.warnings],
    }


def _json(value: Any) -> Any:
    """A parameter as JSON, from which its strategy makes the same value again; a set is sorted."""
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_json(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, Enum):
        return _json(value.value)
    if value is None or type(value) in {bool, int, float, str}:
        return value
    from pydantic_core import to_jsonable_python  # for the rarer kinds only

    return to_jsonable_python(value)
