"""Why nothing, or less than was meant, came of what a strategy asked for: lots, and sessions that were waited for."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.prices import Prices
from weaver.model.numbers.scale import Scale
from weaver.model.orders.order import Order
from weaver.model.orders.small_target import SmallTargets


def about_lots(small: Mapping[str, SmallTargets]) -> list[tuple[str, str]]:
    """Targets that came to no order, as they were worth less than one lot, or than the least order."""
    if not small:
        return []
    symbol, first = next(iter(small.items()))
    scale = first.scale
    least = max(scale.lot, scale.minimum)
    name = "one lot" if least == scale.lot else "the least order"
    costs = f", which costs {_cash(scale.cash(first.price, least))}" if first.price else ""
    count = sum(one.count for one in small.values())
    text = (
        f"{count} targets came to no order, as each was worth less than {name}: the first {_cash(first.worth)} of "
        f"{symbol}, of which {name} is {_quantity(scale, least)}{costs}; it takes more cash, or a larger share of it"
    )
    return [("under_lot", text)]


def _cash(units: int) -> str:
    return f"{units / 1e8:,.2f}"


def _quantity(scale: Scale, units: int) -> str:
    return format(scale.quantity_decimal(units).normalize(), "f")


class _Waits(NamedTuple):
    """Of one symbol: its orders, those that waited for a session, that none came for, and that met at one open."""

    orders: int
    waited: int
    in_vain: int
    together: int


def about_sessions(run: FinishedRun) -> list[tuple[str, str]]:
    """Orders that waited for New York's regular hours, while bars outside of them passed."""
    closed = {symbol: prices for symbol, prices in run.prices.items() if _rests(prices)}
    if not closed:
        return []
    orders = run.orders
    found = {symbol: _waits(run, prices, orders) for symbol, prices in closed.items()}
    waits = _Waits(*(sum(column) for column in zip(*found.values(), strict=True)))
    if not waits.waited:
        return []
    symbol, prices = max(closed.items(), key=lambda item: found[item[0]].waited)
    outside, most = int(np.count_nonzero(~prices.regular)), max(one.together for one in found.values())
    text = (
        f"{waits.waited} of {waits.orders} orders waited for a session{_in_vain(waits.in_vain)}: {outside} of "
        f"{prices.count} bars of {symbol} lie outside New York's regular hours and fill nothing"
    )
    if most > 1:
        text += (
            f"; up to {most} of them met at one open, as when a strategy asks for its position only and orders on "
            "every bar (self.orders has those that wait)"
        )
    remedy = 'extended_hours=True lets an order fill there, asset="crypto", "fx" or "future" (--asset) has other hours'
    return [("waited", f"{text}; {remedy}")]


def _in_vain(count: int) -> str:
    return f", {count} of them to the end" if count else ""


def _rests(prices: Prices) -> bool:
    return not prices.is_always_open and bool(prices.count) and not bool(prices.regular.all())


def _waits(run: FinishedRun, prices: Prices, orders: Sequence[Order]) -> _Waits:
    """Orders whose first bar lay outside the session; exit legs, and what was cancelled by its strategy, aside."""
    own = [order for order in orders if order.symbol == prices.symbol and order.group is None]
    plain = [one for one in own if not (one.extended_hours or one.cancel_asked or one.number in run.liquidations)]
    placed = np.array([order.placed for order in plain], dtype=np.int64)
    first = _first_bars(run, prices, placed)
    first = first[first < prices.count]
    waited = first[~prices.regular[first]]
    opens = np.append(np.flatnonzero(prices.regular), prices.count)
    at = opens[np.searchsorted(opens, waited)]
    _, together = np.unique(at[at < prices.count], return_counts=True)
    return _Waits(
        orders=len(own),
        waited=len(waited),
        in_vain=int(np.count_nonzero(at == prices.count)),
        together=int(together.max(initial=0)),
    )


def _first_bars(run: FinishedRun, prices: Prices, placed: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first bar of a symbol that each order could act on, by index."""
    instants = np.where(placed >= run.ticks[run.first], placed, run.start)
    found: NDArray[np.int64] = np.searchsorted(prices.listing.bars.timestamp, instants)
    return found
