"""Which orders the exchange takes at all, whatever the account: prices, fractions, hours, what pairs lack.

Sources: Alpaca's documentation of orders, fractional and crypto trading (2026), and messages that users reported.
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import chain

from weaver.model.numbers.money import decimals_of, plain
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.venue.tickets.terms import Terms

UNPROCESSABLE = 422
BAD_INPUT, BAD_ORDER, BAD_ACCOUNT = 40010001, 42210000, 40310000
FRACTION_DECIMALS = 9
LEAST_COST = {False: Decimal(1), True: Decimal(10)}
"""By whether it is a pair."""
FRACTIONAL_TYPES = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT)
CRYPTO_TYPES = (OrderType.MARKET, OrderType.LIMIT, OrderType.STOP_LIMIT)
CRYPTO_TIFS = ("gtc", "ioc")
LASTING = (TimeInForce.DAY, TimeInForce.GTC)
AUCTIONS = ("opg", "cls")
CENT, FINE = 2, 4
"""How many decimals a stock's price may have: from a dollar on, and under it."""

Rule = Callable[[Terms, Asset], None]


def bad_input(message: str) -> Refused:
    """A request that says something impossible."""
    return Refused(UNPROCESSABLE, BAD_INPUT, message)


def bad_order(message: str) -> Refused:
    """An order that the exchange does not take."""
    return Refused(UNPROCESSABLE, BAD_ORDER, message)


def check(terms: Terms, asset: Asset) -> None:
    """Raises Refused for an order that the exchange takes from nobody."""
    for rule in RULES:
        rule(terms, asset)


def check_price(name: str, price: Decimal | None, asset: Asset) -> None:
    """Raises Refused for a price that lies between the ticks."""
    if price is None or asset.is_crypto:
        return
    most = CENT if price >= 1 else FINE
    if decimals_of(price) > most:
        text = f"invalid {name} {plain(price)}. sub-penny increment does not fulfill minimum pricing criteria"
        raise bad_order(text)


def _prices(terms: Terms, _: Asset) -> None:
    kind = terms.type
    if kind is OrderType.MARKET and (terms.limit_price is not None or terms.stop_price is not None):
        raise bad_input("market orders require no stop or limit price")
    if kind is OrderType.LIMIT and terms.limit_price is None:
        raise bad_input("limit orders require a limit price")
    if kind is OrderType.LIMIT and terms.stop_price is not None:
        raise bad_input("limit orders require no stop price")
    if kind is OrderType.STOP and terms.stop_price is None:
        raise bad_input("stop orders require a stop price")
    if kind is OrderType.STOP and terms.limit_price is not None:
        raise bad_input("stop orders require no limit price")
    if kind is OrderType.STOP_LIMIT and (terms.stop_price is None or terms.limit_price is None):
        raise bad_input("stop limit orders require both stop and limit price")
    _trail(terms)


def _trail(terms: Terms) -> None:
    given = [one for one in (terms.trail_price, terms.trail_percent) if one is not None]
    if terms.type is not OrderType.TRAILING_STOP:
        if given:
            raise bad_input("trail_price and trail_percent are for trailing_stop orders only")
    elif len(given) != 1:
        raise bad_input("trailing stop orders must specify one of trail_price or trail_percent")
    elif terms.limit_price is not None or terms.stop_price is not None:
        raise bad_input("trailing stop orders require no stop or limit price")
    elif terms.trail_percent is not None and terms.trail_percent >= 100:
        raise bad_input("trail_percent must be < 100")


def _ticks(terms: Terms, asset: Asset) -> None:
    stop_loss = terms.stop_loss
    for name, price in chain(
        (("limit_price", terms.limit_price), ("stop_price", terms.stop_price), ("trail_price", terms.trail_price)),
        (("take_profit.limit_price", terms.take_profit),),
        (() if stop_loss is None else (("stop_loss.stop_price", stop_loss.stop_price),)),
        (() if stop_loss is None else (("stop_loss.limit_price", stop_loss.limit_price),)),
    ):
        check_price(name, price, asset)


def _quantity(terms: Terms, asset: Asset) -> None:
    quantity = terms.qty
    if quantity is None:
        if terms.notional is not None and decimals_of(terms.notional) > CENT:
            raise bad_input("notional value must be limited to 2 decimal places")
    elif decimals_of(quantity) > FRACTION_DECIMALS:
        raise bad_input(f"qty must be limited to {FRACTION_DECIMALS} decimal places")
    elif quantity < asset.scale.quantity_decimal(asset.scale.lot):
        least = plain(asset.scale.quantity_decimal(asset.scale.lot))
        raise bad_order(f"qty must be at least {least} of {asset.symbol}")


def _fraction(terms: Terms, asset: Asset) -> None:
    if asset.is_crypto or not terms.is_fractional:
        return
    if terms.is_complex:
        raise bad_order("fractional orders must be simple orders")
    if terms.type not in FRACTIONAL_TYPES:
        raise bad_order("fractional orders must be market, limit, stop or stop_limit orders")
    if terms.tif is not TimeInForce.DAY:
        raise bad_order("fractional orders must be DAY orders")


def _hours(terms: Terms, asset: Asset) -> None:
    if not terms.extended_hours:
        return
    if asset.is_crypto:
        raise bad_order("extended hours orders are not supported for crypto")
    if terms.type is not OrderType.LIMIT or terms.tif not in LASTING:
        raise bad_order("extended hours order must be DAY or GTC limit orders")
    if terms.is_complex:
        raise bad_order("complex orders are not supported for extended hours trading")


def _auction(terms: Terms, _: Asset) -> None:
    if terms.tif in AUCTIONS and terms.type not in (OrderType.MARKET, OrderType.LIMIT):
        raise bad_order(f"{terms.tif} orders must be market or limit orders")
    if terms.type is OrderType.TRAILING_STOP and terms.tif not in LASTING:
        raise bad_order("trailing stop orders must be DAY or GTC orders")


def _pairs(terms: Terms, asset: Asset) -> None:
    if not asset.is_crypto:
        return
    if terms.is_complex:
        raise bad_order(f"{terms.order_class} orders are not supported for crypto")
    if terms.type not in CRYPTO_TYPES:
        raise bad_order("invalid order type for crypto order")
    if terms.tif not in CRYPTO_TIFS:
        raise bad_order("invalid crypto time_in_force")


def _legs(terms: Terms, _: Asset) -> None:
    match terms.order_class:
        case OrderClass.SIMPLE:
            if terms.take_profit is not None or terms.stop_loss is not None:
                raise bad_order("simple orders must not have take_profit or stop_loss")
            return
        case OrderClass.BRACKET | OrderClass.OCO if terms.take_profit is None or terms.stop_loss is None:
            missing = "take_profit.limit_price" if terms.take_profit is None else "stop_loss.stop_price"
            raise bad_order(f"{terms.order_class} orders require {missing}")
        case OrderClass.OTO if (terms.take_profit is None) == (terms.stop_loss is None):
            raise bad_order("oto orders require either take_profit.limit_price or stop_loss.stop_price")
        case _:
            pass
    if terms.tif not in LASTING:
        raise bad_order("complex orders must be DAY or GTC orders")
    if terms.order_class is OrderClass.OCO and terms.type is not OrderType.LIMIT:
        raise bad_order("oco orders must be limit orders")
    if terms.order_class is not OrderClass.OCO and terms.type not in (OrderType.MARKET, OrderType.LIMIT):
        raise bad_input(f"{terms.order_class} orders must be market or limit orders")


def _leg_prices(terms: Terms, _: Asset) -> None:
    """A take-profit lies beyond the stop, and both on their sides of the entry's limit."""
    profit, loss = terms.take_profit, terms.stop_loss
    sign = terms.side.sign if terms.order_class is not OrderClass.OCO else -terms.side.sign
    relation = ">" if sign > 0 else "<"
    if profit is not None and loss is not None and sign * (profit - loss.stop_price) <= 0:
        raise bad_order(f"take_profit.limit_price must be {relation} stop_loss.stop_price")
    if loss is not None and loss.limit_price is not None and sign * (loss.stop_price - loss.limit_price) < 0:
        raise bad_order(f"stop_loss.limit_price must be {'<=' if sign > 0 else '>='} stop_loss.stop_price")
    entry = terms.limit_price
    if terms.order_class in (OrderClass.SIMPLE, OrderClass.OCO) or entry is None:
        return
    if profit is not None and sign * (profit - entry) <= 0:
        raise bad_order(f"take_profit.limit_price must be {relation} limit_price")
    if loss is not None and sign * (entry - loss.stop_price) <= 0:
        other = "<" if terms.side is Side.BUY else ">"
        raise bad_order(f"stop_loss.stop_price must be {other} limit_price")


RULES: tuple[Rule, ...] = (
    _prices, _pairs, _quantity, _ticks, _hours, _fraction, _auction, _legs, _leg_prices,
)  # fmt: skip


def check_cost(terms: Terms, asset: Asset, qty: Decimal, price: Decimal) -> None:
    """Raises Refused for an order that is worth too little."""
    cost = terms.notional if terms.notional is not None else qty * price
    least = LEAST_COST[asset.is_crypto]
    counts = asset.is_crypto or terms.is_fractional
    if counts and cost < least:
        raise Refused(403, BAD_ACCOUNT, f"cost basis must be >= minimal amount of order {plain(least)}")
