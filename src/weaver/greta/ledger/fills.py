"""A fill as strategies and results are given it, made from the ledger's row when somebody looks."""

from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.prices import Prices
from weaver.model.orders.fill import Fill


def fill_of(row: FillRow, prices: Prices) -> Fill:
    """The fill that a row books."""
    return Fill.of(
        row.order,
        units=abs(row.units),
        price=row.price,
        slippage=row.slippage,
        commission=row.commission,
        time=prices.time_of(row),
        bar_time=prices.starts[row.bar],
        notes=row.notes,
    )
