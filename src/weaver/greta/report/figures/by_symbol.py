"""What each symbol of a run brought."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from weaver.greta.results.trades import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSymbol:
    """The closed trades of one symbol."""

    symbol: str
    trades: int
    wins: int
    pnl: Decimal
    """Money, after commissions."""
    commission: Decimal


def by_symbol(symbols: Sequence[str], trades: Iterable[Trade]) -> list[OfSymbol]:
    """Every symbol of a run, the one that brought most first."""
    own: dict[str, list[Trade]] = {symbol: [] for symbol in symbols}
    for trade in trades:
        own.setdefault(trade.symbol, []).append(trade)
    found = [
        OfSymbol(
            symbol=symbol,
            trades=len(rows),
            wins=sum(row.pnl > 0 for row in rows),
            pnl=sum((Decimal(row.pnl) for row in rows), Decimal(0)),
            commission=sum((Decimal(row.commission) for row in rows), Decimal(0)),
        )
        for symbol, rows in own.items()
    ]
    return sorted(found, key=lambda one: -one.pnl)
