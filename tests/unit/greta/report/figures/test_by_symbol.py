"""Profit by symbol, by hand."""

from decimal import Decimal
from types import SimpleNamespace

from weaver.greta.report.figures.by_symbol import by_symbol


def trade(symbol, pnl):
    return SimpleNamespace(symbol=symbol, pnl=Decimal(pnl), commission=Decimal("0.1"))


def test_each_symbol_has_its_sums_and_the_best_stands_first():
    rows = by_symbol(["A", "B", "C"], [trade("B", "3.1"), trade("A", "-1"), trade("B", "-0.1")])
    assert [(one.symbol, one.trades, one.wins, one.pnl, one.commission) for one in rows] == [
        ("B", 2, 1, Decimal("3.0"), Decimal("0.2")),
        ("C", 0, 0, 0, 0),
        ("A", 1, 0, -1, Decimal("0.1")),
    ]
