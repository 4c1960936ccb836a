"""The part `positions` of a stored result: what the holdings at a run's end had cost and were worth.

JSON: by symbol an object of `average_price`, `cost`, `close`, `market_value` and `unrealised_pnl`, decimal strings.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from weaver.greta.engine import Engine
from weaver.greta.record.text import kept
from weaver.marvin.orders.holding import Holding
from weaver.model.numbers.money import decimal_of, plain

POSITIONS = "positions"

Worth = Mapping[str, str | None]


def encode_positions(engine: Engine[Any]) -> bytes:
    """The blob of a finished run."""
    return orjson.dumps({symbol: _worth(engine, symbol) for symbol, units in engine.ledger.units.items() if units})


def decode_positions(blob: bytes) -> Mapping[str, Worth]:
    """What a blob holds, by symbol."""
    found: dict[str, Worth] = orjson.loads(blob)
    return found


def _worth(engine: Engine[Any], symbol: str) -> Worth:
    """As the strategy would have seen it at the last close."""
    account = engine.account
    holding, price = Holding(account, symbol), account.close(symbol)
    average = holding.average_price
    return {
        "average_price": None if average is None else kept(average),
        "cost": plain(decimal_of(account.position(symbol).cost, 8)),
        "close": None if price is None else kept(decimal_of(price, account.scale(symbol).price_decimals)),
        "market_value": plain(holding.market_value),
        "unrealised_pnl": plain(holding.unrealised_pnl),
    }
