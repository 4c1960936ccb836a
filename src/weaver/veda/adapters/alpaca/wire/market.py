"""Alpaca's calendar and assets, made ours."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.orders.venue import VENUES
from weaver.veda.adapters.alpaca.wire.bodies import ENDED_BY_US
from weaver.veda.adapters.alpaca.wire.orders import ASSET_CLASSES
from weaver.veda.adapters.alpaca.wire.values import Json, flag, number, text
from weaver.veda.exchange.market import InstrumentRules, TradingDay

NEW_YORK = ZoneInfo("America/New_York")
RULES = {AssetClass.STOCK: VENUES["alpaca-stocks"], AssetClass.CRYPTO: VENUES["alpaca-crypto"]}
MINIMUM_NOTIONAL = {AssetClass.STOCK: Decimal(1), AssetClass.CRYPTO: Decimal(10)}
CRYPTO_INCREMENT = Decimal("0.000000001")
"""Of quantities, where the asset names none."""


def trading_day_of(record: Json) -> TradingDay | None:
    """A row of the calendar; None where it has no hours."""
    try:
        day = date.fromisoformat(text(record, "date"))
        opens, closes = _clock(record, "open"), _clock(record, "close")
        early, late = _clock(record, "session_open"), _clock(record, "session_close")
    except ValueError:
        return None
    if opens is None or closes is None:
        return None
    return TradingDay(
        date=day,
        open=_in_new_york(day, opens),
        close=_in_new_york(day, closes),
        extended_open=_in_new_york(day, early or time(4)),
        extended_close=_in_new_york(day, late or time(20)),
    )


def _clock(record: Json, name: str) -> time | None:
    """`09:30` or `0930`."""
    written = text(record, name).replace(":", "")
    return time(int(written[:2]), int(written[2:4])) if written else None


def _in_new_york(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, NEW_YORK).astimezone(ZoneInfo("UTC"))


def instrument_of(record: Json) -> InstrumentRules | None:
    """What an asset is and how it trades; None for a class that Weaver does not trade."""
    symbol, asset_class = text(record, "symbol"), ASSET_CLASSES.get(text(record, "class"))
    if not symbol or asset_class is None:
        return None
    is_active = text(record, "status").lower() in {"active", ""}
    is_tradable = is_active and flag(record, "tradable", otherwise=True)
    is_stock = asset_class is AssetClass.STOCK
    is_shortable = is_stock and flag(record, "shortable") and _can_be_borrowed(record)
    return InstrumentRules(
        instrument=_facts(record, symbol, asset_class),
        rules=RULES[asset_class],
        is_tradable=is_tradable,
        is_shortable=is_shortable,
        is_fractionable=not is_stock or flag(record, "fractionable"),
        minimum_notional=MINIMUM_NOTIONAL[asset_class],
        ended_by_us=ENDED_BY_US[asset_class],
        splits_at_zero=is_stock,
        has_one_tif=True,
        flags=tuple(_flags(record, is_active=is_active, is_stock=is_stock, is_shortable=is_shortable)),
    )


def _can_be_borrowed(record: Json) -> bool:
    """By `borrow_status`, which takes the place of `easy_to_borrow`; where neither is told, by `shortable`."""
    told = text(record, "borrow_status").lower()
    if told:
        return told not in {"hard_to_borrow", "not_borrowable", "none"}
    return flag(record, "easy_to_borrow", otherwise=True)


def _facts(record: Json, symbol: str, asset_class: AssetClass) -> Instrument:
    if asset_class is AssetClass.STOCK:
        return Instrument.default(symbol, asset_class)
    tick = number(record, "price_increment")
    usual = Instrument.default(symbol, asset_class)
    return Instrument(
        symbol=symbol,
        asset_class=asset_class,
        tick=tick or usual.tick,
        tick_given=bool(tick),
        lot=number(record, "min_trade_increment") or CRYPTO_INCREMENT,
        minimum=number(record, "min_order_size") or Decimal(0),
        quote_currency=usual.quote_currency,
    )


def _flags(record: Json, *, is_active: bool, is_stock: bool, is_shortable: bool) -> list[str]:
    told = []
    if not is_active:
        told.append(f"it is {text(record, 'status')}, not active")
    if not flag(record, "tradable", otherwise=True):
        told.append("it cannot be traded")
    if is_stock and not is_shortable:
        told.append("it cannot be sold short")
    if is_stock and not flag(record, "fractionable"):
        told.append("fractions of it cannot be ordered")
    return told


def spellings(symbols: Mapping[str, object]) -> dict[str, str]:
    """How orders spell what positions call without the slash: `BTCUSD` for `BTC/USD`."""
    return {symbol.replace("/", ""): symbol for symbol in symbols if "/" in symbol}
