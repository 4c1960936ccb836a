"""Target weights of several symbols at once: what there is to do, and in which order."""

from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.errors import InvalidOrder
from weaver.model.numbers.money import Number, exact, plain

ROUNDING = Decimal("1e-9")
"""Of weights that were computed: by so much their sum may be above what the account allows."""
OTHERS = ("leave", "close")


class Turn(IntEnum):
    """What goes first: what frees means, then what brings cash, then what takes it."""

    REDUCE = 0
    SELL = 1
    BUY = 2


class Step(NamedTuple):
    """One symbol's part; without a weight its position is closed, and its orders are cancelled."""

    turn: Turn
    symbol: str
    weight: Number | None


def checked_weights(
    weights: Mapping[str, Number], rules: AccountRules, *, others: str, on_margin: Set[str] = frozenset()
) -> Mapping[str, Decimal]:
    """The weights as exact shares of the equity. Raises InvalidOrder on what is none, and on what the account may not
    hold. `on_margin`: symbols that are not paid for, of which only their margin bounds how much is held."""
    given: object = weights
    if not isinstance(given, Mapping):
        raise InvalidOrder(f'rebalance takes weights by symbol, as {{"SPY": 0.6, "TLT": 0.4}}, not {weights!r}')
    if others not in OTHERS:
        raise InvalidOrder(f"others is 'leave' or 'close', not {others!r}")
    if not given and others == "leave":
        raise InvalidOrder("rebalance({}) names no symbol and leaves all others: others='close' closes what is held")
    found = {symbol: exact(weight, name=f"{symbol}: a weight") for symbol, weight in weights.items()}
    short = next((symbol for symbol, weight in found.items() if weight < 0), None)
    if short is not None and not rules.shorting:
        raise InvalidOrder(
            f"{short}: a weight of {plain(found[short])} is a short position, and this account allows none: add "
            "account='margin' and shorting=True"
        )
    most = rules.leverage if rules.kind is AccountKind.MARGIN else Decimal(1)
    total = sum((abs(weight) for symbol, weight in found.items() if symbol not in on_margin), Decimal(0))
    if total > most + ROUNDING:
        raise InvalidOrder(
            f"the weights come to {plain(total)} of the equity, and this account may hold {plain(most)}: make them less"
        )
    return found


def steps(
    symbols: Sequence[str],
    weights: Mapping[str, Number],
    missing: Mapping[str, int],
    held: Mapping[str, int],
    *,
    others: str,
) -> Sequence[Step]:
    """What there is to do, in the order in which it is done. `symbols`: the run's; `missing`: what is to be traded of
    each that has a weight other than 0, in quantity units (negative: sold)."""
    return sorted(_steps(symbols, weights, missing, held, others=others), key=lambda step: step.turn)


def _steps(
    symbols: Sequence[str],
    weights: Mapping[str, Number],
    missing: Mapping[str, int],
    held: Mapping[str, int],
    *,
    others: str,
) -> Iterator[Step]:
    for symbol, weight in weights.items():
        if symbol not in missing:
            yield Step(Turn.REDUCE, symbol, None)
            continue
        units, now = missing[symbol], held[symbol]
        if units * now < 0 and abs(units) <= abs(now):
            yield Step(Turn.REDUCE, symbol, weight)
        else:
            yield Step(Turn.SELL if units < 0 else Turn.BUY, symbol, weight)
    if others == "close":
        yield from (Step(Turn.REDUCE, symbol, None) for symbol in symbols if symbol not in weights)
