"""Splits, dividends, delistings and what holding costs: when they happen in a run, and what they do."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from weaver.greta.ledger.carry import Carry
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.matching import Matcher
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split, ex_day
from weaver.model.numbers.money import CASH_ONE, divide_half_even
from weaver.model.orders.execution import AT_CLOSE, AT_OPEN

NEVER = 2**62
SymbolAction = tuple[str, CorporateAction]


class CorporateEvents:
    """The corporate actions of a run by tick, and ahead of them what holding costs."""

    def __init__(
        self, prices: Mapping[str, Prices], ledger: Ledger, matcher: Matcher, carry: Carry, first: int, last: int
    ) -> None:
        self._prices, self._ledger, self._matcher, self._carry = prices, ledger, matcher, carry
        self.ticks: dict[int, list[SymbolAction]] = defaultdict(list)
        """What happens before a tick's fills."""
        self.late: dict[int, list[SymbolAction]] = defaultdict(list)
        """Delistings that no later bar of their symbol carries: after a tick's fills."""
        for symbol, price in prices.items():
            for action in sorted(price.listing.actions, key=lambda action: action.ex_date):
                self._schedule(symbol, price, action, first, last)
        for tick in carry.before:
            self.ticks[tick] += ()
        for tick in carry.after:
            self.late[tick] += ()
        self.agenda = sorted({*self.ticks, *self.late})
        """The ticks at which something happens."""

    def _schedule(self, symbol: str, prices: Prices, action: CorporateAction, first: int, last: int) -> None:
        index = prices.bar_from(action)
        if index < prices.count:
            tick = prices.tick_of(index)
            if tick >= first:
                self.ticks[tick].append((symbol, action))
        elif isinstance(action, Delisting):
            close = prices.session_end(ex_day(action))
            tick = min(int(np.searchsorted(self._matcher.ticks, close)), last)
            self.late[tick].append((symbol, action))

    def next_after(self, tick: int) -> int:
        """The first tick after `tick` at which something happens."""
        at = bisect_right(self.agenda, tick)
        return self.agenda[at] if at < len(self.agenda) else NEVER

    def happen(self, tick: int) -> None:
        """Apply what falls before a tick's fills."""
        self._carry.book_before(tick)
        for symbol, action in self.ticks[tick]:
            self._apply(symbol, action, tick, AT_OPEN)

    def happen_late(self, tick: int) -> None:
        """Apply what falls after a tick's fills."""
        self._carry.book_after(tick)
        for symbol, action in self.late[tick]:
            self._apply(symbol, action, tick, AT_CLOSE)

    def _apply(self, symbol: str, action: CorporateAction, tick: int, place: int) -> None:
        prices = self._prices[symbol]
        match action:
            case Split(ratio=ratio):
                self._split(prices, ratio.as_integer_ratio(), tick)
            case Dividend(amount=amount):
                held = self._ledger.units[symbol]
                if held:
                    numerator, denominator = amount.as_integer_ratio()
                    cash = divide_half_even(held * numerator * CASH_ONE, denominator * prices.scale.quantity_one)
                    self._ledger.dividend(symbol, cash, tick)
            case Delisting(value=value):
                if self._ledger.units[symbol]:
                    self._ledger.delist(symbol, Fraction(value) * prices.scale.price_one, tick, place)
                self._matcher.exchange.withdraw(symbol, "the symbol was delisted")

    def _split(self, prices: Prices, ratio: tuple[int, int], tick: int) -> None:
        previous = prices.bar_before(tick)
        if previous >= 0:
            self._ledger.split(prices.symbol, ratio=ratio, previous_close=prices.close_exact(previous), tick=tick)
            prices.rescale(previous, ratio)
        self._matcher.exchange.split(prices.symbol, ratio)
