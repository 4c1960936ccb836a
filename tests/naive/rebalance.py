"""Target weights for several symbols at once, by the documented rule."""

from decimal import Decimal

from tests.naive.fills import target_quantity, working_quantity
from tests.naive.scenario import ZERO
from tests.naive.state import State

ROUNDING = Decimal("0.000000001")
REDUCES, SELLS, BUYS = 0, 1, 2
Step = tuple[int, str, Decimal | None]
"""When it has its turn, the symbol, and what is to be traded; None: the position is closed."""


def weights_of(arguments: tuple[object, ...]) -> dict[str, Decimal]:
    """Symbol, weight, symbol, weight …"""
    return {str(symbol): Decimal(str(weight)) for symbol, weight in zip(arguments[::2], arguments[1::2], strict=True)}


def steps(state: State, weights: dict[str, Decimal], *, others: str) -> list[Step]:
    """What there is to do, in the order in which it is done; nothing where the account may not hold that."""
    if not is_allowed(state, weights):
        return []
    if any(weight and not state.closes.get(symbol) for symbol, weight in weights.items()):
        return []
    named = [_step(state, symbol, weight) for symbol, weight in weights.items()]
    rest = [(REDUCES, symbol, None) for symbol in state.symbols if others == "close" and symbol not in weights]
    found: list[Step] = [step for step in [*named, *rest] if step is not None]
    return [step for turn in (REDUCES, SELLS, BUYS) for step in found if step[0] == turn]


def is_allowed(state: State, weights: dict[str, Decimal]) -> bool:
    """No more than all of the equity, or the leverage of a margin account, is paid for (a future on margin is not);
    below zero only where it may be short."""
    account = state.scenario.account
    if any(weight < 0 for weight in weights.values()) and not account.shorting:
        return False
    most = account.leverage if account.kind == "margin" else Decimal(1)
    paid = [abs(weight) for symbol, weight in weights.items() if state.symbols[symbol].margin is None]
    return sum(paid, ZERO) <= most + ROUNDING


def _step(state: State, name: str, weight: Decimal) -> Step | None:
    if not weight:
        return REDUCES, name, None
    symbol, close, held = state.symbols[name], state.closes[name], state.positions[name]
    assert isinstance(close, Decimal)
    target = target_quantity("percent", weight, close, symbol, state.equity())
    quantity = target - held - working_quantity(state, name)
    if abs(quantity) < max(symbol.lot, symbol.minimum):
        return None
    if quantity * held < 0 and abs(quantity) <= abs(held):
        return REDUCES, name, quantity
    return (SELLS if quantity < 0 else BUYS), name, quantity
