"""The part `positions` of a stored result: what the holdings at a run's end had cost and were worth.

JSON: by symbol an object of `average_price`, `cost`, `close`, `market_value` and `unrealised_pnl`, decimal strings.
"""

from collections.abc import Mapping

import orjson

from weaver.greta.finished_run import FinishedRun
from weaver.greta.record.text import kept_text
from weaver.model.numbers.money import decimal_of, plain

POSITIONS = "positions"

Worth = Mapping[str, str | None]


def encode_positions(run: FinishedRun) -> bytes:
    """The blob of a finished run."""
    return orjson.dumps({symbol: _worth(run, symbol) for symbol, units in run.held.items() if units})


def decode_positions(blob: bytes) -> Mapping[str, Worth]:
    """What a blob holds, by symbol."""
    found: dict[str, Worth] = orjson.loads(blob)
    return found


def _worth(run: FinishedRun, symbol: str) -> Worth:
    """As the strategy would have seen it at the last close."""
    position, price = run.position(symbol), run.close(symbol)
    average = position.average_price
    return {
        "average_price": None if average is None else kept_text(average),
        "cost": plain(decimal_of(position.cost, 8)),
        "close": None if price is None else kept_text(position.scale.price_decimal(price)),
        "market_value": plain(decimal_of(0 if price is None else position.market_value(price), 8)),
        "unrealised_pnl": plain(decimal_of(0 if price is None else position.unrealised(price), 8)),
    }
