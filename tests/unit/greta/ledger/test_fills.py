"""A fill that is told when it happens equals the one that the result shows, each field and as a whole."""

import copy
import pickle
from dataclasses import fields
from decimal import Decimal

import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.greta.ledger.fills import FillAtOpen
from weaver.marvin.series.bar import Bar
from weaver.model.orders.fill import Fill

BARS = crypto_bars([102, 103, 104, 101], opens=[100, 102, 103, 104])


class Hearing(Strategy):
    """Buys on the first bar, sells on the second; keeps what it hears, and looks at it at once if asked to."""

    looks: bool = False

    def on_start(self) -> None:
        self.heard: list[Fill] = []
        self.prices: list[str] = []
        HEARD.append(self)

    def on_bar(self, bar: Bar) -> None:
        if not self.heard:
            self.buy(bar.symbol, 2)
        elif len(self.heard) == 1:
            self.sell(bar.symbol, 2)

    def on_fill(self, fill: Fill) -> None:
        self.heard.append(fill)
        if self.looks:
            self.prices.append(str(fill.price))


HEARD: list[Hearing] = []


def heard(*, looks: bool) -> tuple[list[Fill], list[Fill]]:
    """The fills that it was told, and those of the result."""
    HEARD.clear()
    result = backtest(Hearing, BARS, params={"looks": looks}, costs={"commission_bps": 10, "slippage_bps": 5})
    return HEARD[-1].heard, list(result.fills)


@pytest.mark.parametrize("looks", [False, True])
def test_what_is_told_is_what_the_result_shows(*, looks: bool) -> None:
    told, shown = heard(looks=looks)
    assert len(told) == len(shown) == 2
    assert all(isinstance(fill, FillAtOpen) for fill in told)
    for mine, its in zip(told, shown, strict=True):
        assert [getattr(mine, field.name) for field in fields(Fill)] == [
            getattr(its, field.name) for field in fields(Fill)
        ]
        assert mine == its == mine
        assert its != told[0] or mine is told[0]
        assert hash(mine) == hash(its)
        assert repr(mine) == repr(its)


def test_its_price_and_costs_are_those_of_the_hand() -> None:
    first = heard(looks=True)[0][0]
    assert (first.price, first.side, first.quantity) == (Decimal("102.051"), "buy", 2)
    assert (first.slippage, first.commission) == (Decimal("0.051"), Decimal("0.204102"))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda fill: pickle.loads(pickle.dumps(fill))])
def test_a_copy_is_a_plain_fill(copied: object) -> None:
    told, shown = heard(looks=False)
    assert callable(copied)
    found = copied(told[1])
    assert type(found) is Fill
    assert found == shown[1]
