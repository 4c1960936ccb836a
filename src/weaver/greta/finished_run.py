"""What greta hands over when a run has ended: all that it was given and all that it did."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.fill_rows import FillRows
from weaver.greta.ledger.ledger import CashFlow
from weaver.greta.ledger.prices import Prices
from weaver.greta.order_log import OrderLog
from weaver.greta.ports import AskedWindow
from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.account.position import Position
from weaver.model.orders.order import Order
from weaver.model.orders.small_target import SmallTargets


@dataclass(frozen=True, kw_only=True, eq=False)
class FinishedRun:
    """A run that went to its end, or as far as its strategy let it come. Nothing of it changes any more; what takes
    time to put together is made when somebody looks."""

    rules: AccountRules
    costs: Mapping[str, Costs]
    prices: Mapping[str, Prices]
    """The bars of each symbol, in the run's order."""
    start: int
    """Bars stamped before this were history, ns."""
    ticks: NDArray[np.int64]
    """The clock, ns."""
    first: int
    """The tick at which it began."""
    last: int
    """The tick at which it ended; `first` − 1 where that was before its first."""
    fills: FillRows
    flows: Sequence[CashFlow]
    """What moved cash without a fill, in order."""
    book: Sequence[Order]
    """Orders that could still have filled."""
    rejected: Sequence[Order]
    cash: int
    """What was left of it, in cash units, after all that was paid: as if nothing was held on margin."""
    held: Mapping[str, int]
    """Quantity units of each symbol."""
    position: Callable[[str], Position]
    """The holding in a symbol with its cost, which is added up from the fills when it is asked for."""
    capped: int
    """How many fills the bar's volume cut."""
    resized: int
    """How many targets the account's means cut to less than they were meant to be worth, by a hundredth or more."""
    liquidations: Set[int]
    """The numbers of the orders by which the margin rule closed holdings."""
    margin_calls: int
    """At how many ticks equity was under the maintenance margin, whether or not anything was held."""
    small_targets: Mapping[str, SmallTargets]
    """The targets that came to no order, as they were worth less than can be ordered, by symbol."""
    journal: Sequence[tuple[datetime, str]]
    """What the strategy logged, and when."""
    windows: Sequence[AskedWindow]
    stop_reason: str | None
    """Why the strategy ended it; None: it did not."""
    log: OrderLog | None
    """How its orders were placed and ended; None for a run whose account kept none."""
    ended: Mapping[int, int]
    """By number of an order that ended other than by a fill: the tick at which it did."""

    @cached_property
    def orders(self) -> Sequence[Order]:
        """Every order, in the order in which they were placed."""
        return self.fills.orders(self.book)

    def close(self, symbol: str) -> int | None:
        """The newest close at the end, in price units; None where the symbol had no bar yet."""
        prices = self.prices[symbol]
        index = prices.newest_at(self.last)
        return prices.close_units(index) if index >= 0 else None

    def instant(self, tick: int) -> int:
        """When a tick was, ns; before the first, the run's start."""
        tick = max(tick, self.first - 1)
        return int(self.ticks[tick]) if tick >= 0 else self.start
