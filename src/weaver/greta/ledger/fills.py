"""A fill as strategies and results are given it, made from the ledger's row when somebody looks."""

from datetime import UTC, datetime, timedelta

from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.prices import Prices
from weaver.model.numbers.money import decimal_of
from weaver.model.orders.fill import Fill

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(nanoseconds: int) -> datetime:
    """The aware UTC time, to the microsecond, of nanoseconds since the epoch."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


def fill_of(row: FillRow, prices: Prices) -> Fill:
    """The fill that a row books."""
    scale = prices.scale
    return Fill(
        order_id=row.order.id,
        symbol=prices.symbol,
        side=row.order.side,
        quantity=scale.quantity_decimal(abs(row.units)),
        price=scale.price_decimal(row.price),
        commission=decimal_of(row.commission, 8),
        slippage=scale.price_decimal(row.slippage),
        timestamp=moment(prices.time_of(row)),
        bar_timestamp=moment(prices.starts[row.bar]),
        notes=row.notes,
    )
