"""A drawn scenario with what holding costs, with costs a symbol, and with rates for makers and takers. What is drawn
here comes after all else: but for that a seed's scenario is the same.
"""

from dataclasses import replace
from decimal import Decimal

from tests.naive.chooser import Chooser
from tests.naive.scenario import NaiveCosts, NaiveSymbol, Scenario

RATES = ("0", "0.05", "0.0825", "0.4", "0.0001", "3", "0.123456789")
"""A year's; with the high ones the margin rule has something to do."""
FUNDING = ("0.0001", "-0.0003", "0.00125", "0", "-0.00000001", "0.075", "0.0001234567")
MAKER, TAKER = ("0", "1", "12.5"), ("0", "5", "33.3")


def with_any_carry(scenario: Scenario, choose: Chooser) -> Scenario:
    """The scenario, in most of the cases with some of it."""
    if choose.chance(20):
        return scenario
    margin_rate = Decimal(choose.pick(RATES))
    symbols = [_symbol(one, scenario.costs, choose) for one in scenario.symbols]
    return replace(scenario, symbols=symbols, costs=replace(_costs(scenario.costs, choose), margin_rate=margin_rate))


def _costs(costs: NaiveCosts, choose: Chooser) -> NaiveCosts:
    if choose.chance(50):
        rates = Decimal(choose.pick(MAKER)), Decimal(choose.pick(TAKER))
        costs = replace(costs, commission_bps=Decimal(0), maker_bps=rates[0], taker_bps=rates[1])
    return replace(costs, borrow_rate=Decimal(choose.pick(RATES)))


def _symbol(symbol: NaiveSymbol, costs: NaiveCosts, choose: Chooser) -> NaiveSymbol:
    own = None
    if choose.chance(30):
        factor = choose.pick([0, 2, 3])
        own = replace(costs, **{name: getattr(costs, name) * factor for name in ("commission_bps", "slippage_bps")})
        own = replace(_costs(own, choose), max_participation=choose.pick([None, costs.max_participation]))
    funding = _funding(symbol, choose) if choose.chance(50) else ()
    return replace(symbol, costs=own, funding=funding)


def _funding(symbol: NaiveSymbol, choose: Chooser) -> tuple[tuple[int, Decimal], ...]:
    """At ends and opens of bars, within them and between them; before the first and after the last, too."""
    rates: dict[int, Decimal] = {}
    for bar in symbol.bars:
        if choose.chance(50):
            between = bar.opens + (bar.end - bar.opens) // choose.pick([2, 3, 97])
            when = choose.pick([bar.end, bar.opens, between, bar.opens - 1, bar.end + 1, bar.opens + 1])
            rates[when] = Decimal(choose.pick(FUNDING))
    return tuple(sorted(rates.items()))
