"""A result as JSON text: one object, the same bytes for the same run, a row a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.curve import Curve
from weaver.greta.results.rows import Flow
from weaver.greta.results.trades import Trade
from weaver.model.numbers.money import plain
from weaver.model.orders.fill import Fill

ROWS = 10_000
"""How many rows of equity are text at once."""
DECIMALS = 8
SECOND = 1_000_000_000
_EQUITY = '{"timestamp": "%s", "equity": %s, "cash": %s}'  # the quickest way to format
value_text = json.JSONEncoder(allow_nan=False).encode
"""A value as JSON, in one line."""
indented_text = json.JSONEncoder(allow_nan=False, indent=1).encode
"""The same over several lines."""


def json_text(
    *,
    run: Mapping[str, Any],
    stats: Mapping[str, float | int | None],
    trades: Iterable[Trade],
    fills: Iterable[Fill],
    curve: Curve,
    cash_flows: Iterable[Flow],
    warnings: Iterable[tuple[str, str]],
) -> Iterator[str]:
    """The text, in pieces. Times are ISO 8601 in UTC; amounts of trades and fills are decimal strings, equity and cash
    numbers rounded to 1e-8, statistics numbers or null."""
    yield '{\n"run": '
    yield indented_text(run)
    yield ',\n"stats": '
    yield indented_text(stats)
    yield from _rows("trades", map(_trade, trades))
    yield from _rows("fills", map(_fill, fills))
    yield from equity_text(curve.timestamp, curve.equity, curve.cash)
    yield from _rows("cash_flows", map(_flow, cash_flows))
    yield from _rows("warnings", (value_text({"code": code, "message": message}) for code, message in warnings))
    yield "\n}\n"


def iso(nanoseconds: int) -> str:
    """An instant as `2004-11-29T00:00:00Z`, with microseconds where there are any."""
    unit = "us" if nanoseconds % SECOND else "s"
    return f"{np.datetime64(nanoseconds, 'ns').astype(f'datetime64[{unit}]')}Z"


def iso_column(nanoseconds: NDArray[np.int64]) -> list[str]:
    """Instants as text; see `iso`."""
    texts = np.datetime_as_string(nanoseconds.astype("datetime64[ns]"), unit="s").tolist()
    for k in np.flatnonzero(nanoseconds % SECOND).tolist():
        texts[k] = iso(int(nanoseconds[k]))[:-1]
    return [f"{text}Z" for text in texts]


def _rows(name: str, rows: Iterable[str]) -> Iterator[str]:
    yield f',\n"{name}": ['
    separator = "\n"
    for row in rows:
        yield separator
        yield row
        separator = ",\n"
    yield "\n]" if separator == ",\n" else "]"


def equity_text(stamps: NDArray[np.int64], equity: NDArray[np.float64], cash: NDArray[np.float64]) -> Iterator[str]:
    """The rows of a curve under their name, in pieces."""

    def chunks() -> Iterator[str]:
        for start in range(0, len(stamps), ROWS):
            part = slice(start, start + ROWS)
            columns = zip(iso_column(stamps[part]), _numbers(equity[part]), _numbers(cash[part]), strict=True)
            yield ",\n".join([_EQUITY % row for row in columns])

    yield from _rows("equity", chunks())


def _numbers(values: NDArray[np.float64]) -> list[str]:
    """Shortest decimals that read back as the rounded values; a value that stays is written once."""
    rounded = np.round(values, DECIMALS) + 0.0  # no minus before a zero
    is_new = np.append(True, rounded[1:] != rounded[:-1])
    texts = [repr(value) for value in rounded[is_new].tolist()]
    return [texts[k] for k in (np.cumsum(is_new) - 1).tolist()]


def _trade(trade: Trade) -> str:
    return value_text(
        {
            "symbol": trade.symbol,
            "side": trade.side,
            "quantity": plain(trade.quantity),
            "entry_time": iso(trade.entry_time),
            "entry_price": plain(trade.entry_price),
            "exit_time": iso(trade.exit_time),
            "exit_price": plain(trade.exit_price),
            "pnl": plain(trade.pnl),
            "return": trade.return_,
            "commission": plain(trade.commission),
            "bars": trade.bars,
            "mae": trade.mae,
            "mfe": trade.mfe,
        }
    )


def _fill(fill: Fill) -> str:
    return value_text(
        {
            "order_id": fill.order_id,
            "symbol": fill.symbol,
            "side": str(fill.side),
            "quantity": plain(fill.quantity),
            "price": plain(fill.price),
            "commission": plain(fill.commission),
            "slippage": plain(fill.slippage),
            "timestamp": _moment(fill.timestamp),
            "bar_timestamp": _moment(fill.bar_timestamp),
        }
    )


def _flow(flow: Flow) -> str:
    return value_text(
        {"timestamp": iso(flow.time), "symbol": flow.symbol, "kind": flow.kind, "amount": plain(flow.amount)}
    )


def _moment(time: datetime) -> str:
    return f"{time.isoformat().removesuffix('+00:00')}Z"
