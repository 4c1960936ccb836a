"""Our orders as a venue is asked for them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.veda.exchange.orders import ExitTerms, OrderChange, OrderRequest, StopLoss, VenueOrder
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Part, Submission

ANY_EXIT = "any_exit"
"""What a venue has (`ExchangeAdapter.features`) that holds whatever order as the one exit of another."""
STOPS = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
STOPS_OF_ANY_KIND = STOPS | {OrderType.TRAILING_STOP}


def request_of(
    submission: Submission, order: LiveOrder, legs: Sequence[LiveOrder], *, features: Collection[str] = ()
) -> OrderRequest:
    """What is sent for a submission. `legs`: the exits that the venue is to hold with it; of exits by themselves (an
    oco, or those that are placed anew) both of them, or the one there is. `features`: the venue's."""
    if submission.part is Part.PROTECTION or order.order_class is OrderClass.OCO:
        return _exits(submission, legs)
    request = _simple(submission, order)
    if not legs:
        return request
    if len(legs) == 1 and ANY_EXIT in features:
        return replace(request, order_class=OrderClass.OTO, exit=_exit(legs[0], order))
    target, stop = take_profit(legs), stop_loss(legs)
    return replace(
        request,
        order_class=OrderClass.BRACKET if target and stop else OrderClass.OTO,
        take_profit=None if target is None else target.limit,
        take_profit_percent=None if target is None or target.limit is not None else target.limit_percent,
        stop_loss=None if stop is None else _stop_loss(stop),
        exit_tif=legs[0].tif,
    )


def _simple(submission: Submission, order: LiveOrder) -> OrderRequest:
    is_whole = submission.quantity == order.quantity
    return OrderRequest(
        client_order_id=submission.id,
        symbol=order.symbol,
        side=order.side,
        quantity=Decimal(0) if order.notional is not None and is_whole else submission.quantity,
        notional=order.notional if is_whole else None,
        may_be_cut=order.may_be_cut,
        order_type=order.order_type,
        tif=order.tif,
        expires=order.expires,
        expires_at=order.expires_at,
        extended_hours=order.extended_hours,
        limit=order.limit,
        stop=None if order.order_type is OrderType.TRAILING_STOP else order.stop,
        trail=order.trail,
        trail_percent=order.trail_percent,
    )


def _exit(leg: LiveOrder, entry: LiveOrder) -> ExitTerms:
    return ExitTerms(
        quantity=None if leg.quantity == entry.quantity else leg.quantity,
        order_type=leg.order_type,
        tif=leg.tif,
        expires=leg.expires,
        expires_at=leg.expires_at,
        extended_hours=leg.extended_hours,
        limit=leg.limit,
        stop=None if leg.order_type is OrderType.TRAILING_STOP else leg.stop,
        trail=leg.trail,
        trail_percent=leg.trail_percent,
        limit_percent=None if leg.limit is not None else leg.limit_percent,
        stop_percent=None if leg.stop is not None else leg.stop_percent,
    )


def _exits(submission: Submission, legs: Sequence[LiveOrder]) -> OrderRequest:
    """Exits without an entry: an oco, or the only one that is left by itself."""
    target, stop = take_profit(legs), stop_loss(legs)
    if target is None or stop is None:
        return replace(_simple(submission, legs[0]), quantity=submission.quantity, notional=None)
    return OrderRequest(
        client_order_id=submission.id,
        symbol=target.symbol,
        side=target.side,
        quantity=submission.quantity,
        order_type=OrderType.LIMIT,
        tif=target.tif,
        expires=target.expires,
        expires_at=target.expires_at,
        extended_hours=target.extended_hours,
        order_class=OrderClass.OCO,
        take_profit=target.limit,
        stop_loss=_stop_loss(stop),
        exit_tif=target.tif,
    )


def _stop_loss(leg: LiveOrder) -> StopLoss:
    if leg.order_type is OrderType.TRAILING_STOP:
        return StopLoss(trail=leg.trail, trail_percent=leg.trail_percent)
    return StopLoss(
        stop=leg.stop,
        limit=leg.limit,
        stop_percent=None if leg.stop is not None else leg.stop_percent,
        limit_percent=None if leg.limit is not None else leg.limit_percent,
    )


def take_profit(legs: Sequence[LiveOrder]) -> LiveOrder | None:
    """The limit order among exits."""
    return next((leg for leg in legs if leg.order_type is OrderType.LIMIT), None)


def stop_loss(legs: Sequence[LiveOrder]) -> LiveOrder | None:
    """The stop among exits."""
    return next((leg for leg in legs if leg.order_type in STOPS_OF_ANY_KIND), None)


def held_with_entry(legs: Sequence[LiveOrder], features: Collection[str]) -> Sequence[LiveOrder]:
    """The exits that a venue is to hold with their entry: all of them; none where it cannot hold one of them so. Then
    Weaver keeps them back, and places them when the entry is over."""
    return legs if ANY_EXIT in features or not any(map(may_be_kept_back, legs)) else ()


def may_be_kept_back(leg: LiveOrder) -> bool:
    """Whether an exit is no limit and no stop order, or was given in percent: few venues hold it with its entry."""
    is_other = leg.order_type is not OrderType.LIMIT and leg.order_type not in STOPS
    return is_other or leg.limit_percent is not None or leg.stop_percent is not None


def unfit_exits(legs: Sequence[LiveOrder], features: Collection[str]) -> str:
    """Why exits cannot be placed; nothing where they can. Two share what there is to exit at the venue, as an oco."""
    if ANY_EXIT in features or len(legs) < 2:
        return ""
    unfit = next((leg for leg in legs if leg.order_type is not OrderType.LIMIT and leg.order_type not in STOPS), None)
    return "" if unfit is None else f"the venue holds no {unfit.order_type} order beside another exit of a position"


def change_of(submission: Submission, new: LiveOrder, old: LiveOrder) -> OrderChange:
    """What is sent to have `new` take the place of `old`."""
    trail = new.trail if new.trail is not None else new.trail_percent
    was = old.trail if old.trail is not None else old.trail_percent
    trails = new.order_type is OrderType.TRAILING_STOP
    return OrderChange(
        client_order_id=submission.id,
        quantity=None if submission.quantity == old.quantity and not old.filled else submission.quantity,
        tif=None if _sent_tif(new) is _sent_tif(old) else _sent_tif(new),
        expires=None if new.expires == old.expires else new.expires,
        expires_at=None if new.expires == old.expires else new.expires_at,
        limit=None if new.limit == old.limit else new.limit,
        stop=None if trails or new.stop == old.stop else new.stop,
        trail=None if trail == was else trail,
    )


def differs_for_us_alone(new: LiveOrder, old: LiveOrder, ended_by_us: Collection[TimeInForce]) -> bool:
    """Whether an order that is to take another's place works until another time, and nothing of that can be seen at
    the venue: it lacks these times in force, and Weaver ends such orders."""

    def shown(order: LiveOrder) -> tuple[object, ...]:
        tif = TimeInForce.GTC if order.tif in ended_by_us else _sent_tif(order)
        return (order.remaining, order.limit, order.trail, order.trail_percent, tif)

    is_same = shown(new) == shown(old) and (new.order_type is OrderType.TRAILING_STOP or new.stop == old.stop)
    return is_same and (new.tif, new.expires) != (old.tif, old.expires)


def _sent_tif(order: LiveOrder) -> TimeInForce:
    """What an order for the day goes as that Weaver ends by itself: its venue is not to, or its exits would go too."""
    is_ended_by_us = order.tif is TimeInForce.DAY and order.expires_at is not None
    return TimeInForce.GTC if is_ended_by_us else order.tif


def held_otherwise(new: LiveOrder, old: LiveOrder, beside: Sequence[LiveOrder]) -> str | None:
    """Why a venue that has one time in force for all that it holds together cannot have `new` in the place of `old`;
    None: it can. `beside`: the working orders of its group, its entry among them."""
    if old.group_id is not None:
        if new.tif is old.tif or not beside:
            return None
        told, others = f"{old.id} is {old.tif}", "what is held with it"
    else:
        if new.tif is TimeInForce.DAY or all(leg.tif is not TimeInForce.DAY for leg in beside):
            return None
        told, others = f"{old.id} cannot be {new.tif}", "its exits, which are day"
    return (
        f"{told}, as {others}: the venue has one time in force for all of them. Cancel it, and place exits that are "
        f"{new.tif}"
    )


def leg_shown(leg: LiveOrder, shown: Sequence[VenueOrder]) -> VenueOrder | None:
    """The order by which a venue holds one of our exits, of those that it shows."""
    alike = STOPS if leg.order_type in STOPS else {leg.order_type}
    return next((one for one in shown if one.order_type in alike), None)


def fits(shown: VenueOrder, request: OrderRequest) -> bool:
    """Whether an order that a venue shows under our id can be the one that was asked for."""
    if shown.symbol and shown.symbol != request.symbol:
        return False
    if shown.side is not None and shown.side is not request.side:
        return False
    if request.notional is not None:
        return shown.notional in (None, request.notional)
    if shown.quantity is not None and request.order_class is OrderClass.OCO:
        return shown.quantity <= request.quantity  # what its stop has filled is taken off
    return shown.quantity in (None, request.quantity)
