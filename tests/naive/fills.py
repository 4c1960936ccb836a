"""From a price to a fill: how much of an order fills, whether it can be paid, and what that changes."""

from decimal import Decimal
from fractions import Fraction

from tests.naive.orders import Order
from tests.naive.prices import commission_due, computed_commission, nearest_price, slipped
from tests.naive.rounding import to_cash, toward_zero
from tests.naive.scenario import ZERO, NaiveBar, NaiveFill, NaiveSymbol
from tests.naive.state import State, end_order, settle_group
from tests.naive.ticks import Ticks


def try_fill(
    state: State, order: Order, bar: NaiveBar, price: Decimal, *, at_open: bool, maker: bool, notes: set[str]
) -> None:
    """Fill what can be filled of a working order whose price condition holds at `price`; `maker`: it rested before."""
    if order.only_reduces and reducible(state, order) == 0:
        end_order(order, "cancelled", "no_position")
        return
    pool = state.pools[order.symbol]
    if pool == 0:
        return
    if order.fill_target is not None and not _size_at_fill(state, order, price):
        end_order(order, "cancelled", "nothing_to_do")
        return
    if order.tif == "fok":
        quantity = _all_or_nothing(state, order, price, pool, notes)
    else:
        quantity = _as_much_as_possible(state, order, price, pool, notes, maker=maker)
    if quantity > 0:
        book(state, order, bar, price, quantity, at_open=at_open, maker=maker, notes=notes)


def reducible(state: State, order: Order) -> Decimal:
    """The position that an order of its direction could reduce."""
    return max(ZERO, -order.side * state.positions[order.symbol])


def wanted(state: State, order: Order) -> Decimal:
    """What the order would fill if neither volume nor cash bound it."""
    if not order.only_reduces:
        return order.left
    left = order.left if order.group is None else order.group.remaining
    return min(left, reducible(state, order))


def _as_much_as_possible(
    state: State, order: Order, price: Decimal, pool: Decimal | None, notes: set[str], *, maker: bool
) -> Decimal:
    quantity = wanted(state, order)
    if pool is not None:
        quantity = min(quantity, pool)
    if can_pay(state, order, quantity, price, maker=maker):
        return quantity
    if order.filled > 0:
        end_order(order, "cancelled", "cannot_pay_rest")
        return ZERO
    return _cut_or_reject(state, order, quantity, price, notes, maker=maker)


def _all_or_nothing(state: State, order: Order, price: Decimal, pool: Decimal | None, notes: set[str]) -> Decimal:
    """An order that never rests. Zero leaves it as it was for the end of its only open, where it is cancelled."""
    quantity, left = wanted(state, order), order.left
    if not can_pay(state, order, quantity, price, maker=False):
        quantity = _cut_or_reject(state, order, quantity, price, notes, maker=False)
    if pool is not None and quantity > pool:
        order.left = left
        return ZERO
    return quantity


def _cut_or_reject(
    state: State, order: Order, quantity: Decimal, price: Decimal, notes: set[str], *, maker: bool
) -> Decimal:
    """The part of an unpayable first fill that can be paid, which becomes the whole order; or zero and a rejection."""
    lot = state.symbols[order.symbol].lot
    cut = _largest_payable(state, order, quantity, price, lot, maker=maker) if order.cuttable else ZERO
    if cut == 0:
        end_order(order, "rejected", "cannot_pay")
        return ZERO
    notes.add("resized")
    order.left = cut
    return cut


def _largest_payable(
    state: State, order: Order, quantity: Decimal, price: Decimal, lot: Decimal, *, maker: bool
) -> Decimal:
    """Binary search over lots: what can be paid is a stretch from zero up."""
    payable, unpayable = 0, int(quantity / lot)
    while unpayable - payable > 1:
        middle = (payable + unpayable) // 2
        if can_pay(state, order, middle * lot, price, maker=maker):
            payable = middle
        else:
            unpayable = middle
    return payable * lot


def can_pay(state: State, order: Order, quantity: Decimal, price: Decimal, *, maker: bool) -> bool:
    """Whether the account allows a fill of `quantity` at `price` before slippage."""
    account, costs = state.scenario.account, state.scenario.costs_of(order.symbol)
    before = state.positions[order.symbol]
    after = before + order.side * quantity
    if before * order.side < 0 and quantity <= abs(before):
        return True
    paid = slipped(order, price, costs, state.ticks[order.symbol])
    moved = state.worth(order.symbol, order.side * quantity, paid)
    cash = state.cash - commission_due(order, quantity, paid, costs, state.symbols[order.symbol], maker=maker)
    values, tied = [], ZERO
    for name, symbol in state.symbols.items():
        held = after if name == order.symbol else state.positions[name]
        value = state.worth(name, after, price) if name == order.symbol else state.value_of(name)
        if symbol.margin is None:
            values.append(value)
            cash -= moved if name == order.symbol else ZERO
        else:
            cash += value - state.settled[name] - (moved if name == order.symbol else ZERO)
            tied += to_cash(symbol.margin * abs(held))
    if account.kind == "cash":
        return cash >= tied and after >= 0
    if after < 0 and not account.shorting:
        return False
    equity = cash + sum(values, ZERO)
    return sum((abs(value) for value in values), ZERO) <= account.leverage * (equity - tied)


def _size_at_fill(state: State, order: Order, price: Decimal) -> bool:
    """Settle the quantity of a target at its first fill; False when nothing is left to do in its direction."""
    assert order.fill_target is not None
    kind, number = order.fill_target
    symbol = state.symbols[order.symbol]
    target = target_quantity(kind, number, price, symbol, _equity_as_tick_began(state, order.symbol, price))
    others = working_quantity(state, order.symbol, besides=order)
    quantity = order.side * (target - state.positions[order.symbol] - others)
    if quantity < max(symbol.lot, symbol.minimum):
        return False
    order.left, order.fill_target = quantity, None
    return True


def _equity_as_tick_began(state: State, symbol: str, price: Decimal) -> Decimal:
    equity = state.cash_as_tick_began
    for other, held in state.positions_as_tick_began.items():
        if held:
            equity += state.worth(other, held, price if other == symbol else state.closes[other])
        equity -= state.settled_as_tick_began.get(other, ZERO)
    return equity


def target_quantity(kind: str, number: Decimal, price: Decimal, symbol: NaiveSymbol, equity: Decimal) -> Decimal:
    """The position that a target asks for: units, or a value or share of equity at `price`, cut to lots."""
    if kind == "units":
        return toward_zero(number, symbol.lot)
    value = number * equity if kind == "percent" else number
    return toward_zero(value / (price * symbol.multiplier), symbol.lot)


def working_quantity(state: State, symbol: str, besides: Order | None = None) -> Decimal:
    """What the symbol's open orders may still add to its position, exit legs not counted; buys are positive.

    For an order that is sized at its fill only the older ones count: a younger target has counted it already.
    """
    counted = (
        order
        for order in state.open_orders
        if order.is_open
        and order.symbol == symbol
        and not order.is_leg
        and (besides is None or order.ordinal < besides.ordinal)
    )
    return sum((order.side * order.left for order in counted), ZERO)


def book(
    state: State,
    order: Order,
    bar: NaiveBar,
    price: Decimal,
    quantity: Decimal,
    *,
    at_open: bool,
    maker: bool,
    notes: set[str],
) -> None:
    """Let `quantity` fill at `price` before slippage: cash, position, order, group, and the fill itself."""
    assert bar.low <= price <= bar.high, f"{price} outside [{bar.low}, {bar.high}]"
    costs = state.scenario.costs_of(order.symbol)
    paid = slipped(order, price, costs, state.ticks[order.symbol])
    symbol = state.symbols[order.symbol]
    commission = commission_due(order, quantity, paid, costs, symbol, maker=maker)
    order.commission_sum += computed_commission(quantity, paid, costs, symbol, maker=maker)
    order.commission_paid += commission
    state.cash -= commission
    moved = state.worth(order.symbol, order.side * quantity, paid)
    if symbol.margin is None:
        state.cash -= moved
    else:
        state.settled[order.symbol] += moved
    state.positions[order.symbol] += order.side * quantity
    if order.symbol not in state.closed:
        state.closes[order.symbol] = price  # filled before its first bar has closed: worth the newest price there is
    pool = state.pools.get(order.symbol)
    if pool is not None:
        state.pools[order.symbol] = pool - quantity
    state.fills.append(
        NaiveFill(
            ordinal=order.ordinal,
            symbol=order.symbol,
            side="buy" if order.side > 0 else "sell",
            quantity=quantity,
            price=paid,
            raw_price=price,
            slippage=order.side * (paid - price),
            commission=commission,
            bar_start=bar.start,
            timestamp=bar.opens if at_open else bar.end,
            at_open=at_open,
            notes=frozenset(notes | ({"liquidation"} if order.liquidation else set())),
        )
    )
    _advance(order, quantity)
    if order.group is not None:
        _advance_group(order, bar, price, paid, quantity, ticks=state.ticks[order.symbol], at_open=at_open)


def _advance(order: Order, quantity: Decimal) -> None:
    order.filled += quantity
    order.left -= quantity
    order.status = "filled" if order.left == 0 and not order.is_leg else "partial"


def _advance_group(
    order: Order, bar: NaiveBar, price: Decimal, paid: Decimal, quantity: Decimal, *, ticks: Ticks, at_open: bool
) -> None:
    """Move a group's remaining quantity by a fill of its entry (waiting legs join) or of one of its legs."""
    group = order.group
    assert group is not None
    if order.is_leg:
        group.remaining -= quantity
        if group.remaining == 0 and not group.entry_is_open():
            order.status = "filled"
    else:
        counted = quantity if group.entry_cap is None else min(quantity, group.entry_cap)
        group.remaining += counted
        group.entered = True
        if not at_open:
            group.inside_bar, group.inside_price = bar, price
        if group.entry_cap is not None:
            group.entry_cap -= counted
        for leg in group.open_legs():
            if leg.status == "pending":
                _join(leg, bar)
                _price_leg(leg, Fraction(paid), ticks)
    settle_group(group)


def _price_leg(leg: Order, paid: Fraction, ticks: Ticks) -> None:
    """Give a leg the prices that it has in percent of what its entry has just paid.

    A long position (the leg sells) takes its profit above that and its loss below it, a short one the other way round.
    """
    if leg.stop is None and leg.stop_percent is not None:
        leg.stop = nearest_price(paid * (1 + leg.side * Fraction(leg.stop_percent) / 100), ticks)
    if leg.limit is None and leg.limit_percent is not None:
        way = leg.side if leg.type == "stop_limit" else -leg.side
        exact = paid * (1 + way * Fraction(leg.limit_percent) / 100)
        tick = ticks.at(exact)
        count = exact / Fraction(tick)
        leg.limit = max((count.__floor__() if leg.side > 0 else count.__ceil__()) * tick, tick)


def _join(leg: Order, bar: NaiveBar) -> None:
    leg.status = "accepted"
    leg.joined_bar = bar
    if leg.type == "trailing_stop":
        leg.mark = bar.close
