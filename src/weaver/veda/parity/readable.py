"""What was recorded of a tick, in words: what a strategy was given, line by line, and what it asked for."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from weaver.model.calendar.instants import time_of
from weaver.model.errors import DataError
from weaver.model.numbers.money import plain
from weaver.model.orders.action_bytes import decode_action
from weaver.model.orders.actions import (
    CancelOrder,
    FetchWindow,
    OrderTerms,
    PlaceOrder,
    ReplaceOrder,
    StopRun,
)
from weaver.veda.inputs import (
    CashMoved,
    HouseFilled,
    InputBar,
    OrderFilled,
    OrderMoved,
    RunSetup,
    SplitSeen,
    TickInputs,
    Update,
    WindowBars,
    WindowFailed,
)
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup


def action_told(action: bytes | None) -> str:
    """An action in words; None: nothing was asked for. What cannot be read is told as it stands."""
    if action is None:
        return "nothing"
    try:
        found = decode_action(action)
    except DataError as error:
        return str(error)
    match found:
        case PlaceOrder(symbol=symbol, order=terms, order_class=kind, legs=legs):
            exits = "".join(f", with {_terms_told(symbol, leg)}" for leg in legs)
            return f"place {_terms_told(symbol, terms)}{f' ({kind})' if legs else ''}{exits}"
        case ReplaceOrder(symbol=symbol, replaces=number, order=terms):
            return f"replace order {number} by {_terms_told(symbol, terms)}"
        case CancelOrder(number=number, reason=reason):
            return f"cancel order {number}: {reason}"
        case FetchWindow(symbol=symbol, timeframe=timeframe, bars=bars):
            return f"fetch {bars} bars of {symbol} {timeframe}"
        case StopRun(reason=reason):
            return f"stop the run: {reason}"


def inputs_told(number: int, inputs: bytes) -> tuple[str, ...]:
    """All that a strategy was given at a tick (0: its start), a line each. What cannot be read is told as it stands."""
    try:
        return tuple(_start_lines(decode_setup(inputs)) if number == 0 else _lines(decode_inputs(inputs)))
    except DataError as error:
        return (str(error),)


def _start_lines(setup: RunSetup) -> Iterator[str]:
    yield f"start of {setup.strategy_id} at {_time(setup.start)} on {setup.timeframe} bars, seed {setup.seed}"
    yield f"{setup.account} account of {plain(setup.cash)}, leverage {plain(setup.leverage)}"
    for name, value in sorted(setup.parameters.items()):
        yield f"parameter {name} = {value!r}"
    for one in setup.symbols:
        yield f"{one.symbol} ({one.asset_class}), the bars before the start: {one.warmup[:12]}"


def _lines(inputs: TickInputs) -> Iterator[str]:
    """In the order in which they reach the strategy."""
    for update in inputs.updates:
        yield _update_told(update)
    for window in inputs.windows:
        match window:
            case WindowBars(symbol=symbol, timeframe=timeframe, start=stamps):
                yield f"window of {len(stamps)} bars of {symbol} {timeframe}"
            case WindowFailed(symbol=symbol, timeframe=timeframe, error=error):
                yield f"no window of {symbol} {timeframe}: {error}"
    for bar in inputs.bars:
        yield f"{'missed bar' if bar.is_missed else 'bar'} {_bar_told(bar)}"
    for late in inputs.late:
        yield f"{'corrected' if late.is_correction else 'late'} bar {_bar_told(late.bar)}"


def _update_told(update: Update) -> str:
    match update:
        case OrderMoved(number=number, status=status, reason=reason):
            named = {"quantity": update.quantity, "limit": update.limit, "stop": update.stop}
            changed = "".join(f", {name} {plain(value)}" for name, value in named.items() if value is not None)
            return f"order {number} is {status}{changed}{f': {reason}' if reason else ''}"
        case OrderFilled(number=number, status=status):
            return f"fill of order {number}: {_fill_told(update)}, now {status}"
        case HouseFilled(symbol=symbol, side=side):
            return f"fill that the strategy did not ask for: {side} {symbol}, {_fill_told(update)}"
        case SplitSeen(symbol=symbol, numerator=new, denominator=old, ex_date=day):
            return f"split of {symbol} {new}:{old} on {day}"
        case CashMoved(symbol=symbol, kind=kind, amount=amount):
            of = f" of {symbol}" if symbol else ""
            return f"{kind.replace('_', ' ')}{of}: {plain(amount)}"


def _fill_told(fill: OrderFilled | HouseFilled) -> str:
    fee = f", {plain(fill.fee_quantity)} of it taken as a fee" if fill.fee_quantity else ""
    cost = f", commission {plain(fill.commission)}" if fill.commission else ""
    return f"{plain(fill.quantity)} at {plain(fill.price)} at {_time(fill.time)}{cost}{fee}"


def _bar_told(bar: InputBar) -> str:
    prices = f"open {bar.open!r} high {bar.high!r} low {bar.low!r} close {bar.close!r} volume {bar.volume!r}"
    return f"{bar.symbol} {_time(bar.start)} {prices}"


def _terms_told(symbol: str, terms: OrderTerms) -> str:
    prices = {
        "limit": terms.limit,
        "stop": terms.stop,
        "trail": terms.trail,
        "trail percent": terms.trail_percent,
        "limit percent": terms.limit_percent,
        "stop percent": terms.stop_percent,
    }
    named = "".join(f" {name} {plain(value)}" for name, value in prices.items() if value is not None)
    until = f" until {terms.expires}" if terms.expires is not None else ""
    hours = " in extended hours" if terms.extended_hours else ""
    kind = f" {terms.order_type} {terms.tif}{named}{until}{hours}"
    return f"order {terms.number}: {terms.side} {_amount_told(terms)} {symbol}{kind}"


def _amount_told(terms: OrderTerms) -> str:
    if terms.quantity is not None:
        return plain(terms.quantity)
    if terms.target_value is not None:
        return f"to a value of {plain(terms.target_value)} of"
    if terms.target_percent is not None:
        return f"to {plain(terms.target_percent * Decimal(100))} % of the equity in"
    return "what its entry brings of"


def _time(instant: int) -> str:
    when: datetime = time_of(instant)
    return when.isoformat().replace("+00:00", "Z")
