"""A drawn program told again in other words: exits in percent of what the entry pays, stops that trail, weights for
several symbols at once. What is drawn here comes after all else: but for that a seed's scenario is the same.
"""

from dataclasses import replace
from decimal import Decimal

from tests.naive.chooser import Chooser
from tests.naive.scenario import Argument, Op, Scenario

PROFITS = ("2%", "0.5%", "0.07%", "5%", "0.2%", "12.5%", "33.3333%", "120%")
LOSSES = ("1%", "0.05%", "2.5%", "0.3%", "0.1%", "7%", "40%", "99.9%")
WEIGHTS = ("0.3333", "0.5", "0", "0.25", "0.3", "0.9", "1", "-0.4", "1.6")
IMPOSSIBLE = ("0%", "100%", "-2%")
"""No distance, or none that leaves a price, of a loss."""


def with_any_word(scenario: Scenario, choose: Chooser) -> Scenario:
    """The scenario with some of them, in half of the cases."""
    if not choose.chance(50):
        return scenario
    symbols = [one.symbol for one in scenario.symbols]
    program = {index: [_op(one, symbols, choose) for one in ops] for index, ops in scenario.program.items()}
    return replace(scenario, program=program)


def _op(op: Op, symbols: list[str], choose: Chooser) -> Op:
    if op.name.startswith("order_target") and choose.chance(25):
        return _rebalance(symbols, choose)
    exits = dict(op.kwargs)
    if "take_profit" in exits and choose.chance(60):
        exits["take_profit"] = choose.pick(PROFITS)
    if "stop_loss" in exits:
        _lose(exits, choose)
    if {"take_profit", "stop_loss"} <= exits.keys() and choose.chance(20):  # so near that a bar reaches both
        exits.update(take_profit="0.07%", stop_loss="0.05%")
        exits.pop("stop_loss_limit", None)
    return op if exits == op.kwargs else replace(op, kwargs=exits)


def _rebalance(symbols: list[str], choose: Chooser) -> Op:
    """Weights of some symbols, or none, in any order; of a few the account allows no such."""
    first = choose.integer(0, len(symbols) - 1)
    turned = symbols[first:] + symbols[:first]
    args: list[Argument] = []
    for symbol in turned[: choose.integer(0, len(symbols))]:
        args += [symbol, Decimal(choose.pick(WEIGHTS))]
    others: dict[str, Argument] = choose.pick([{}, {}, {"others": "close"}, {"others": "leave"}])
    return Op(name="rebalance", args=tuple(args), kwargs=others)


def _lose(exits: dict[str, Argument], choose: Chooser) -> None:
    match choose.pick(["as it is", "percent", "trail", "trail_percent"]):
        case "percent":
            exits["stop_loss"] = choose.pick(IMPOSSIBLE if choose.chance(3) else LOSSES)
            if "stop_loss_limit" in exits and choose.chance(75):
                exits["stop_loss_limit"] = choose.pick(LOSSES)
        case "trail" | "trail_percent" as kind:
            stop = exits.pop("stop_loss")
            exits.pop("stop_loss_limit", None)
            assert isinstance(stop, Decimal)
            exits["stop_loss_trail"] = max(stop / 40, Decimal("0.01")) if kind == "trail" else choose.pick(LOSSES)
            if choose.chance(2):
                exits["stop_loss"] = stop  # two stops: refused
