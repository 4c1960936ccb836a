"""A run beside the backtest of its strategy on its bars: orders, fill prices, bars, and why the P&L is another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from weaver.veda.parity.bars import BarsFold, NotedBars, StoredBarsCompared
from weaver.veda.parity.compared import ComparedOrder, RunAccount, exact_cash
from weaver.veda.parity.explained import ExplainedPnl, explained, worth_of
from weaver.veda.parity.pairing import MatchedOrders, match_fills, match_orders
from weaver.veda.parity.slippage import Distribution, PriceDifference, distribution, price_difference

PRICES_MAX = 2_000
"""So many price differences are listed, evenly over the run's time."""
ORDERS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOfOne:
    """An order that only one of the two placed."""

    order: ComparedOrder
    pnl: Decimal
    """What its fills have made until the newest bar, before commissions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersCompared:
    """Orders side by side."""

    live: int
    backtest: int
    paired: int
    """In both."""
    other_quantity: int
    """Of those in both: filled for another quantity."""
    only_live: tuple[OrderOfOne, ...]
    """The first of them."""
    only_live_total: int
    only_backtest: tuple[OrderOfOne, ...]
    only_backtest_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesCompared:
    """Fill prices side by side, in basis points; None where both have filled nothing."""

    drift: Distribution | None
    """How much worse live fills were than the backtest's."""
    realised: Distribution | None
    """What live fills lost to slippage."""
    assumed: Distribution | None
    """What the backtest's lost, by its costs."""
    listed: tuple[PriceDifference, ...]
    """In the order of their time; thinned where there are too many."""
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """How far a run has gone from its backtest."""

    run_id: str
    at: datetime
    """When it was looked at."""
    start: datetime
    """The run's."""
    end: datetime
    """Of the newest tick: so far both are compared."""
    ticks: int
    bars: int
    costs: Mapping[str, Mapping[str, str]]
    """What the backtest assumed, by symbol: see `Costs.describe`."""
    orders: OrdersCompared
    prices: PricesCompared
    missed: NotedBars
    late: NotedBars
    corrected: NotedBars
    pnl: ExplainedPnl
    stored: tuple[StoredBarsCompared, ...]
    """Of each symbol that the bar store has."""
    notes: tuple[str, ...]
    """What may make a difference beside prices, and is no fault."""

    @property
    def drift_bps(self) -> float | None:
        """How much worse the live fills were, on average over what was traded; None: nothing can be compared."""
        return None if self.prices.drift is None else self.prices.drift.weighted_mean


def drift_report(
    run_id: str,
    *,
    at: datetime,
    start: datetime,
    live: RunAccount,
    backtest: RunAccount,
    bars: BarsFold,
    costs: Mapping[str, Mapping[str, str]],
    stored: Sequence[StoredBarsCompared],
    notes: Sequence[str],
) -> DriftReport:
    """Hold a run against its backtest. `bars`: what its ticks brought, at least one of them."""
    orders = match_orders(live.orders, backtest.orders, bars.ticks)
    fills = [match_fills(one.fills, other.fills) for one, other in orders.pairs]
    differences = [
        (price_difference(order.number, pair), pair.live.size * pair.backtest.unit_price)
        for (order, _), matched in zip(orders.pairs, fills, strict=True)
        for pair in matched.pairs
    ]
    return DriftReport(
        run_id=run_id,
        at=at,
        start=start,
        end=bars.ticks[-1],
        ticks=len(bars.ticks),
        bars=bars.given,
        costs=costs,
        orders=_orders(orders, live, backtest, other=sum(bool(one.only_live or one.only_backtest) for one in fills)),
        prices=_prices(differences),
        missed=bars.missed,
        late=bars.late,
        corrected=bars.corrected,
        pnl=explained(live, backtest, orders, fills),
        stored=tuple(stored),
        notes=tuple(notes),
    )


def _orders(found: MatchedOrders, live: RunAccount, backtest: RunAccount, *, other: int) -> OrdersCompared:
    closes = {symbol: Fraction(close) for symbol, close in {**live.closes, **backtest.closes}.items()}

    def listed(orders: Sequence[ComparedOrder]) -> tuple[OrderOfOne, ...]:
        return tuple(
            OrderOfOne(order=order, pnl=exact_cash(worth_of(order.fills, closes))) for order in orders[:ORDERS_MAX]
        )

    return OrdersCompared(
        live=len(live.orders),
        backtest=len(backtest.orders),
        paired=len(found.pairs),
        other_quantity=other,
        only_live=listed(found.only_live),
        only_live_total=len(found.only_live),
        only_backtest=listed(found.only_backtest),
        only_backtest_total=len(found.only_backtest),
    )


def _prices(found: Sequence[tuple[PriceDifference, Fraction]]) -> PricesCompared:
    ordered = sorted(found, key=lambda one: one[0].time)
    each, weights = [one for one, _ in ordered], [float(weight) for _, weight in ordered]
    count = min(len(each), PRICES_MAX)
    return PricesCompared(
        drift=distribution([one.drift_bps for one in each], weights),
        realised=distribution([one.realised_bps for one in each], weights),
        assumed=distribution([one.assumed_bps for one in each], weights),
        listed=tuple(each[number * len(each) // count] for number in range(count)),
        total=len(each),
    )
