"""Round trips: one entry order against one exit order, first in first out, from the ledger's fills."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.exact_sums import products, quotients, ratios
from weaver.greta.ledger.fill_columns import FillColumns, times_of
from weaver.greta.ledger.prices import Prices
from weaver.greta.results.round_trips import RoundTrips, round_trips
from weaver.greta.results.statistics import TradeColumns
from weaver.model.account.excursions import Excursions
from weaver.model.market.corporate_actions import Split
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_ONE, decimal_of
from weaver.model.orders.execution import AT_CLOSE, AT_OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A closed round trip: one entry order against one exit order or a delisting, first in, first out."""

    symbol: str
    """What was traded."""
    side: str
    """`long` or `short`."""
    quantity: Amount
    """How much of it; above 0."""
    entry_time: int
    """When it was entered, in ns since 1970, UTC."""
    entry_price: Amount
    """What a unit was entered at."""
    exit_time: int
    """When it was left, in ns since 1970, UTC."""
    exit_price: Amount
    """What a unit was left at."""
    pnl: Amount
    """What it earned after commissions, without dividends, in the run's currency."""
    return_: float
    """The same as a fraction of the entry, from prices alone, so that it is right of the smallest holding; the column
    is called `return`."""
    commission: Amount
    """The share of both orders' commissions that is its own."""
    bars: int
    """How many bars after the one in which it was entered it was left; 0: in the same."""
    mae: float
    """The worst that the bars did to it, as a fraction of the entry price; never above 0."""
    mfe: float
    """The best that the bars did to it, as a fraction of the entry price; never below 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelistedTrade(Trade):
    """A round trip that no order ended, but a delisting: its value is the exit price, and nothing was due for it."""


class Trades(Sequence[Trade]):
    """The closed round trips of a run, in order of exit; a trade is made when it is looked at."""

    def __init__(self, run: FinishedRun, fills: FillColumns) -> None:
        self._run, self._fills = run, fills
        self._prices = tuple(run.prices.values())
        self._trips = round_trips(run, fills)
        self.columns = _columns(run, fills, self._trips)
        self._excursions: dict[int, Excursions] = {}

    def __len__(self) -> int:
        return len(self._trips)

    def __getitem__(self, index: int) -> Trade:  # type: ignore[override]
        trips, columns = self._trips, self.columns
        entry = trips.entry[index]
        units, sign = trips.units.item(index), 1 if self._fills.units[entry] > 0 else -1
        entered, left = trips.entry_price.item(index), trips.exit_price.item(index)
        which = int(self._fills.symbol[entry])
        scale = self._prices[which].scale
        mae, mfe = self._excursion(index, which, sign, entered / scale.price_one, left / scale.price_one)
        bar, last = self.bars(index)
        return (DelistedTrade if index % len(self) in trips.delistings else Trade)(
            symbol=self._prices[which].symbol,
            side="long" if sign > 0 else "short",
            quantity=scale.quantity_decimal(units),
            entry_time=columns.entry_time.item(index),
            entry_price=scale.average_price(entered * units, units),
            exit_time=columns.exit_time.item(index),
            exit_price=scale.average_price(left * units, units),
            pnl=decimal_of(trips.pnl.item(index), 8),
            return_=columns.return_.item(index),
            commission=decimal_of(trips.commission.item(index), 8),
            bars=last - bar,
            mae=mae,
            mfe=mfe,
        )

    def bars(self, index: int) -> tuple[int, int]:
        """The bars of its symbol in which a trade was entered and left, by index."""
        entry, exit_ = self._trips.entry[index], self._trips.exit[index]
        delisting = self._trips.delistings.get(index % len(self))
        if delisting is None:
            return self._fills.bar.item(entry), self._fills.bar.item(exit_)
        prices, is_before = self._prices[self._fills.symbol[entry]], delisting.place == AT_OPEN
        last = prices.bar_at(delisting.tick) if is_before else prices.newest_at(delisting.tick)
        return self._fills.bar.item(entry), last

    def _excursion(self, index: int, which: int, sign: int, paid: float, left: float) -> tuple[float, float]:
        excursions = self._excursions.get(which)
        if excursions is None:
            excursions = self._excursions[which] = _excursions(self._prices[which])
        bar, last = self.bars(index)
        delisting = self._trips.delistings.get(index % len(self))
        place = self._fills.place[self._trips.exit[index]] if delisting is None else delisting.place
        return excursions.of(
            sign=sign,
            entry=(bar, float(paid)),
            exit_=(last, float(left)),
            entered_at_close=bool(self._fills.place[self._trips.entry[index]] == AT_CLOSE),
            left_at_open=place == AT_OPEN,
        )


def _excursions(prices: Prices) -> Excursions:
    bars, actions = prices.listing.bars, prices.listing.actions
    splits = [(prices.bar_from(one), one.ratio) for one in actions if isinstance(one, Split)]
    return Excursions(bars.low, bars.high, splits)


def _columns(run: FinishedRun, fills: FillColumns, trips: RoundTrips) -> TradeColumns:
    """What the statistics want of the trades."""
    prices = tuple(run.prices.values())
    times = np.empty(len(fills), dtype=np.int64)
    for index, one in enumerate(prices):
        own = fills.of(index) if len(prices) > 1 else slice(None)
        times[own] = times_of(fills, own, one)
    exit_time = times[trips.exit]
    for row, delisting in trips.delistings.items():
        exit_time[row] = run.ticks[delisting.tick]
    return TradeColumns(
        pnl=quotients(trips.pnl, CASH_ONE),
        return_=_returns(fills, trips, np.array([float(one.scale.per_cash) for one in prices])),
        entry_time=times[trips.entry],
        exit_time=exit_time,
    )


def _returns(fills: FillColumns, trips: RoundTrips, divisors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gain as a fraction of what was entered, from prices and not from cash, which is rounded."""
    paid, sign = trips.entry_price, np.sign(fills.units[trips.entry])
    change = ratios(sign * (trips.exit_price - paid), paid)
    worth = products(paid, trips.units)
    if trips.are_pairs:  # the same but for its last digit, which published results have so
        cost: NDArray[np.float64] = trips.commission / (worth / divisors[0])
    else:
        cost = trips.fee * divisors[fills.symbol[trips.entry]] / worth
    return change - cost
