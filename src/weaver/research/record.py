"""What a run pins down of itself, so that it can be run again and give the same bytes."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import weaver
from weaver.research.run import Plan


def record_of(plan: Plan) -> Callable[[], dict[str, Any]]:
    """The run's record, made when somebody looks: hashing the bars takes longer than some backtests."""
    return lambda: _record(plan)


def _record(plan: Plan) -> dict[str, Any]:
    options, strategy = plan.options, plan.strategy
    return {
        "strategy": strategy.id,
        "class": strategy.class_name,
        "source": strategy.source,
        "source_hash": strategy.source_hash,
        "parameters": {name: _json(value) for name, value in plan.parameters.items()},
        "symbols": list(plan.listings),
        "timeframe": str(next(iter(plan.listings.values())).bars.timeframe),
        "from": None if options.start is None else str(options.start),
        "to": None if options.end is None else str(options.end),
        "warmup": options.warmup,
        "cash": format(plan.rules.cash, "f"),
        "account": str(plan.rules.kind),
        "leverage": format(plan.rules.leverage, "f"),
        "shorting": plan.rules.shorting,
        "maintenance": format(plan.rules.maintenance, "f"),
        "costs": {symbol: costs.describe() for symbol, costs in plan.costs.items()},
        "close_at_end": options.close_at_end,
        "seed": options.seed,
        "venue": options.venue,
        "data": {symbol: _data(plan, symbol) for symbol in plan.listings},
        "data_hash": data_hash(plan),
        "version": weaver.__version__,
    }


def _data(plan: Plan, symbol: str) -> dict[str, Any]:
    source = plan.sources[symbol]
    instrument = source.listing.instrument
    return {
        "origin": source.origin,
        "hash": source.listing.bars.content_hash(),
        "asset": str(instrument.asset_class),
        "tick": format(instrument.tick, "f"),
        "lot": format(instrument.lot, "f"),
        "minimum": format(instrument.minimum, "f"),
        "quote_currency": instrument.quote_currency,
        "actions": [action.to_row() for action in source.listing.actions],
    }


def data_hash(plan: Plan) -> str:
    """SHA-256 over the symbols and their bars, as the run saw them before any cut."""
    digest = hashlib.sha256()
    for symbol, source in plan.sources.items():
        digest.update(f"{symbol} {source.listing.bars.content_hash()}\n".encode())
    return digest.hexdigest()


def _json(value: Any) -> Any:
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    return str(value)
