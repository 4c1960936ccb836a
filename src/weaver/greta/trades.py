"""Round trips: one entry order against one exit order, first in first out, from the ledger's fills."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.excursions import Excursions
from weaver.greta.fill_columns import FillColumns, times_of
from weaver.greta.fill_rows import AT_OPEN, FillRow
from weaver.greta.ledger import CashFlow, Ledger
from weaver.greta.prices import Prices
from weaver.greta.statistics import TradeColumns
from weaver.model.money import decimal_of, divide_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A closed round trip. Times in ns UTC; `pnl` after commissions, without dividends; `return_` = pnl ÷ entry value;
    `mae` and `mfe` the worst and best the bars did to it, as fractions of the entry price."""

    symbol: str
    side: str
    quantity: Decimal
    entry_time: int
    entry_price: Decimal
    exit_time: int
    exit_price: Decimal
    pnl: Decimal
    return_: float
    commission: Decimal
    bars: int
    mae: float
    mfe: float


class Leg:
    """What of a fill is still open: `units` > 0, its value and commission in cash units."""

    __slots__ = ("commission", "fill", "units", "value")

    def __init__(self, fill: int, units: int, value: int, commission: int) -> None:
        self.fill, self.units, self.value, self.commission = fill, units, value, commission

    def take(self, units: int) -> tuple[int, int]:
        """Take units off; value and commission go pro rata, so that the parts add up to the whole."""
        value = divide_half_even(self.value * units, self.units)
        commission = divide_half_even(self.commission * units, self.units)
        self.units, self.value, self.commission = self.units - units, self.value - value, self.commission - commission
        return value, commission


class Piece:
    """A quantity that one order opened and another closed; amounts in cash units."""

    __slots__ = ("commission", "entry", "entry_value", "exit", "exit_value", "sign", "symbol", "units")

    def __init__(
        self, symbol: str, sign: int, units: int, entry: int, exit_: int, values: tuple[int, int, int]
    ) -> None:
        self.symbol, self.sign, self.units = symbol, sign, units
        self.entry, self.exit = entry, exit_
        self.entry_value, self.exit_value, self.commission = values

    def add(self, later: "Piece") -> None:
        """Take in what the same two orders closed later."""
        self.units += later.units
        self.entry_value += later.entry_value
        self.exit_value += later.exit_value
        self.commission += later.commission
        self.exit = later.exit

    @property
    def pnl(self) -> int:
        """What it earned, in cash units."""
        return self.sign * (self.exit_value - self.entry_value) - self.commission


class Trades(Sequence[Trade]):
    """The closed round trips of a run, in order of exit; a trade is made when it is looked at."""

    def __init__(self, pieces: Sequence[Piece], columns: TradeColumns, ledger: Ledger) -> None:
        self._pieces, self._ledger = pieces, ledger
        self.columns = columns
        self._excursions: dict[str, Excursions] = {}

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, index: int) -> Trade:  # type: ignore[override]
        piece = self._pieces[index]
        fills, prices = self._ledger.fills, self._ledger.prices[piece.symbol]
        entry, exit_ = fills[piece.entry], fills[piece.exit]
        quantity = prices.scale.quantity_decimal(piece.units)
        entry_price = _price(piece.entry_value, piece.units, entry, prices)
        mae, mfe = self._excursion(piece, entry, exit_)
        return Trade(
            symbol=piece.symbol,
            side="long" if piece.sign > 0 else "short",
            quantity=quantity,
            entry_time=_time(self._ledger, piece.entry),
            entry_price=entry_price,
            exit_time=_time(self._ledger, piece.exit),
            exit_price=_price(piece.exit_value, piece.units, exit_, prices),
            pnl=decimal_of(piece.pnl, 8),
            return_=piece.pnl / piece.entry_value if piece.entry_value else 0.0,
            commission=decimal_of(piece.commission, 8),
            bars=exit_.bar - entry.bar,
            mae=mae,
            mfe=mfe,
        )

    def _excursion(self, piece: Piece, entry: FillRow, exit_: FillRow) -> tuple[float, float]:
        prices = self._ledger.prices[piece.symbol]
        excursions = self._excursions.get(piece.symbol)
        if excursions is None:
            excursions = self._excursions[piece.symbol] = Excursions(prices)
        one = prices.scale.notional_divisor / (piece.units * prices.scale.price_one)
        return excursions.of(
            sign=piece.sign,
            entry=(entry.bar, piece.entry_value * one),
            exit_=(exit_.bar, piece.exit_value * one),
            left_at_open=exit_.place == AT_OPEN,
        )


def trades_of(ledger: Ledger, columns: FillColumns) -> Trades:
    """The round trips of all fills."""
    quick = _alternating(ledger, columns)
    if quick is not None:
        return quick
    pieces = _matched(ledger)
    pnl = np.array([piece.pnl for piece in pieces], dtype=np.float64)
    value = np.array([piece.entry_value for piece in pieces], dtype=np.float64)
    entries, exits = ([_time(ledger, getattr(piece, end)) for piece in pieces] for end in ("entry", "exit"))
    return Trades(pieces, _trade_columns(pnl, value, np.array(entries), np.array(exits)), ledger)


def _trade_columns(pnl: NDArray[Any], value: NDArray[Any], entries: NDArray[Any], exits: NDArray[Any]) -> TradeColumns:
    """Cash units in, money out."""
    return TradeColumns(
        pnl=pnl / 1e8,
        return_=np.divide(pnl, value, out=np.zeros(len(pnl)), where=value != 0),
        entry_time=entries.astype(np.int64),
        exit_time=exits.astype(np.int64),
    )


def _matched(ledger: Ledger) -> list[Piece]:
    """The pieces in order of their last exit; those of the same two orders are one, whatever filled between them."""
    open_legs: dict[str, deque[Leg]] = defaultdict(deque)
    flows = deque(flow for flow in ledger.flows if flow.kind in {"split", "delisting"})
    numbers, found = ledger.fills.numbers, dict[tuple[int, int], Piece]()
    for index, row in enumerate(ledger.fills):
        while flows and flows[0].fills_before <= index:
            _adjust(open_legs, flows.popleft())
        for piece in _closed(open_legs[row.order.symbol], index, row, ledger):
            orders = numbers[piece.entry], numbers[piece.exit]
            if orders in found:
                found[orders].add(piece)
            else:
                found[orders] = piece
    return sorted(found.values(), key=lambda piece: piece.exit)


def _closed(legs: deque[Leg], index: int, row: FillRow, ledger: Ledger) -> Iterator[Piece]:
    """What a fill closes of the open legs; what it opens joins them."""
    sign = 1 if row.units > 0 else -1
    rest = Leg(index, abs(row.units), row.value, row.commission)
    while rest.units and legs and (ledger.fills[legs[0].fill].units > 0) != (sign > 0):
        leg = legs[0]
        units = min(leg.units, rest.units)
        entry_value, entry_commission = leg.take(units)
        exit_value, exit_commission = rest.take(units)
        if not leg.units:
            legs.popleft()
        values = (entry_value, exit_value, entry_commission + exit_commission)
        yield Piece(row.order.symbol, -sign, units, leg.fill, index, values)
    if rest.units:
        legs.append(rest)


def _adjust(open_legs: Mapping[str, deque[Leg]], flow: CashFlow) -> None:
    """Follow a split (the oldest leg bears what is cut) or a delisting."""
    legs = open_legs[flow.symbol]
    if flow.kind == "delisting":
        legs.clear()
        return
    total = sum(leg.units for leg in legs)
    if not total:
        return
    left = abs(flow.units)
    for leg in reversed(legs):
        units = min(left, -(-leg.units * abs(flow.units) // total))
        leg.units, left = units, left - units
    while legs and not legs[0].units:
        legs.popleft()


def _alternating(ledger: Ledger, columns: FillColumns) -> Trades | None:
    """The common case, all columns at once: one symbol, no flows, each entry closed whole by the next fill."""
    prices = next(iter(ledger.prices.values()))
    fills_whole = prices.costs.max_participation is None  # else parts of two orders may alternate
    if len(ledger.prices) != 1 or ledger.flows or len(columns) < 2 or not columns.is_exact or not fills_whole:
        return None
    rows = slice(0, len(columns) // 2 * 2)
    signed, value, fees = columns.units[rows], columns.value[rows], columns.commission[rows]
    if np.any(signed[0::2] + signed[1::2]):
        return None
    entry, exit_, paid = value[0::2], value[1::2], fees[0::2] + fees[1::2]
    pnl = np.sign(signed[0::2]) * (exit_ - entry) - paid
    times = times_of(columns, rows, prices)
    found = _trade_columns(pnl, entry, times[0::2], times[1::2])
    return Trades(_Pairs(prices.symbol, signed, entry, exit_, paid), found, ledger)


class _Pairs(Sequence[Piece]):
    """Pieces of consecutive pairs of fills, made when looked at."""

    def __init__(
        self,
        symbol: str,
        signed: NDArray[np.int64],
        entry: NDArray[np.int64],
        exit_: NDArray[np.int64],
        fees: NDArray[np.int64],
    ) -> None:
        self._symbol, self._signed, self._entry, self._exit, self._fees = symbol, signed, entry, exit_, fees

    def __len__(self) -> int:
        return len(self._entry)

    def __getitem__(self, index: int) -> Piece:  # type: ignore[override]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        units = int(self._signed[2 * index])
        values = (int(self._entry[index]), int(self._exit[index]), int(self._fees[index]))
        return Piece(self._symbol, 1 if units > 0 else -1, abs(units), 2 * index, 2 * index + 1, values)


def _time(ledger: Ledger, fill: int) -> int:
    row = ledger.fills[fill]
    return ledger.prices[row.order.symbol].time_of(row)


def _price(value: int, units: int, row: FillRow, prices: Prices) -> Decimal:
    """The price per unit of a value: the fill's own where it is that, else the average."""
    if value == prices.scale.cash(row.price, units):
        return prices.scale.price_decimal(row.price)
    return decimal_of(value, 8) / prices.scale.quantity_decimal(units)
