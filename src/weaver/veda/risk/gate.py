"""The gate before every order: it goes through, or a rule refuses it and says why.

An order that only reduces a position that Weaver knows is stopped by nothing here but the venue's own rules, under
which it could not be there (a price off its tick, say). Everything else adds risk, and has to pass every rule, in the
order of `_RULES`. An order through zero is asked about in its two halves; the opening one adds.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass, OrderType, Side
from weaver.veda.exchange.answers import Reason
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.exposure import ONE, gross_around, holding_after, order_price, past_zero, value_of
from weaver.veda.risk.reducing import only_reduces
from weaver.veda.risk.refusal import Refusal, RiskScope, Rule
from weaver.veda.risk.view import RiskView, Standing

MINUTE = timedelta(seconds=60)
_STOPS = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def refusal(order: LiveOrder, legs: Sequence[LiveOrder], view: RiskView) -> Refusal | None:
    """Why an order must not be sent, or None. `legs` are the exits that go with it: what they exit is not held yet, so
    they are judged by what they are, and never refused on their own."""
    reduces = is_exit(order, view)
    told = _by_the_venue(view, reduces=reduces)
    if reduces or (told is not None and told.value != Reason.WASH_TRADE):
        return told
    return next((found for rule in _RULES for found in rule(order, legs, view)), told)  # ours names the other run


def is_exit(order: LiveOrder, view: RiskView) -> bool:
    """Whether an order only reduces what its run holds; a manual one, what was bought by hand, or what the account
    holds, whoever brought it: a person may close either."""
    owners = (view.whole, view.by_hand) if view.run is None else (view.run,)
    return any(
        only_reduces(order, held=own.held.get(order.symbol, Decimal(0)), working=own.working)
        for own in owners
        if own is not None
    )


def _by_the_venue(view: RiskView, *, reduces: bool) -> Refusal | None:
    """What the venue would not take. An exit that would trade with the account's own entry is no case for a refusal:
    the entry is cancelled first."""
    told = view.venue_refusal
    if told is None or (reduces and told.reason is Reason.WASH_TRADE):
        return None
    return Refusal(rule=Rule.VENUE, message=told.message, value=told.reason)


def _by_the_switch(_order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    if view.switch is not None and view.switch.is_on:
        why = f": {view.switch.reason}" if view.switch.reason else ""
        yield Refusal(
            rule=Rule.KILL_SWITCH,
            message=f"the kill switch is on{why}. Only orders that reduce a position are sent until it is released",
        )


def _by_halts(order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    for halt in view.halts.over(run_id=order.run_id, symbol=order.symbol, account=view.account):
        yield Refusal(
            rule=Rule.HALT,
            message=f"{halt.scope} {halt.name} is halted: {halt.reason}. Only orders that reduce a position are sent",
            value=halt.cause,
        )


def _by_the_stream(_order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    if not view.is_stream_ready:
        yield Refusal(
            rule=Rule.STREAM,
            message=f"{view.account} sends no order updates, or was not reconciled yet: an entry would go unwatched",
        )


def _by_symbol(order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    if view.run is not None and view.run.limits.only_run_symbols and order.symbol not in view.run_symbols:
        yield Refusal(
            rule=Rule.SYMBOL,
            message=f"{order.symbol} is not one of the run's symbols ({', '.join(sorted(view.run_symbols))})",
            limit=",".join(sorted(view.run_symbols)),
            value=order.symbol,
            scope=RiskScope.RUN,
        )


def _by_instrument(order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    rules = view.rules
    if rules is None:
        yield _instrument(f"{order.symbol} is not known at {view.account}")
        return
    flags = f" ({'; '.join(rules.flags)})" if rules.flags else ""
    if not rules.is_tradable:
        yield _instrument(f"{order.symbol} is not tradable at {view.account}{flags}")
    if rules.is_halted:
        yield _instrument(f"{order.symbol} is halted at {view.account}{flags}")
    own = view.whole if view.run is None else view.run
    if order.side is Side.SELL and not rules.is_shortable and holding_after(order, own) < 0:
        yield _instrument(f"{order.symbol} cannot be sold short at {view.account}{flags}")


def _by_shorting(order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    """What a backtest rejects when it would fill is refused before it is sent: by then it would be done."""
    if view.run is None or not (beyond := past_zero(order, view.run)):
        return
    if order.order_class is OrderClass.OCO:
        yield _not_to_exit(order, view.run, beyond)
        return
    price = order_price(order, view.prices)
    at = "" if price is None else f" at {plain(price)}"
    yield Refusal(
        rule=Rule.SHORTING,
        message=f"{order.side} {plain(order.remaining)} {order.symbol}{at}: would be short, and this account "
        "allows no short positions",
        limit="0",
        value=plain(-beyond),
        scope=RiskScope.RUN,
    )


def _not_to_exit(order: LiveOrder, own: Standing, beyond: Decimal) -> Refusal:
    held, left = own.held.get(order.symbol, Decimal(0)), order.remaining - beyond
    return Refusal(
        rule=Rule.SHORTING,
        message=f"an oco of {order.side} {plain(order.remaining)} {order.symbol}: the run holds {plain(held)}, of "
        f"which {plain(left)} are left for it to exit",
        limit=plain(left),
        value=plain(order.remaining),
        scope=RiskScope.RUN,
    )


def _instrument(message: str) -> Refusal:
    return Refusal(rule=Rule.INSTRUMENT, message=message)


def _by_other_runs(order: LiveOrder, legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    for other in view.opposite:
        if not _could_meet(order, legs, other):
            continue
        whose = "a manual order" if other.run_id is None else f"run {other.run_id}"
        yield Refusal(
            rule=Rule.WASH_TRADE,
            message=f"{whose} works order {other.id} on the other side of {order.symbol}: the account would trade with "
            "itself",
            value=other.id,
            other_run=other.run_id,
        )


def _could_meet(order: LiveOrder, legs: Sequence[LiveOrder], other: LiveOrder) -> bool:
    """Whether a venue would take two orders for one trading with itself. Complex orders and trailing stops are exempt,
    and so are two stops, and two limits that do not cross (Alpaca's documentation of orders, 2026)."""
    if not other.is_working or other.side is order.side or other.symbol != order.symbol:
        return False
    if legs or any(_is_exempt(one) for one in (order, other)):
        return False
    if {order.order_type, other.order_type} <= _STOPS:
        return False
    if order.order_type is OrderType.LIMIT and other.order_type is OrderType.LIMIT:
        return order.side.sign * ((order.limit or Decimal(0)) - (other.limit or Decimal(0))) >= 0
    return True


def _is_exempt(order: LiveOrder) -> bool:
    return order.order_class is not OrderClass.SIMPLE or order.order_type is OrderType.TRAILING_STOP


def _by_price(order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    is_asked = view.whole.limits.need_prices or (view.run is not None and view.run.limits.need_prices)
    if is_asked and order.notional is None and order_price(order, view.prices) is None:
        yield Refusal(
            rule=Rule.NO_PRICE,
            message=f"no price of {order.symbol} is known, so nobody can say what the order comes to",
        )


def _by_limits(order: LiveOrder, _legs: Sequence[LiveOrder], view: RiskView) -> Iterator[Refusal]:
    scopes = [(RiskScope.RUN, view.run)] if view.run is not None else []
    for scope, standing in [*scopes, (RiskScope.ACCOUNT, view.whole)]:
        for rule in (_rate, _collar, _order_size, _position_size, _exposure):
            yield from rule(order, standing, view, scope)


def _rate(_order: LiveOrder, own: Standing, view: RiskView, scope: RiskScope) -> Iterator[Refusal]:
    most = own.limits.orders_per_minute
    if most is None:
        return
    placed = 1 + sum(view.now - MINUTE < at <= view.now for at in own.placed)
    if placed > most:
        yield Refusal(
            rule=Rule.RATE,
            message=f"{placed} orders within a minute: the {scope}'s limit is {most}",
            limit=str(most),
            value=str(placed),
            scope=scope,
        )


def _collar(order: LiveOrder, own: Standing, view: RiskView, scope: RiskScope) -> Iterator[Refusal]:
    collar, newest = own.limits.price_collar, view.prices.get(order.symbol)
    if collar is None or newest is None:
        return
    for price in (order.limit, order.stop):
        if price is not None and abs(price - newest.price) > collar * newest.price:
            off = abs(price - newest.price) / newest.price
            age = int((view.now - newest.at).total_seconds())
            yield Refusal(
                rule=Rule.COLLAR,
                message=f"a price of {plain(price)} is {_percent(off)} from {order.symbol}'s newest, "
                f"{plain(newest.price)} ({age} s old): the {scope}'s limit is {_percent(collar)}",
                limit=plain(collar),
                value=plain(round(off, 6)),
                scope=scope,
            )


def _order_size(order: LiveOrder, own: Standing, view: RiskView, scope: RiskScope) -> Iterator[Refusal]:
    yield from _size(
        Rule.ORDER, "the order", value_of(order, view.prices, view.multipliers), own.limits.order_max, own, scope
    )


def _position_size(order: LiveOrder, own: Standing, view: RiskView, scope: RiskScope) -> Iterator[Refusal]:
    price, after = order_price(order, view.prices), holding_after(order, own)
    if abs(after) <= abs(own.held.get(order.symbol, Decimal(0))):  # a run's entry can make the account's holding less
        return
    each = view.multipliers.get(order.symbol, ONE)
    value = value_of(order, view.prices, view.multipliers) if price is None else abs(after) * price * each
    yield from _size(Rule.POSITION, f"the position in {order.symbol}", value, own.limits.position_max, own, scope)


def _exposure(order: LiveOrder, own: Standing, view: RiskView, scope: RiskScope) -> Iterator[Refusal]:
    before, after = gross_around(order, own, view.prices, view.multipliers)
    if after > before:
        yield from _size(Rule.EXPOSURE, "all positions", after, own.limits.exposure_max, own, scope)


def _size(
    rule: Rule, what: str, value: Decimal, limit: Decimal | None, own: Standing, scope: RiskScope
) -> Iterator[Refusal]:
    """`value` of cash against a share of what the run or the account may have in the market."""
    if limit is None or value <= limit * own.equity * own.leverage:
        return
    leverage = f" × {plain(own.leverage)}" if own.leverage != 1 else ""
    yield Refusal(
        rule=rule,
        message=f"{what} would come to {plain(round(value, 2))}: the {scope}'s limit is {_percent(limit)} of its "
        f"equity of {plain(round(own.equity, 2))}{leverage}",
        limit=plain(limit * own.equity * own.leverage),
        value=plain(value),
        scope=scope,
    )


def _percent(fraction: Decimal) -> str:
    return f"{plain(round(fraction * 100, 2))} %"


_RULES: tuple[Callable[[LiveOrder, Sequence[LiveOrder], RiskView], Iterator[Refusal]], ...] = (
    _by_the_switch, _by_halts, _by_the_stream, _by_symbol, _by_shorting, _by_instrument, _by_other_runs, _by_price,
    _by_limits,
)  # fmt: skip
