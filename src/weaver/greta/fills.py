"""A fill as strategies and results are given it, made from the ledger's row when somebody looks."""

from datetime import UTC, datetime, timedelta

from weaver.greta.fill_rows import AT_OPEN, FillRow
from weaver.greta.prices import Prices
from weaver.model.fill import Fill
from weaver.model.money import decimal_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(nanoseconds: int) -> datetime:
    """The aware UTC time, to the microsecond, of nanoseconds since the epoch."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


def fill_of(row: FillRow, prices: Prices) -> Fill:
    """The fill that a row books. It happened at its bar's start when it filled at the open, else at the bar's end."""
    scale = prices.scale
    start = prices.starts[row.bar]
    return Fill(
        order_id=row.order.id,
        symbol=prices.symbol,
        side=row.order.side,
        quantity=scale.quantity_decimal(abs(row.units)),
        price=scale.price_decimal(row.price),
        commission=decimal_of(row.commission, 8),
        slippage=scale.price_decimal(row.slippage),
        timestamp=moment(start if row.place == AT_OPEN else prices.ends[row.bar]),
        bar_timestamp=moment(start),
        notes=row.notes,
    )
