"""Orders for the house, made of what a client asks for; and why some are refused."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from weaver.model.calendar.instants import instant_of
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimals_of, plain, units_of
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.order import PROFIT_PERCENT_MAX, ExitGroup, Order, Target
from weaver.veda.adapters.simulated.venue.rules import AUCTIONS, ONE_PRICE
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.orders import ExitTerms, OrderChange, OrderRequest, StopLoss

NEEDED = {
    OrderType.MARKET: frozenset[str](),
    OrderType.LIMIT: frozenset({"limit"}),
    OrderType.STOP: frozenset({"stop"}),
    OrderType.STOP_LIMIT: frozenset({"limit", "stop"}),
    OrderType.TRAILING_STOP: frozenset({"trail"}),
}


def no(reason: Reason, message: str) -> Refused:
    """A refusal of our own."""
    return Refused(reason=reason, message=message, was_sent=False)


def refusal(request: OrderRequest, known: InstrumentRules, scale: Scale, *, held: int) -> Refused | None:
    """Why an order is not taken; None: it is. `held`: quantity units; all of them can be sold, be it less than the
    minimum."""
    return next(_refusals(request, known, scale, held), None)


def _refusals(request: OrderRequest, known: InstrumentRules, scale: Scale, held: int) -> Iterator[Refused]:
    if not known.is_tradable:
        yield no(Reason.INSTRUMENT, f"{request.symbol} is not tradable: {'; '.join(known.flags)}")
    if not request.client_order_id:
        yield no(Reason.ORDER, "an order needs a client order id")
    if request.notional is not None:
        yield no(Reason.ORDER, "the simulated venue takes quantities, no notional amounts")
    if told := known.rules.refuses(request):
        yield no(Reason.ORDER, told)
    yield from _of_the_quantity(request.quantity, scale, closing=-request.side.sign * held)
    yield from _of_the_prices(request, scale)
    yield from _of_the_legs(request, scale)


def _of_the_quantity(quantity: Decimal, scale: Scale, *, closing: int = 0) -> Iterator[Refused]:
    if quantity <= 0:
        yield no(Reason.QUANTITY, f"a quantity is above 0, not {plain(quantity)}")
    elif decimals_of(quantity) > scale.quantity_decimals or _quantity(quantity, scale) % scale.lot:
        lot = plain(scale.quantity_decimal(scale.lot))
        yield no(Reason.QUANTITY, f"{scale.symbol} is ordered in steps of {lot}, not {plain(quantity)}")
    elif _quantity(quantity, scale) < scale.minimum and _quantity(quantity, scale) != closing:
        least = plain(scale.quantity_decimal(scale.minimum))
        yield no(Reason.QUANTITY, f"an order for {scale.symbol} is {least} at least, not {plain(quantity)}")


def _of_the_prices(request: OrderRequest, scale: Scale) -> Iterator[Refused]:
    trails = [trail for trail in (request.trail, request.trail_percent) if trail is not None]
    given = {name for name in ("limit", "stop") if getattr(request, name) is not None} | {"trail" for _ in trails}
    needed = frozenset[str]() if request.order_class is OrderClass.OCO else NEEDED[request.order_type]
    if given != needed or len(trails) > 1:
        wanted = " and ".join(sorted(needed)) or "no price"
        yield no(Reason.PRICE, f"a {request.order_type} order needs {wanted}, not {' and '.join(sorted(given))}")
    if request.trail_percent is not None and not 0 < request.trail_percent < 100:
        yield no(Reason.PRICE, f"trail_percent lies between 0 and 100, not at {plain(request.trail_percent)}")
    stop = request.stop_loss
    legs = (request.take_profit, *((stop.stop, stop.limit, stop.trail) if stop is not None else ()))
    for price in (request.limit, request.stop, request.trail, *legs):
        yield from _of_a_price(price, scale)


def _of_a_price(price: Decimal | None, scale: Scale) -> Iterator[Refused]:
    if price is None:
        return
    if price <= 0:
        yield no(Reason.PRICE, f"a price is above 0, not {plain(price)}")
    elif decimals_of(price) > scale.price_decimals or _price(price, scale) % scale.tick_at(_price(price, scale)):
        tick = scale.tick if price >= 1 else scale.tick_under_one
        yield no(Reason.PRICE, f"prices of {scale.symbol} come in steps of {scale.text(tick)}, not {plain(price)}")


def _of_the_legs(request: OrderRequest, scale: Scale) -> Iterator[Refused]:
    has_profit = request.take_profit is not None or request.take_profit_percent is not None
    legs = has_profit + (request.stop_loss is not None) + (request.exit is not None)
    wanted = {OrderClass.SIMPLE: 0, OrderClass.OTO: 1, OrderClass.BRACKET: 2, OrderClass.OCO: 2}[request.order_class]
    if legs != wanted:
        yield no(Reason.ORDER, f"a {request.order_class} order has {wanted} legs, not {legs}")
    if request.exit is not None:
        yield from _of_the_exit(request.exit, scale)
    if request.stop_loss is not None and (why := _unclear(request.stop_loss)):
        yield no(Reason.PRICE, why)
    yield from _of_the_percents(request)


def _unclear(stop: StopLoss) -> str:
    """Why a stop-loss does not say one thing."""
    ways = [one for one in (stop.stop, stop.stop_percent, stop.trail, stop.trail_percent) if one is not None]
    limits = [one for one in (stop.limit, stop.limit_percent) if one is not None]
    if len(ways) != 1:
        return f"a stop-loss has one of stop, stop_percent, trail and trail_percent, not {len(ways)}"
    trails = stop.stop is None and stop.stop_percent is None
    return "a stop-loss has one limit, and none where it trails" if len(limits) > (0 if trails else 1) else ""


def _of_the_percents(request: OrderRequest) -> Iterator[Refused]:
    stop, one = request.stop_loss, request.exit
    losses = [] if stop is None else [stop.stop_percent, stop.limit_percent, stop.trail_percent]
    if one is not None:
        losses += [one.stop_percent, one.trail_percent]
        if one.order_type is not OrderType.LIMIT:
            losses.append(one.limit_percent)
    for percent in losses:
        if percent is not None and not 0 < percent < 100:
            yield no(Reason.PRICE, f"what stops a loss lies between 0% and 100% away, not {plain(percent)}%")
    profit = request.take_profit_percent
    if profit is None and one is not None and one.order_type is OrderType.LIMIT:
        profit = one.limit_percent
    most = PROFIT_PERCENT_MAX if request.side.sign > 0 else 100
    if profit is not None and not 0 < profit < most:
        yield no(Reason.PRICE, f"a take-profit lies between 0% and {most}% away, not {plain(profit)}%")


def _of_the_exit(exit_: ExitTerms, scale: Scale) -> Iterator[Refused]:
    if exit_.quantity is not None:
        yield from _of_the_quantity(exit_.quantity, scale)
    given = {name for name in ("limit", "stop") if _has(exit_, name)}
    given |= {"trail" for one in (exit_.trail, exit_.trail_percent) if one is not None}
    if given != NEEDED[exit_.order_type]:
        wanted = " and ".join(sorted(NEEDED[exit_.order_type])) or "no price"
        yield no(Reason.PRICE, f"a {exit_.order_type} exit needs {wanted}, not {' and '.join(sorted(given))}")
    for price in (exit_.limit, exit_.stop, exit_.trail):
        yield from _of_a_price(price, scale)


def _has(exit_: ExitTerms, name: str) -> bool:
    return getattr(exit_, name) is not None or getattr(exit_, f"{name}_percent") is not None


def orders_of(request: OrderRequest, scale: Scale, number: int, placed: int) -> list[Order]:
    """The orders that a request asks for, numbered from `number` on: an entry and its legs, or the two of an oco."""
    units = _quantity(request.quantity, scale)
    if request.order_class is OrderClass.OCO:
        legs = _legs(request, scale, request.side.sign, units, number, placed, tif=request.tif)
        for leg in legs:
            _last(leg, request.tif, request.expires, request.expires_at)
        _join(ExitGroup(entry=None, entered=units), legs)
        return legs
    entry = Order(number, scale, request.side.sign, units, placed)
    entry.order_type, entry.order_class = request.order_type, request.order_class
    _last(entry, request.tif, request.expires, request.expires_at)
    entry.extended_hours = request.extended_hours
    entry.limit_units, entry.stop_units = _optional(request.limit, scale), _optional(request.stop, scale)
    entry.trail_units = _optional(request.trail, scale)
    entry.trail_percent = None if request.trail_percent is None else Amount(request.trail_percent)
    entry.is_plain = False
    if request.may_be_cut:
        entry.target = Target(units=entry.sign * units)
    if request.exit is not None:
        leg = _exit(request.exit, scale, -entry.sign, units, number + 1, placed)
        _join(ExitGroup(entry=entry, cap=None if request.exit.quantity is None else leg.units), [leg])
        return [entry, leg]
    legs = _legs(request, scale, -entry.sign, units, number + 1, placed, tif=request.exit_tif)
    if legs:
        _join(ExitGroup(entry=entry), legs)
    return [entry, *legs]


def _exit(terms: ExitTerms, scale: Scale, sign: int, units: int, number: int, placed: int) -> Order:
    """The one exit of an oto."""
    leg = Order(number, scale, sign, units if terms.quantity is None else _quantity(terms.quantity, scale), placed)
    leg.order_type, leg.order_class, leg.extended_hours = terms.order_type, OrderClass.OTO, terms.extended_hours
    leg.reduce_only, leg.is_plain = True, False
    leg.limit_units, leg.stop_units = _optional(terms.limit, scale), _optional(terms.stop, scale)
    leg.trail_units = _optional(terms.trail, scale)
    leg.trail_percent = _amount(terms.trail_percent)
    leg.limit_percent, leg.stop_percent = _amount(terms.limit_percent), _amount(terms.stop_percent)
    _last(leg, terms.tif, terms.expires, terms.expires_at)
    return leg


def _last(order: Order, tif: TimeInForce, expires: date | None, expires_at: datetime | None) -> None:
    """Have an order last as long as was asked for."""
    order.tif = _tif(tif)
    if tif is TimeInForce.GTD and expires_at is not None:
        order.tif, order.expires, order.expires_at = tif, expires, instant_of(expires_at)


def replacement_of(old: Order, change: OrderChange, number: int, placed: int) -> Order:
    """The order that takes another's place, as it was but for the changes."""
    scale = old.scale
    units = old.remaining if change.quantity is None else _quantity(change.quantity, scale)
    new = Order(number, scale, old.sign, units, placed)
    new.order_type, new.order_class, new.reduce_only = old.order_type, old.order_class, old.reduce_only
    new.extended_hours, new.is_plain = old.extended_hours, False
    new.tif = old.tif if change.tif is None else _tif(change.tif)
    if change.expires_at is not None:
        _last(new, TimeInForce.GTD, change.expires, change.expires_at)
    elif new.tif is TimeInForce.GTD:
        new.expires, new.expires_at = old.expires, old.expires_at
    new.limit_units = old.limit_units if change.limit is None else _price(change.limit, scale)
    new.stop_units = old.stop_units if change.stop is None else _price(change.stop, scale)
    new.trail_units, new.trail_percent = old.trail_units, old.trail_percent
    new.limit_percent = None if new.limit_units is not None else old.limit_percent
    new.stop_percent = None if new.stop_units is not None else old.stop_percent
    if change.quantity is None:
        new.target, new.is_sized = old.target, old.is_sized
    if change.trail is None:
        new.mark = old.mark
    elif old.trail_percent is not None:
        new.trail_percent, new.stop_units = Amount(change.trail), None
    else:
        new.trail_units, new.stop_units = _price(change.trail, scale), None
    return new


def refused_change(old: Order, change: OrderChange) -> Refused | None:
    """Why an order cannot be replaced so; None: it can."""
    return next(_refused_changes(old, change), None)


def _refused_changes(old: Order, change: OrderChange) -> Iterator[Refused]:
    scale = old.scale
    if not change.client_order_id:
        yield no(Reason.ORDER, "an order needs a client order id")
    if change.quantity is not None:
        yield from _of_the_quantity(change.quantity, scale)
    trails = old.order_type is OrderType.TRAILING_STOP
    has = {
        "limit": old.limit_units is not None or old.limit_percent is not None,
        "stop": (old.stop_units is not None or old.stop_percent is not None) and not trails,
        "trail": trails,
    }
    for name, is_there in has.items():
        price = getattr(change, name)
        if price is not None and not is_there:
            yield no(Reason.PRICE, f"a {old.order_type} order has no {name} to change")
        elif name != "trail" or old.trail_percent is None:
            yield from _of_a_price(price, scale)
        elif price is not None and not 0 < price < 100:
            yield no(Reason.PRICE, f"trail_percent lies between 0 and 100, not at {plain(price)}")
    if change.tif in AUCTIONS and (old.extended_hours or old.order_type not in ONE_PRICE):
        yield no(Reason.ORDER, f"{change.tif} orders are market or limit orders of the regular session")


def _legs(
    request: OrderRequest, scale: Scale, sign: int, units: int, number: int, placed: int, *, tif: TimeInForce
) -> list[Order]:
    """The take-profit and the stop-loss, as far as they are asked for."""
    legs: list[Order] = []
    if request.take_profit is not None or request.take_profit_percent is not None:
        leg = _leg(request, scale, sign, units, number, placed, tif=tif)
        leg.order_type = OrderType.LIMIT
        leg.limit_units = _optional(request.take_profit, scale)
        leg.limit_percent = _amount(request.take_profit_percent)
        legs.append(leg)
    if request.stop_loss is not None:
        leg = _leg(request, scale, sign, units, number + len(legs), placed, tif=tif)
        _stop_loss(leg, request.stop_loss)
        legs.append(leg)
    return legs


def _leg(
    request: OrderRequest, scale: Scale, sign: int, units: int, number: int, placed: int, *, tif: TimeInForce
) -> Order:
    leg = Order(number, scale, sign, units, placed)
    leg.order_class, leg.tif, leg.extended_hours = request.order_class, _tif(tif), request.extended_hours
    leg.reduce_only, leg.is_plain = True, False
    return leg


def _stop_loss(leg: Order, terms: StopLoss) -> None:
    """What a leg that stops a loss waits for."""
    scale = leg.scale
    leg.stop_units, leg.limit_units = _optional(terms.stop, scale), _optional(terms.limit, scale)
    leg.stop_percent, leg.limit_percent = _amount(terms.stop_percent), _amount(terms.limit_percent)
    leg.trail_units, leg.trail_percent = _optional(terms.trail, scale), _amount(terms.trail_percent)
    if leg.trail_units is not None or leg.trail_percent is not None:
        leg.order_type = OrderType.TRAILING_STOP
    else:
        has_limit = leg.limit_units is not None or leg.limit_percent is not None
        leg.order_type = OrderType.STOP_LIMIT if has_limit else OrderType.STOP


def _join(group: ExitGroup, legs: list[Order]) -> None:
    for leg in legs:
        leg.group, leg.waiting = group, group.entry is not None
    group.legs.extend(legs)
    group.is_in_percent = any(leg.limit_percent is not None or leg.stop_percent is not None for leg in legs)
    if group.entry is not None:
        group.entry.exits = group


def _tif(tif: TimeInForce) -> TimeInForce:
    """Where no date is told, whoever asks for gtd ends the order."""
    return TimeInForce.GTC if tif is TimeInForce.GTD else tif


def _amount(percent: Decimal | None) -> Amount | None:
    return None if percent is None else Amount(percent)


def _quantity(quantity: Decimal, scale: Scale) -> int:
    return units_of(quantity, scale.quantity_decimals)


def _price(price: Decimal, scale: Scale) -> int:
    return units_of(price, scale.price_decimals)


def _optional(price: Decimal | None, scale: Scale) -> int | None:
    return None if price is None else _price(price, scale)
