"""A drawn scenario told again at other prices: from 1e-11 to 1e6, with the noise of floats, without facts, with ratios
that are no finite decimals. What is drawn here comes after all else: but for that a seed's scenario is the same.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tests.naive.chooser import Chooser
from tests.naive.scenario import Action, Argument, NaiveBar, NaiveSymbol, Op, Scenario

PRICES = frozenset({"limit", "stop", "trail", "take_profit", "stop_loss", "stop_loss_limit"})
FACTORS = [Decimal(text) for text in ("0.02", "0.02", "0.05", "0.001", "1e-4", "1e-6", "1e-9", "1e-12", "100", "1e4")]
"""Drawn prices lie around 5 to 100: two of these take them across a dollar."""
NOISE = [Decimal(1), Decimal(1), Decimal("0.123457"), Decimal(1) / 3]
"""What adjusting for dividends does to decimals: with the last one nothing is left of them."""
RATIOS = [
    Fraction(1, 3),
    Fraction(3, 2),
    Fraction(2, 3),
    Fraction(1, 7),
    Fraction(1231, 1000),
    Fraction(1, 15),
    Fraction(7),
]
Prices = Callable[[Decimal], Decimal]


def rescaled(scenario: Scenario, choose: Chooser) -> Scenario:
    """The scenario, or in half of the cases its like at other prices, quantities and volumes to match."""
    if not choose.chance(50):
        return scenario
    factor, noise = choose.pick(FACTORS), choose.pick(NOISE)
    units = max(Decimal(1), Decimal(1).scaleb(-factor.adjusted())) if choose.chance(80) else Decimal(1)

    def price(given: Decimal) -> Decimal:
        """The decimal of the float nearest to it, as data has it."""
        return Decimal(repr(float(given * factor * noise)))

    return replace(
        scenario,
        symbols=[_symbol(one, choose, price, units, factor) for one in scenario.symbols],
        program={tick: [_op(one, price, units) for one in ops] for tick, ops in scenario.program.items()},
    )


def _symbol(symbol: NaiveSymbol, choose: Chooser, price: Prices, units: Decimal, factor: Decimal) -> NaiveSymbol:
    assert symbol.tick is not None
    return replace(
        symbol,
        tick=choose.pick([None, None, symbol.tick * factor, symbol.tick]),
        bars=[_bar(bar, price, units) for bar in symbol.bars],
        actions=[_action(action, choose, price) for action in symbol.actions],
        margin=_margin(symbol.margin, factor),
        maintenance=_margin(symbol.maintenance, factor),
    )


def _margin(margin: Decimal | None, factor: Decimal) -> Decimal | None:
    """What a contract ties up at other prices: cash, of which there is no less than 1e-8."""
    return None if margin is None else max(round(margin * factor, 8), Decimal("1e-8"))


def _bar(bar: NaiveBar, price: Prices, units: Decimal) -> NaiveBar:
    return replace(
        bar,
        open=price(bar.open),
        high=price(bar.high),
        low=price(bar.low),
        close=price(bar.close),
        volume=bar.volume * units,
    )


def _action(action: Action, choose: Chooser, price: Prices) -> Action:
    kind, ex_date, value = action
    if kind == "split":
        return kind, ex_date, choose.pick([Fraction(value), *RATIOS])
    assert isinstance(value, Decimal)
    return kind, ex_date, price(value) if value else value


def _op(op: Op, price: Prices, units: Decimal) -> Op:
    args = list(op.args)
    if op.name in {"buy", "sell", "oco", "order_target"}:
        args[1] = _number(args[1]) * units
    return replace(
        op, args=tuple(args), kwargs={name: _option(name, one, price, units) for name, one in op.kwargs.items()}
    )


def _option(name: str, value: Argument, price: Prices, units: Decimal) -> Argument:
    if name in PRICES:
        given = _number(value)
        return price(given) if given else given
    return _number(value) * units if name == "quantity" else value


def _number(value: Argument) -> Decimal:
    assert isinstance(value, Decimal)
    return value
