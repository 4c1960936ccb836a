"""The short way of plain market orders: from what was asked for to the ledger in one step."""

from collections.abc import Callable, Mapping

import numpy as np

from weaver.greta.ledger.fill_rows import Plain
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.ledger.settlement import MARGIN
from weaver.model.account.account_kind import AccountKind
from weaver.model.errors import RunFailed
from weaver.model.orders.order import Order

Fill = Callable[[Order, int], bool]
"""Fills an order at the open of a bar of its symbol, by index, or does nothing and says False."""
Bound = Callable[[float, int, int, int], float | None]
"""Of the bound of the cash that a fill leaves, its signed units, what is held before it, and its bar: the bound to go
on with, or None where the account may not allow the fill."""


class PlainOrders:
    """Fills plain market orders at the opens of a tick's bars, as long as nothing can stand between them and it.

    It is for what nearly all orders are: the symbol's next bar may fill them, no participation cap cuts them, and the
    account can surely pay for them whole. Whatever else comes is left as it is, for the long way. It only notes that an
    order filled; what it came to is settled when somebody looks (`Settlement`). Orders placed up to the instant `begin`
    may act on any bar; `start` is the run's, both ns.
    """

    def __init__(self, ledger: Ledger, *, begin: int, start: int) -> None:
        self._prices, self._placed, self._kept, self._begin = (
            ledger.prices, ledger.fills.placed, ledger.fills.kept, begin,
        )  # fmt: skip
        self._by_symbol = {
            symbol: _fill_of(ledger, prices, index) for index, (symbol, prices) in enumerate(ledger.prices.items())
        }
        ledger.fills.plain += [Plain(prices.scale, prices.ends, start) for prices in ledger.prices.values()]
        simple = (one.is_contiguous and one.all_tradable and one.tick_of_bar is None for one in ledger.prices.values())
        self.is_simple = all(simple)
        """Whether any order can fill on the very next bar, whatever its symbol: bars are ticks."""
        self.fills: Fill = _fills_on_any(self._by_symbol) if self.is_simple else self._fills
        """Fills a plain order at the open of its symbol's bar of a tick, or does nothing and says False."""

    def keep(self, order: Order) -> None:
        """Keep an order that has filled, as it is more than its row says."""
        self._kept[order.number] = order

    def _fills(self, order: Order, tick: int) -> bool:
        prices = self._prices[order.scale.symbol]
        bar = prices.bar_at(tick)
        if bar < 0 or not prices.is_tradable(bar, extended=False) or self._begin < order.placed > prices.opens[bar]:
            return False
        if not self._by_symbol[order.scale.symbol](order, bar):
            return False
        self._placed[order.number] = order.placed
        return True


def _fills_on_any(by_symbol: Mapping[str, Fill]) -> Fill:
    """What fills orders of any symbol where each has its bars at the ticks."""
    if len(by_symbol) == 1:
        return next(iter(by_symbol.values()))
    return lambda order, bar: by_symbol[order.scale.symbol](order, bar)


def _fill_of(ledger: Ledger, prices: Prices, index: int) -> Fill:
    """What fills plain market orders of one symbol, the run's at `index`. All that it needs is looked up once."""
    if prices.costs.max_participation is not None or ledger.has_margin:
        return _no_fill
    settlement, opens, held, symbol, fills = (
        ledger.settlement, prices.open, ledger.units, prices.symbol, ledger.fills,
    )  # fmt: skip
    bounds, is_margin = settlement.bounds[symbol], ledger.rules.kind is AccountKind.MARGIN
    dearest, cheapest, each, fixed = bounds.dearest, bounds.cheapest, bounds.each, bounds.fixed
    enter, flatten = ledger.shown[symbol].append, ledger.shown[symbol].clear
    number, unit, bar_, which = fills.numbers.append, fills.units.append, fills.bars.append, fills.which.append
    filled, bound_of = fills.filled_whole, (_on_margin if is_margin else _on_cash)(ledger, prices)

    def fill(order: Order, bar: int) -> bool:
        units, holding = order.units, held[symbol]
        if order.sign > 0:
            after = holding + units
            left = settlement.at_least - units * (opens[bar] * dearest + each) - fixed
            is_sure = not is_margin and left >= 0 <= holding
        else:
            after, units = holding - units, -units
            left = settlement.at_least - units * (opens[bar] * cheapest - each) - fixed
            is_sure = after >= 0
        if not is_sure:
            bound = bound_of(left, units, holding, bar)
            if bound is None:
                return False
            left = bound
        settlement.at_least = left
        held[symbol] = after
        if not after:
            flatten()
        elif not holding:
            enter(True)
        unit(units)
        which(index)
        number(order.number)
        bar_(bar)
        order.__class__ = filled
        return True

    return fill


def _no_fill(order: Order, bar: int) -> bool:
    del order, bar
    return False


def _on_cash(ledger: Ledger, prices: Prices) -> Bound:
    """A cash account pays for what adds to a long position, exactly, and allows no short one."""

    def bound_of(left: float, units: int, holding: int, bar: int) -> float | None:
        del left
        if units < 0 or holding < 0:
            return None
        _, _, commission, value = ledger.settlement.amounts(prices, units, prices.open_units(bar))
        exact = ledger.cash - value - commission
        return None if exact < 0 else ledger.settlement.below(exact)

    return bound_of


def _on_margin(ledger: Ledger, prices: Prices) -> Bound:
    """A margin account allows what only reduces a position, and what its leverage surely covers."""
    rules, opens, held, slack = ledger.rules, prices.open, ledger.units, ledger.settlement.slack
    leverage, by_value = float(rules.leverage), ledger.settlement.bounds[prices.symbol].by_value
    others = [one for one in ledger.prices.values() if one is not prices]

    def bound_of(left: float, units: int, holding: int, bar: int) -> float | None:
        if not bar:
            return (
                None  # until its first bar has closed it is valued at its fill's price, which only the long way notes
            )
        after = holding + units
        if holding * units < 0 <= holding * after:
            return left
        if after < 0 and not rules.shorting:
            return None
        net = after * opens[bar] * by_value
        gross = abs(net)
        for one in others:
            if held[one.symbol]:
                value = float(ledger.value(one.symbol, held[one.symbol], prices.tick_of(bar) - 1))
                net, gross = net + value, gross + abs(value)
        return left if gross * (1 + MARGIN) + slack <= leverage * (left + net - gross * MARGIN) else None

    return bound_of


def check_opens(ledger: Ledger) -> None:
    """Every open that was filled at lies within its bar, all at once after the run. Raises RunFailed."""
    fills = ledger.fills
    which, all_bars = np.array(fills.which), np.array(fills.bars)
    inside = list(fills.places)
    for index, prices in enumerate(ledger.prices.values()):
        is_own = which == index
        is_own[inside] = False
        bars, market = all_bars[is_own], prices.listing.bars
        opens = market.open[bars]
        wrong = np.flatnonzero((opens < market.low[bars]) | (opens > market.high[bars]))
        if len(wrong):
            at = int(bars[wrong[0]])
            stamp = np.datetime64(int(market.timestamp[at]), "ns").astype("datetime64[s]")
            raise RunFailed(
                f"{prices.symbol} {stamp}: the open {market.open[at]} lies outside the bar's low {market.low[at]} and "
                f"high {market.high[at]}, and an order filled at it: check the bars (weaver data check)"
            )
