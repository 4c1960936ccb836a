"""What the members traded, in the money of the joined account."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.result import BacktestResult
from weaver.greta.results.statistics import TradeColumns
from weaver.model.calendar.instants import instant_of
from weaver.research.portfolio.members import Floats, Members


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traded:
    """Trades and fills of all members within their shared sessions, scaled as the account was shared out then."""

    trades: TradeColumns
    value: float
    """Σ |quantity x price|, both sides."""
    commission: float
    slippage: float
    exposed: NDArray[np.bool_]
    """Whether any member held something, at each stamp."""


def traded(members: Members, scale: Floats) -> Traded:
    """`scale` is the account's money for one of each member's own, shape (rows, members)."""
    trades, sums = [], np.zeros(3)
    exposed = np.zeros(len(members.timestamp), dtype=np.bool_)
    for column, result in zip(scale.T, members.results.values(), strict=True):
        trades.append(_trades(members, result, column))
        sums += _fills(members, result, column)
        place = np.searchsorted(result.curve.timestamp, members.timestamp, side="right") - 1
        exposed |= (place >= 0) & result.curve.exposed[np.maximum(place, 0)]
    names = ("pnl", "return_", "entry_time", "exit_time")
    together = {name: np.concatenate([own[name] for own in trades]) for name in names}
    order = np.argsort(together["exit_time"], kind="stable")
    value, commission, slippage = sums.tolist()
    return Traded(
        trades=TradeColumns(**{name: one[order] for name, one in together.items()}),
        value=value,
        commission=commission,
        slippage=slippage,
        exposed=exposed,
    )


def _trades(members: Members, result: BacktestResult, scale: Floats) -> dict[str, NDArray[Any]]:
    """Those that were left within the shared sessions."""
    own = result.trade_columns
    stamps = [
        int(result.bars[trade.symbol].timestamp[left])
        for trade, (_, left) in zip(result.trades, result.trade_bars, strict=True)
    ]
    row, within = _rows(members, stamps)
    return {
        "pnl": own.pnl[within] * scale[row],
        "return_": own.return_[within],
        "entry_time": own.entry_time[within],
        "exit_time": own.exit_time[within],
    }


def _fills(members: Members, result: BacktestResult, scale: Floats) -> Floats:
    """Value, commission and slippage of those within the shared sessions."""
    multiplier = {symbol: float(facts.get("multiplier", 1)) for symbol, facts in result.run["data"].items()}
    row, within = _rows(members, [instant_of(fill.bar_timestamp) for fill in result.fills])
    amounts = np.array(
        [
            (
                float(fill.quantity) * float(fill.price) * multiplier[fill.symbol],
                float(fill.commission),
                float(fill.quantity) * float(fill.slippage) * multiplier[fill.symbol],
            )
            for fill in result.fills
        ]
    ).reshape(-1, 3)
    total: Floats = (amounts[within] * scale[row, np.newaxis]).sum(axis=0)
    return total


def _rows(members: Members, stamps: list[int]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The row of each stamp that is one of the account's, and which stamps are."""
    wanted = np.array(stamps, dtype=np.int64)
    row = np.minimum(np.searchsorted(members.timestamp, wanted), len(members.timestamp) - 1)
    within = members.timestamp[row] == wanted
    return row[within], within
