"""A fill as strategies and results are given it, made from the ledger's row when somebody looks."""

from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.prices import Prices
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.money import decimal_of
from weaver.model.orders.fill import Fill


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
        timestamp=time_of(prices.time_of(row)),
        bar_timestamp=time_of(prices.starts[row.bar]),
        notes=row.notes,
    )
