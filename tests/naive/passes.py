"""Which orders get their turn on the bars of a tick, and in which order."""

from tests.naive.fills import try_fill
from tests.naive.orders import Order
from tests.naive.prices import is_taken, price_as_triggered, price_at_open, price_inside, touches_limit
from tests.naive.scenario import NaiveBar
from tests.naive.state import State, end_order

ONE_OPEN = frozenset({"ioc", "fok", "opg"})
ONE_PRICE = ONE_OPEN | {"cls"}


def open_pass(state: State) -> None:
    """All working orders at the opens, by age; legs that join get their turn at once."""
    had_turn: set[int] = set()
    while (order := _oldest_without_turn(state, had_turn)) is not None:
        had_turn.add(order.ordinal)
        bar = state.bars[order.symbol]
        if not _acts(state, order, bar) or order.tif == "cls":
            continue
        price = price_at_open(order, bar.open, state.ticks[order.symbol])
        if price is not None:
            order.marketable_bar = bar
            try_fill(state, order, bar, price, at_open=True, maker=order.rested, notes=set())
        order.rested = order.limit is not None and (order.triggered or not order.is_stop)


def inside_pass(state: State) -> None:
    """All orders that still work, by age, a group's stop leg in the place of its oldest leg."""
    had_turn: set[int] = set()
    while (order := _oldest_without_turn(state, had_turn)) is not None:
        order = _stop_leg_first(order, had_turn)
        had_turn.add(order.ordinal)
        bar = state.bars[order.symbol]
        if order.tif in ONE_PRICE:
            continue  # they have an open or a close only; a bar that lets a leg in inside gives it no open
        if _acts(state, order, bar) and order.marketable_bar is not bar:
            _turn_inside(state, order, bar)


def close_pass(state: State) -> None:
    """The cls orders that work as the bars close, by age, at the close of their session's last bar."""
    for order in state.working():
        bar = state.bars.get(order.symbol)
        if order.tif != "cls" or bar is None or bar.end < bar.session_close:
            continue
        if order.is_working and _acts(state, order, bar, closing=True) and is_taken(order, bar.close):
            try_fill(state, order, bar, bar.close, at_open=False, maker=False, notes=set())


def end_one_open_orders(state: State) -> None:
    """Cancel what is left of ioc, fok and opg orders that have had their open."""
    for order in state.working():
        if order.tif in ONE_OPEN and order.first_bar is not None and order.is_working:
            end_order(order, "cancelled", order.tif)


def move_marks(state: State) -> None:
    """Let trailing stops follow this tick's bars; the new level acts from the next bar on."""
    for order in state.working():
        bar = state.bars.get(order.symbol)
        if order.type != "trailing_stop" or order.triggered or bar is None or order.joined_bar is bar:
            continue
        if _may_fill_on(state, order, bar):
            assert order.mark is not None
            order.mark = min(order.mark, bar.low) if order.side > 0 else max(order.mark, bar.high)


def expire_orders(state: State) -> None:
    """Orders whose session has closed; gtd ones while they wait for their entry, too."""
    for order in list(state.open_orders):
        end = order.ends_at()
        if end is not None and end <= state.now and order.is_open:
            if order.tif == "day":
                end_order(order, "expired", "")
            else:
                end_order(order, "cancelled", order.tif)


def _oldest_without_turn(state: State, had_turn: set[int]) -> Order | None:
    for order in state.open_orders:
        if order.is_working and order.ordinal not in had_turn and order.symbol in state.bars:
            return order
    return None


def _stop_leg_first(order: Order, had_turn: set[int]) -> Order:
    if order.is_leg and order.group is not None:
        for leg in order.group.open_legs():
            if leg.is_stop and leg.is_working and leg.ordinal not in had_turn:
                return leg
    return order


def _may_fill_on(state: State, order: Order, bar: NaiveBar) -> bool:
    """The bar is tradable for the order, not older than it, and not past the order's session."""
    if bar.opens < order.placed_at:
        return False
    if not (bar.regular or order.extended_hours):
        return False
    if not _is_traded(state, order.symbol, bar):
        return False
    end = order.ends_at()
    return end is None or bar.opens < end


def _is_traded(state: State, symbol: str, bar: NaiveBar) -> bool:
    return bar.volume > 0 or not state.has_volume[symbol]


def _is_opening_for(state: State, order: Order, bar: NaiveBar) -> bool:
    """The first bar of a session that may fill anything, and the order worked when the session opened."""
    bars = state.symbols[order.symbol].bars
    first = next(
        one for one in bars if one.session == bar.session and one.regular and _is_traded(state, order.symbol, one)
    )
    joined = order.placed_at if order.joined_bar is None else order.joined_bar.end
    return bar is first and max(order.placed_at, joined) <= bar.session_begins


def _acts(state: State, order: Order, bar: NaiveBar, *, closing: bool = False) -> bool:
    """Whether the order can act on this bar at all; if so the bar may become its first one. `closing`: at its close,
    which comes after whatever else the bar does."""
    if not _may_fill_on(state, order, bar):
        return False
    if order.tif == "opg" and not _is_opening_for(state, order, bar):
        return False
    if order.is_leg:
        assert order.group is not None
        if order.joined_bar is bar and order.type == "trailing_stop":
            return False
        if order.group.inside_bar is bar and not (order.is_stop or closing):
            return False
        if order.group.remaining == 0:
            return False
    if order.first_bar is None:
        order.first_bar = bar
    return True


def _turn_inside(state: State, order: Order, bar: NaiveBar) -> None:
    ticks = state.ticks[order.symbol]
    opened = bar.open
    if order.is_leg and order.group is not None and order.group.inside_bar is bar:
        opened = order.group.inside_price
    had_triggered = order.triggered
    price = price_inside(order, bar, opened, ticks)
    rested = order.limit is not None and (order.triggered or not order.is_stop)
    if price is None:
        order.rested = rested
        return
    maker = order.limit is not None
    if order.is_stop and not had_triggered:
        maker = maker and price != price_as_triggered(order, opened, ticks)
    notes = {"both_touched"} if order.is_stop and _sibling_is_touched(state, order, bar) else set()
    try_fill(state, order, bar, price, at_open=False, maker=maker, notes=notes)
    order.rested = rested


def _sibling_is_touched(state: State, order: Order, bar: NaiveBar) -> bool:
    """The limit leg of the same group would have filled inside this bar as well."""
    if order.group is None or not order.is_leg:
        return False
    return any(
        leg.type == "limit"
        and leg.tif not in ONE_PRICE
        and leg.is_working
        and _acts(state, leg, bar)
        and touches_limit(leg, bar)
        for leg in order.group.legs
        if leg is not order and leg.marketable_bar is not bar
    )
