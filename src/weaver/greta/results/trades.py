"""Round trips: one entry order against one exit order, first in first out, from the ledger's fills."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.exact_sums import quotients, whole
from weaver.greta.ledger.fill_columns import FillColumns, times_of
from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.results.excursions import Excursions
from weaver.greta.results.round_trips import Piece, RoundTrips
from weaver.greta.results.statistics import TradeColumns
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_ONE, decimal_of
from weaver.model.orders.execution import AT_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A closed round trip. Times in ns UTC; `pnl` after commissions, without dividends, in cash; `return_`
    the same as a fraction of the entry, from prices alone, so that it is right of the smallest holding; `mae` and `mfe`
    the worst and best the bars did to it, as fractions of the entry price."""

    symbol: str
    side: str
    quantity: Amount
    entry_time: int
    entry_price: Amount
    exit_time: int
    exit_price: Amount
    pnl: Amount
    return_: float
    commission: Amount
    bars: int
    mae: float
    mfe: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DelistedTrade(Trade):
    """A round trip that no order ended, but a delisting: its value is the exit price, and nothing was due for it."""


class Trades(Sequence[Trade]):
    """The closed round trips of a run, in order of exit; a trade is made when it is first looked at."""

    def __init__(self, pieces: Sequence[Piece], columns: TradeColumns, run: FinishedRun) -> None:
        self._pieces, self._run = pieces, run
        self.columns = columns
        self._excursions: dict[str, Excursions] = {}
        self._made: dict[int, Trade] = {}

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, index: int) -> Trade:  # type: ignore[override]
        made = self._made.get(index)
        if made is None:
            made = self._made[index] = self._trade(index)
        return made

    def _trade(self, index: int) -> Trade:
        piece = self._pieces[index]
        scale = self._run.prices[piece.symbol].scale
        mae, mfe = self._excursion(piece)
        entry, exit_ = self._bars(piece)
        return (Trade if piece.delisting is None else DelistedTrade)(
            symbol=piece.symbol,
            side="long" if piece.sign > 0 else "short",
            quantity=scale.quantity_decimal(piece.units),
            entry_time=_entry_time(self._run, piece),
            entry_price=scale.average_price(piece.entry_worth, piece.units),
            exit_time=_exit_time(self._run, piece),
            exit_price=scale.average_price(piece.exit_worth, piece.units),
            pnl=decimal_of(piece.pnl, 8),
            return_=float(self.columns.return_[index]),
            commission=decimal_of(piece.commission, 8),
            bars=exit_ - entry,
            mae=mae,
            mfe=mfe,
        )

    def bars(self, index: int) -> tuple[int, int]:
        """The bars of its symbol in which a trade was entered and left, by index."""
        return self._bars(self._pieces[index])

    def _bars(self, piece: Piece) -> tuple[int, int]:
        fills, delisting = self._run.fills, piece.delisting
        entry = fills[piece.entry].bar
        if delisting is None:
            return entry, fills[piece.exit].bar
        prices = self._run.prices[piece.symbol]
        is_before = delisting.place == AT_OPEN
        return entry, prices.bar_at(delisting.tick) if is_before else prices.newest_at(delisting.tick)

    def _excursion(self, piece: Piece) -> tuple[float, float]:
        prices = self._run.prices[piece.symbol]
        excursions = self._excursions.get(piece.symbol)
        if excursions is None:
            excursions = self._excursions[piece.symbol] = Excursions(prices)
        one = piece.units * prices.scale.price_one
        entry, exit_ = self._bars(piece)
        place = self._run.fills[piece.exit].place if piece.delisting is None else piece.delisting.place
        return excursions.of(
            sign=piece.sign,
            entry=(entry, float(piece.entry_worth / one)),
            exit_=(exit_, float(piece.exit_worth / one)),
            left_at_open=place == AT_OPEN,
        )


def trades_of(run: FinishedRun, columns: FillColumns) -> Trades:
    """The round trips of all fills."""
    quick = _alternating(run, columns)
    if quick is not None:
        return quick
    pieces = RoundTrips(run.fills, run.flows).pieces()
    found = TradeColumns(
        pnl=quotients(whole([piece.pnl for piece in pieces]), CASH_ONE),
        return_=np.array([_return(piece, run) for piece in pieces], dtype=np.float64),
        entry_time=np.array([_entry_time(run, piece) for piece in pieces], dtype=np.int64),
        exit_time=np.array([_exit_time(run, piece) for piece in pieces], dtype=np.int64),
    )
    return Trades(pieces, found, run)


def _return(piece: Piece, run: FinishedRun) -> float:
    """The gain as a fraction of what was entered, from prices and not from cash, which is rounded."""
    paid = piece.entry_worth
    change = piece.sign * (piece.exit_worth - paid) / paid
    return float(change) - piece.fee * run.prices[piece.symbol].scale.notional_divisor / float(paid)


def _alternating(run: FinishedRun, columns: FillColumns) -> Trades | None:
    """The common case, all columns at once: one symbol, no flows, each entry closed whole by the next fill."""
    prices = next(iter(run.prices.values()))
    fills_whole = prices.costs.max_participation is None  # else parts of two orders may alternate
    if len(run.prices) != 1 or run.flows or len(columns) < 2 or not columns.is_small or not fills_whole:
        return None
    rows = slice(0, len(columns) // 2 * 2)
    signed, value, fees = columns.units[rows], columns.value[rows], columns.commission[rows]
    if np.any(signed[0::2] + signed[1::2]):
        return None
    entry, exit_, paid = value[0::2], value[1::2], fees[0::2] + fees[1::2]
    sign = np.sign(signed[0::2])
    bought, sold = (run.fills.price_column()[place : len(signed) : 2] for place in (0, 1))
    worth = bought * np.abs(signed[0::2]).astype(np.float64) / prices.scale.notional_divisor
    times = times_of(columns, rows, prices)
    found = TradeColumns(
        pnl=quotients(sign * (exit_ - entry) - paid, CASH_ONE),
        return_=sign * (sold - bought) / bought - paid / worth,
        entry_time=times[0::2].astype(np.int64),
        exit_time=times[1::2].astype(np.int64),
    )
    return Trades(_Pairs(prices.symbol, run.fills), found, run)


class _Pairs(Sequence[Piece]):
    """Pieces of consecutive pairs of fills, made when looked at."""

    def __init__(self, symbol: str, fills: Sequence[FillRow]) -> None:
        self._symbol, self._fills = symbol, fills

    def __len__(self) -> int:
        return len(self._fills) // 2

    def __getitem__(self, index: int) -> Piece:  # type: ignore[override]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        entry, exit_ = self._fills[2 * index], self._fills[2 * index + 1]
        units, paid = abs(entry.units), entry.commission + exit_.commission
        return Piece(
            self._symbol,
            1 if entry.units > 0 else -1,
            units,
            2 * index,
            2 * index + 1,
            values=(entry.value, exit_.value, paid),
            worths=(entry.price * units, exit_.price * units, float(paid)),
        )


def _entry_time(run: FinishedRun, piece: Piece) -> int:
    return run.prices[piece.symbol].time_of(run.fills[piece.entry])


def _exit_time(run: FinishedRun, piece: Piece) -> int:
    """When an order, or a delisting, ended it."""
    if piece.delisting is not None:
        return int(run.ticks[piece.delisting.tick])
    return run.prices[piece.symbol].time_of(run.fills[piece.exit])
