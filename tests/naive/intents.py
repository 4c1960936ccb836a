"""What a strategy asks for: each op turned into orders, or into changes of orders."""

from collections.abc import Mapping
from decimal import Decimal

from tests.naive.fills import target_quantity, working_quantity
from tests.naive.hours import session_end
from tests.naive.orders import Group, Order
from tests.naive.rebalance import steps, weights_of
from tests.naive.rounding import away_from_filling, to_nearest, toward_zero
from tests.naive.scenario import ZERO, Argument, NaiveSymbol, Op
from tests.naive.state import State, end_order
from tests.naive.ticks import Ticks

Options = Mapping[str, Argument]


def perform(state: State, op: Op) -> None:
    """Do one op; one that cannot be done changes nothing and takes no number."""
    if op.name in {"buy", "sell"}:
        symbol = state.symbols[str(op.args[0])]
        quantity = toward_zero(_number(op.args[1]), symbol.lot)
        if quantity >= max(symbol.lot, symbol.minimum):
            _place(state, symbol, 1 if op.name == "buy" else -1, quantity, op.kwargs)
    elif op.name in {"order_target", "order_target_value", "order_target_percent"}:
        _order_target(state, op)
    elif op.name == "rebalance":
        _rebalance(state, op)
    elif op.name == "close_position":
        _close_position(state, state.symbols[str(op.args[0])])
    elif op.name == "oco":
        _oco(state, state.symbols[str(op.args[0])], _number(op.args[1]), op.kwargs)
    elif op.name == "oto":
        _oto(state, _find(state, op.args[0]), _find(state, op.args[1]), op.kwargs)
    elif op.name == "cancel":
        order = _find(state, op.args[0])
        if order is not None:
            end_order(order, "cancelled", "asked")
    elif op.name == "replace":
        order = _find(state, op.args[0])
        if order is not None and not order.liquidation:
            _replace(state, order, op.kwargs)
    else:
        raise ValueError(f"unknown op {op.name}")


def _number(value: Argument) -> Decimal:
    return Decimal(str(value))


def _option(options: Options, name: str) -> Decimal | None:
    return _number(options[name]) if name in options else None


def _find(state: State, reference: Argument) -> Order | None:
    """The open order of that ordinal; −1 is the newest of all."""
    ordinal = int(str(reference))
    if ordinal < 0:
        ordinal += len(state.orders) + 1
    if not 1 <= ordinal <= len(state.orders):
        return None
    order = state.orders[ordinal - 1]
    return order if order.is_open else None


def _place(
    state: State,
    symbol: NaiveSymbol,
    side: int,
    quantity: Decimal,
    options: Options,
    *,
    cuttable: bool = False,
    fill_target: tuple[str, Decimal] | None = None,
) -> Order | None:
    """An order and its bracket legs, numbered entry, take-profit, stop-loss."""
    if _is_impossible(state, symbol, side, options):
        return None
    trails = "trail" in options or "trail_percent" in options
    if trails and symbol.symbol not in state.closes:
        return None
    entry = _new_order(state, symbol, side, quantity, options)
    entry.cuttable, entry.fill_target = cuttable, fill_target
    legs: list[dict[str, Argument]] = []
    if "take_profit" in options:
        legs.append({"limit": options["take_profit"]})
    if "stop_loss" in options:
        stop_limit: dict[str, Argument] = {"limit": options["stop_loss_limit"]} if "stop_loss_limit" in options else {}
        legs.append({"stop": options["stop_loss"], **stop_limit})
    if "stop_loss_trail" in options:
        trail = options["stop_loss_trail"]
        legs.append({"trail_percent": _percent(trail)} if _is_percent(trail) else {"trail": trail})
    if legs:
        entry.group = Group(entry=entry)
        shared: dict[str, Argument] = {"tif": options.get("exit_tif", "gtc"), "extended_hours": entry.extended_hours}
        for leg_options in legs:
            leg = _new_order(state, symbol, -side, quantity, {**leg_options, **shared})
            _make_leg(leg, entry.group, status="pending")
    return entry


def _is_impossible(state: State, symbol: NaiveSymbol, side: int, options: Options) -> bool:
    """No venue takes it: a price of nothing, a day that is over, or an auction asked for what it does not have."""
    end = _good_until(symbol, options)
    if end is not None and end <= state.now:
        return True
    if "stop_loss" in options and "stop_loss_trail" in options:
        return True
    if _has_impossible_percent(side, options):
        return True
    without = [name for name in ("stop", "trail", "trail_percent", "extended_hours") if options.get(name)]
    if without and options.get("tif") in {"opg", "cls"}:
        return True
    return _has_price_of_nothing(state.ticks[symbol.symbol], side, options)


def _good_until(symbol: NaiveSymbol, options: Options) -> int | None:
    if "expires" not in options:
        return None
    extended = bool(options.get("extended_hours", False))
    return session_end(symbol.calendar or symbol.asset_class, str(options["expires"]), extended=extended)


def _has_price_of_nothing(ticks: Ticks, side: int, options: Options) -> bool:
    """One of the prices is zero or less once it is rounded."""
    given = {name: value for name, value in options.items() if not _is_percent(value)}
    stops = (_number(given[name]) for name in ("stop", "trail", "stop_loss", "stop_loss_trail") if name in given)
    rounded = [to_nearest(stop, ticks.at(stop)) for stop in stops]
    for name, order_side in (("limit", side), ("take_profit", -side), ("stop_loss_limit", -side)):
        if name in given:
            limit = _number(given[name])
            rounded.append(away_from_filling(limit, ticks.at(limit), order_side))
    return any(price <= 0 for price in rounded)


def _is_percent(value: Argument) -> bool:
    return isinstance(value, str) and value.endswith("%")


def _percent(value: Argument) -> Decimal:
    return Decimal(str(value)[:-1])


def _has_impossible_percent(side: int, options: Options) -> bool:
    """A distance of nothing, or one that leaves no price: only the profit of a purchase may be more than all of it."""
    for name in ("take_profit", "stop_loss", "stop_loss_limit", "stop_loss_trail"):
        if name in options and _is_percent(options[name]):
            most = 10_000 if name == "take_profit" and side > 0 else 100
            if not 0 < _percent(options[name]) < most:
                return True
    return False


def _percents(options: dict[str, Argument]) -> dict[str, Decimal]:
    """What of a leg's prices is in percent, taken out of its options."""
    names = [name for name in ("limit", "stop") if name in options and _is_percent(options[name])]
    return {f"{name}_percent": _percent(options.pop(name)) for name in names}


def _new_order(state: State, symbol: NaiveSymbol, side: int, quantity: Decimal, given: Options) -> Order:
    options = dict(given)
    percents = _percents(options)
    limit, stop = _option(options, "limit"), _option(options, "stop")
    trail, trail_percent = _option(options, "trail"), _option(options, "trail_percent")
    ticks = state.ticks[symbol.symbol]
    order = Order(
        ordinal=state.next_ordinal,
        symbol=symbol.symbol,
        side=side,
        type=_type(
            limit if limit is not None else percents.get("limit_percent"),
            stop if stop is not None else percents.get("stop_percent"),
            trail,
            trail_percent,
        ),
        left=quantity,
        placed_at=state.now,
        limit=None if limit is None else away_from_filling(limit, ticks.at(limit), side),
        stop=None if stop is None else to_nearest(stop, ticks.at(stop)),
        trail=None if trail is None else to_nearest(trail, ticks.at(trail)),
        trail_percent=trail_percent,
        limit_percent=percents.get("limit_percent"),
        stop_percent=percents.get("stop_percent"),
        tif=str(options.get("tif", "day")),
        tif_asked="tif" in options,
        extended_hours=bool(options.get("extended_hours", False)),
        mark=state.closes.get(symbol.symbol),
        good_until=_good_until(symbol, options),
    )
    return state.add(order)


def _type(limit: Decimal | None, stop: Decimal | None, trail: Decimal | None, trail_percent: Decimal | None) -> str:
    if trail is not None or trail_percent is not None:
        return "trailing_stop"
    if stop is not None:
        return "stop" if limit is None else "stop_limit"
    return "market" if limit is None else "limit"


def _make_leg(leg: Order, group: Group, *, status: str) -> None:
    leg.is_leg, leg.group, leg.status = True, group, status
    group.legs.append(leg)


def _order_target(state: State, op: Op) -> None:
    symbol = state.symbols[str(op.args[0])]
    close = state.closes.get(symbol.symbol, ZERO)
    kind = {"order_target": "units", "order_target_value": "value", "order_target_percent": "percent"}[op.name]
    number = _number(op.args[1])
    assert isinstance(close, Decimal), "a split comes with a bar, whose close is a decimal again"
    if not close and kind != "units":
        return
    target = target_quantity(kind, number, close, symbol, state.equity())
    quantity = target - state.positions[symbol.symbol] - working_quantity(state, symbol.symbol)
    if abs(quantity) < max(symbol.lot, symbol.minimum):
        return
    at_fill = op.kwargs.get("size_at", "close") == "fill"
    _place(
        state,
        symbol,
        1 if quantity > 0 else -1,
        abs(quantity),
        op.kwargs,
        cuttable=kind != "units",
        fill_target=(kind, number) if at_fill else None,
    )


def _close_position(state: State, symbol: NaiveSymbol) -> None:
    for order in list(state.open_orders):
        if order.symbol == symbol.symbol and order.is_open:
            end_order(order, "cancelled", "asked")
    held = state.positions[symbol.symbol]
    if held:
        _place(state, symbol, -1 if held > 0 else 1, abs(held), {})


def _rebalance(state: State, op: Op) -> None:
    for _, name, quantity in steps(state, weights_of(op.args), others=str(op.kwargs.get("others", "leave"))):
        symbol = state.symbols[name]
        if quantity is None:
            _close_position(state, symbol)
        else:
            _place(state, symbol, 1 if quantity > 0 else -1, abs(quantity), {}, cuttable=True)


def oco_side(limit: Decimal, stop: Decimal) -> int:
    """An exit takes its profit on one side and its loss on the other: a limit above the stop sells, below it buys."""
    return -1 if limit > stop else 1


def _oco(state: State, symbol: NaiveSymbol, quantity: Decimal, options: Options) -> None:
    limit, stop = _number(options["limit"]), _number(options["stop"])
    quantity = toward_zero(quantity, symbol.lot)
    if quantity < max(symbol.lot, symbol.minimum) or limit == stop:
        return
    shared: dict[str, Argument] = {"tif": options.get("exit_tif", options.get("tif", "gtc"))}
    shared["extended_hours"] = options.get("extended_hours", False)
    if shared["tif"] == "gtd":
        shared["expires"] = options["expires"]
    if _is_impossible(state, symbol, oco_side(limit, stop), {**options, **shared}):
        return
    group = Group(entry=None, entered=True, remaining=quantity)
    for price in ({"limit": limit}, {"stop": stop}):
        leg = _new_order(state, symbol, oco_side(limit, stop), quantity, {**price, **shared})
        _make_leg(leg, group, status="accepted")


def _oto(state: State, first: Order | None, then: Order | None, options: Options) -> None:
    """Two orders placed at this tick, one after the other, same symbol, opposite sides, in no group yet.

    The second is an exit from now on, so it lasts until it is cancelled, unless something else was asked for.
    """
    if first is None or then is None or first.ordinal >= then.ordinal:
        return
    if first.placed_at != state.now or then.placed_at != state.now or first.symbol != then.symbol:
        return
    if first.side == then.side or first.group is not None or then.group is not None or then.fill_target is not None:
        return
    if first.liquidation or then.liquidation:
        return
    if "exit_tif" in options:
        then.tif, then.good_until = str(options["exit_tif"]), None
    elif not then.tif_asked:
        then.tif = "gtc"
    first.group = Group(entry=first, entry_cap=then.left)
    _make_leg(then, first.group, status="pending")


def _replace(state: State, old: Order, changes: Options) -> None:
    symbol, group = state.symbols[old.symbol], old.group
    options: dict[str, Argument] = {"tif": changes.get("tif", old.tif), "extended_hours": old.extended_hours}
    if "expires" in changes:
        options["expires"] = changes["expires"]
    for name in ("limit", "stop", "trail", "trail_percent"):
        present: Decimal | None = getattr(old, name)
        percent = {"limit": old.limit_percent, "stop": old.stop_percent}.get(name)
        if present is not None:
            options[name] = changes.get(name, present)
        elif percent is not None:
            options[name] = changes.get(name, f"{percent}%")
    may_resize = "quantity" in changes and not old.is_leg and old.fill_target is None
    quantity = toward_zero(_number(changes["quantity"]), symbol.lot) if may_resize else old.left
    if may_resize and quantity < max(symbol.lot, symbol.minimum):
        return
    if _is_impossible(state, symbol, old.side, options):
        return
    was = old.status
    old.status, old.reason = "cancelled", "replaced"
    new = _new_order(state, symbol, old.side, quantity, options)
    if new.tif == "gtd" and new.good_until is None:
        new.good_until = old.good_until
    new.tif_asked = old.tif_asked or "tif" in changes
    new.cuttable, new.fill_target = old.cuttable and not may_resize, old.fill_target
    new.triggered = old.triggered
    if "trail" not in changes and "trail_percent" not in changes:
        new.mark = old.mark
    new.group = group
    if group is not None and old.is_leg:
        group.legs.remove(old)
        _make_leg(new, group, status="pending" if was == "pending" else "accepted")
    elif group is not None:
        group.entry = new
