"""Round trips as columns: what one order opened and another, or a delisting, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.exact_sums import ratios, summable, whole
from weaver.greta.ledger.fill_columns import FillColumns
from weaver.greta.ledger.ledger import CashFlow
from weaver.greta.results.fifo import matches_of
from weaver.model.account.legs import LegByLeg, MatchedPiece

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
COLUMNS = ("entry", "exit", "units", "pnl", "commission", "entry_price", "exit_price", "fee")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundTrips:
    """A row each. Counts are exact: int64, or Python's integers where they might not fit."""

    entry: Ints
    """The fill that opened it: the first, where there are several."""
    exit: Ints
    """The fill that closed it, the last where there are several; of a delisting, the last of the run before it."""
    units: NDArray[Any]
    """How many were opened and closed, > 0."""
    pnl: NDArray[Any]
    """What it earned after commissions, in cash units, as they changed hands."""
    commission: NDArray[Any]
    entry_price: NDArray[Any]
    """In price units, not rounded: a Fraction where fills had several, or after a split."""
    exit_price: NDArray[Any]
    fee: Floats
    """The commission again, in cash units, before it was rounded to any part."""
    delistings: Mapping[int, CashFlow]
    """What ended those that no fill did, by row."""
    are_pairs: bool = False
    """Whether they are all that the run's one symbol did: bought whole, sold whole, or the other way round."""

    def __len__(self) -> int:
        return len(self.entry)


def round_trips(run: FinishedRun, columns: FillColumns) -> RoundTrips:
    """The closed round trips of all fills, in order of exit; of the same two orders one, whatever filled between.

    All at once, but where a split or a delisting changed what was held of a symbol: of that, leg by leg.
    """
    flows = [flow for flow in run.flows if flow.changes_holding]
    names = {flow.symbol for flow in flows}
    is_changed = np.array([symbol in names for symbol in run.prices])[columns.symbol]
    found = _at_once(run, columns, np.flatnonzero(~is_changed))
    if flows:
        pieces = LegByLeg(run.fills, flows, run.fills.numbers).pieces(np.flatnonzero(is_changed).tolist())
        found = _joined(found, _counted(pieces, flows))
    return _in_order(found)


def _at_once(run: FinishedRun, columns: FillColumns, rows: Ints) -> RoundTrips:
    """Those of some fills whose holdings only fills changed."""
    matches = matches_of(rows, columns.symbol[rows], columns.units[rows])
    entry, exit_ = matches.rows[matches.entry], matches.rows[matches.exit]
    size, price = np.abs(columns.units), run.fills.price_column()
    entered, left = matches.shares(columns.value, size)
    paid_first, paid_last = matches.shares(columns.commission, size)
    in_parts = any(prices.costs.max_participation is not None for prices in run.prices.values())
    by_unit = ratios(columns.commission, size)
    found = RoundTrips(
        entry=entry,
        exit=exit_,
        units=matches.units,
        pnl=np.sign(columns.units[entry]) * (left - entered) - (paid_first + paid_last),
        commission=paid_first + paid_last,
        entry_price=price[entry],
        exit_price=price[exit_],
        fee=(by_unit[entry] + by_unit[exit_]) * matches.units.astype(np.float64),
        delistings={},
        are_pairs=matches.are_pairs and len(run.prices) == 1 and not run.flows and columns.is_small and not in_parts,
    )
    return _by_orders(found, np.array(run.fills.numbers, dtype=np.int64)) if in_parts and len(entry) else found


def _by_orders(found: RoundTrips, numbers: Ints) -> RoundTrips:
    """One for each two orders, in the order of their first ones; `numbers`: which order each fill is of."""
    both = numbers[found.entry] * (int(numbers.max()) + 1) + numbers[found.exit]
    first, trip = np.unique(both, return_index=True, return_inverse=True)[1:]
    if len(first) == len(both):
        return found
    order = np.argsort(first)
    first, trip = first[order], np.argsort(order)[trip]
    last = found.exit[first]
    np.maximum.at(last, trip, found.exit)
    return RoundTrips(
        entry=found.entry[first],
        exit=last,
        units=_sums(trip, found.units),
        pnl=_sums(trip, found.pnl),
        commission=_sums(trip, found.commission),
        entry_price=_averages(trip, first, found.entry_price, found.units),
        exit_price=_averages(trip, first, found.exit_price, found.units),
        fee=np.bincount(trip, weights=found.fee).astype(np.float64),
        delistings={},
    )


def _sums(trip: Ints, counts: NDArray[Any]) -> NDArray[Any]:
    """The exact sum of the counts of each trip."""
    counts = summable(counts)
    sums = np.zeros(int(trip.max()) + 1, dtype=counts.dtype)
    np.add.at(sums, trip, counts)
    return sums


def _averages(trip: Ints, first: Ints, price: NDArray[Any], units: NDArray[Any]) -> NDArray[Any]:
    """The exact average price of each trip, weighted by units."""
    prices = price[first]
    differs = np.unique(trip[price != prices[trip]])
    if not len(differs):
        return prices
    some = np.isin(trip, differs)
    bought, worth = units[some].astype(object), price[some].astype(object) * units[some].astype(object)
    prices = prices.astype(object)
    pairs = zip(_sums(trip[some], worth)[differs], _sums(trip[some], bought)[differs], strict=True)
    prices[differs] = [Fraction(*pair) for pair in pairs]
    return prices


def _counted(pieces: Sequence[MatchedPiece], flows: Sequence[CashFlow]) -> RoundTrips:
    """Pieces as columns."""
    return RoundTrips(
        entry=np.array([piece.entry for piece in pieces], dtype=np.int64),
        exit=np.array([piece.exit for piece in pieces], dtype=np.int64),
        units=whole([piece.units for piece in pieces]),
        pnl=whole([piece.pnl for piece in pieces]),
        commission=whole([piece.commission for piece in pieces]),
        entry_price=np.array([Fraction(piece.entry_worth) / piece.units for piece in pieces], dtype=object),
        exit_price=np.array([Fraction(piece.exit_worth) / piece.units for piece in pieces], dtype=object),
        fee=np.array([piece.fee for piece in pieces], dtype=np.float64),
        delistings={row: flows[piece.delisting] for row, piece in enumerate(pieces) if piece.delisting is not None},
    )


def _joined(one: RoundTrips, other: RoundTrips) -> RoundTrips:
    """The rows of both."""
    both: dict[str, Any] = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in COLUMNS}
    return replace(one, **both, delistings={len(one) + row: flow for row, flow in other.delistings.items()})


def _in_order(found: RoundTrips) -> RoundTrips:
    """By exit, a delisting after the fill before it."""
    key = 2 * found.exit
    key[list(found.delistings)] += 1
    if not np.any(key[1:] < key[:-1]):
        return found
    order = np.argsort(key, kind="stable")
    place = np.argsort(order)
    return replace(
        found,
        **{name: getattr(found, name)[order] for name in COLUMNS},
        delistings={int(place[row]): flow for row, flow in found.delistings.items()},
    )
