"""Splits, dividends and delistings."""

from decimal import Decimal
from fractions import Fraction

from tests.naive.orders import Group, Order
from tests.naive.prices import nearest_price
from tests.naive.rounding import to_cash, toward_zero, worth
from tests.naive.scenario import DAY, Action, NaiveSymbol
from tests.naive.state import State, end_order, settle_group
from tests.naive.ticks import Ticks


def apply_before_bars(state: State, pending: dict[str, list[Action]]) -> None:
    """The actions that the tick's bars carry, in symbol order, then by date, then in file order."""
    for name in state.symbols:
        bar = state.bars.get(name)
        while bar is not None and pending[name] and pending[name][0][1] <= bar.session:
            _apply(state, name, pending[name].pop(0))


def apply_late_delistings(state: State, pending: dict[str, list[Action]], *, is_last_tick: bool) -> None:
    """Delistings that no later bar of their symbol can carry, at the first tick after their session's close."""
    for name, symbol in state.symbols.items():
        last_session = symbol.bars[-1].session
        for action in list(pending[name]):
            kind, ex_date, _ = action
            if kind != "delisting" or ex_date <= last_session:
                continue
            if is_last_tick or state.now >= _session_close(state, symbol, ex_date):
                pending[name].remove(action)
                _apply(state, name, action)


def _session_close(state: State, symbol: NaiveSymbol, day: int) -> int:
    if day in symbol.closes:
        return symbol.closes[day]
    peers = (one for one in state.scenario.symbols if one.asset_class == symbol.asset_class)
    return next((bar.session_close for one in peers for bar in one.bars if bar.session == day), (day + 1) * DAY)


def _apply(state: State, name: str, action: Action) -> None:
    kind, _, number = action
    if kind == "split":
        _split(state, name, Fraction(number))
    elif kind == "dividend":
        state.pay("dividend", name, worth(state.positions[name], number))
    else:
        state.pay("delisting", name, worth(state.positions[name], number))
        state.positions[name] = state.positions[name] * 0
        for order in list(state.open_orders):
            if order.symbol == name and order.is_open:
                end_order(order, "cancelled", "delisted")


def _split(state: State, name: str, ratio: Fraction) -> None:
    symbol = state.symbols[name]
    exact = Fraction(state.positions[name]) * ratio
    state.positions[name] = _times(state.positions[name], ratio, symbol.lot)
    if name in state.closes:
        fraction, close = exact - Fraction(state.positions[name]), Fraction(state.closes[name]) / ratio
        state.pay("split", name, to_cash(fraction * close))
        state.closes[name] = close
    groups: list[Group] = []
    for order in [one for one in state.open_orders if one.symbol == name and one.is_open]:
        _split_prices(order, ratio, state.ticks[name])
        if order.group is not None and order.group not in groups:
            groups.append(order.group)
        if not order.is_leg:
            order.left = _times(order.left, ratio, symbol.lot)
    for group in groups:
        _split_group(group, ratio, symbol.lot)
    for order in list(state.open_orders):
        if order.symbol == name and order.is_open and not order.is_leg and order.left == 0:
            end_order(order, "cancelled", "split")


def _times(quantity: Decimal, ratio: Fraction, lot: Decimal) -> Decimal:
    """A quantity on the new scale, cut toward zero to the lot: one division of whole numbers, so that none is lost."""
    return toward_zero(quantity * ratio.numerator / ratio.denominator, lot)


def _split_prices(order: Order, ratio: Fraction, ticks: Ticks) -> None:
    order.limit = None if order.limit is None else nearest_price(Fraction(order.limit) / ratio, ticks)
    order.stop = None if order.stop is None else nearest_price(Fraction(order.stop) / ratio, ticks)
    order.trail = None if order.trail is None else nearest_price(Fraction(order.trail) / ratio, ticks)
    order.mark = None if order.mark is None else Fraction(order.mark) / ratio


def _split_group(group: Group, ratio: Fraction, lot: Decimal) -> None:
    group.remaining = _times(group.remaining, ratio, lot)
    if group.entry_cap is not None:
        group.entry_cap = _times(group.entry_cap, ratio, lot)
    settle_group(group)
