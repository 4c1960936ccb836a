"""A drawn scenario with what holding costs, with costs a symbol, and with rates for makers and takers. What is drawn
here comes after all else: but for that a seed's scenario is the same.
"""

from dataclasses import replace
from decimal import Decimal

from tests.naive.chooser import Chooser
from tests.naive.scenario import NaiveCosts, NaiveSymbol, Op, Scenario

RATES = ("0", "0.05", "0.0825", "0.4", "0.0001", "3", "0.123456789")
"""A year's; with the high ones the margin rule has something to do."""
FUNDING = ("0.0001", "-0.0003", "0.00125", "0", "-0.00000001", "0.075", "0.0001234567")
SECOND = 10**9
MAKER, TAKER = ("0", "1", "12.5"), ("0", "5", "33.3")


def with_any_carry(scenario: Scenario, choose: Chooser) -> Scenario:
    """The scenario, in most of the cases with some of it."""
    match choose.weighted([("carry", 50), ("liquidity", 30), ("nothing", 20)]):
        case "carry":
            symbols = [_own(one, scenario.costs, choose) for one in scenario.symbols]
            symbols = [_financed(one, choose) for one in symbols]
            costs = _by_liquidity(scenario.costs, choose) if choose.chance(50) else scenario.costs
            rates = {name: Decimal(choose.pick(RATES)) for name in ("borrow_rate", "margin_rate")}
            return replace(scenario, symbols=symbols, costs=replace(costs, **rates))
        case "liquidity":
            program = _calm(scenario.program, choose) if choose.chance(60) else scenario.program
            symbols = [_own(one, scenario.costs, choose) for one in scenario.symbols]
            return replace(scenario, symbols=symbols, costs=_by_liquidity(scenario.costs, choose), program=program)
    return scenario


def without_carry(scenario: Scenario) -> Scenario:
    """The same, where nothing is charged for what is held."""

    def free(costs: NaiveCosts) -> NaiveCosts:
        return replace(costs, borrow_rate=Decimal(0), margin_rate=Decimal(0))

    symbols = [replace(one, funding=(), costs=free(scenario.costs_of(one.symbol))) for one in scenario.symbols]
    return replace(scenario, symbols=symbols, costs=free(scenario.costs))


def _own(symbol: NaiveSymbol, costs: NaiveCosts, choose: Chooser) -> NaiveSymbol:
    """In some of the cases with costs of its own."""
    if not choose.chance(30):
        return symbol
    factor = choose.pick([0, 2, 3])
    own = replace(costs, **{name: getattr(costs, name) * factor for name in ("commission_bps", "slippage_bps")})
    own = replace(own, max_participation=choose.pick([None, costs.max_participation]))
    return replace(symbol, costs=_by_liquidity(own, choose) if choose.chance(50) else own)


def _by_liquidity(costs: NaiveCosts, choose: Chooser) -> NaiveCosts:
    rates = Decimal(choose.pick(MAKER)), Decimal(choose.pick(TAKER))
    return replace(costs, commission_bps=Decimal(0), maker_bps=rates[0], taker_bps=rates[1])


def _financed(symbol: NaiveSymbol, choose: Chooser) -> NaiveSymbol:
    """With funding, or costs of its own that hold another rate for what is short."""
    own = None if symbol.costs is None else replace(symbol.costs, borrow_rate=Decimal(choose.pick(RATES)))
    return replace(symbol, costs=own, funding=_funding(symbol, choose) if choose.chance(50) else ())


def _funding(symbol: NaiveSymbol, choose: Chooser) -> tuple[tuple[int, Decimal], ...]:
    """At ends and opens of bars, within them and between them; before the first and after the last, too."""
    rates: dict[int, Decimal] = {}
    for bar in symbol.bars:
        if choose.chance(50):
            between = bar.opens + (bar.end - bar.opens) // choose.pick([2, 3, 97])
            when = choose.pick([bar.end, bar.opens, between, bar.opens - SECOND, bar.end + SECOND, bar.opens + SECOND])
            rates[when // SECOND * SECOND] = Decimal(choose.pick(FUNDING))
    return tuple(sorted(rates.items()))


def _calm(program: dict[int, list[Op]], choose: Chooser) -> dict[int, list[Op]]:
    """Few orders that last, so that most bars find nothing to do with them."""
    first = choose.integer(0, max(len(program) - 3, 0))
    few = sorted(program)[first : first + choose.integer(1, 3)]
    return {tick: [_lasting(op) for op in program[tick]] for tick in few}


def _lasting(op: Op) -> Op:
    return replace(op, kwargs={**op.kwargs, "tif": "gtc"}) if op.kwargs.get("tif") == "day" else op
