"""Live runs of strategies that look and do not trade: bars in, tick by tick."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tests.integration.live_run import GivenBar, closed
from weaver.greta.ledger.prices import scale_of
from weaver.marvin.live.runtime import LiveRuntime
from weaver.marvin.orders.account import Request
from weaver.marvin.orders.actions import Actions
from weaver.marvin.strategy import Strategy
from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.account.position import Position
from weaver.model.errors import NotFound
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.scale import Scale
from weaver.model.orders.order import Order


class Noting:
    """An account that keeps what it is asked for, and does nothing."""

    def __init__(self, listings: Mapping[str, Listing]) -> None:
        self.held, self.rules = dict.fromkeys(listings, 0), AccountRules()
        self.fresh: list[Request] = []
        self.placed: list[Order] = []
        self.take: Callable[[Order], None] = self.placed.append
        costs = Costs.parse("none", asset_class=AssetClass.CRYPTO)
        self._scales = {symbol: scale_of(listing, costs) for symbol, listing in listings.items()}

    def show(self, symbol: str, holding: list[bool]) -> None:
        """Nothing is ever held."""

    def place(self, order: Order) -> None:
        self.placed.append(order)

    def cancel(self, order: Order, reason: str) -> None:
        raise NotFound(f"{order.id}: {reason}")

    def replaced(self, old: Order, new: Order) -> None:
        raise NotFound(f"{old.id}, {new.id}")

    def scale(self, symbol: str) -> Scale:
        return self._scales[symbol]

    def position(self, symbol: str) -> Position:
        raise NotFound(symbol)

    def working(self, symbol: str | None = None) -> Iterable[Order]:
        return [order for order in self.placed if symbol in {None, order.symbol}]

    def close(self, symbol: str) -> int | None:
        del symbol
        return None

    def cash(self) -> int:
        return 0

    def equity(self) -> int:
        return 0


def listed(bars: Bars, asset: AssetClass = AssetClass.CRYPTO, actions: tuple[CorporateAction, ...] = ()) -> Listing:
    return Listing(instrument=Instrument.default(bars.symbol, asset), bars=bars, actions=actions)


class Ticking:
    """A strategy that is given the bars of some listings, those before `start` (ns) as its warm-up."""

    def __init__(self, strategy: type[Strategy], *listings: Listing, start: int, **parameters: Any) -> None:
        self.listings = {listing.symbol: listing for listing in listings}
        warm = {
            symbol: replace(one, bars=one.bars.slice(0, int(one.bars.end.searchsorted(start, "right"))))
            for symbol, one in self.listings.items()
        }
        self.account, self.actions, self.at = Noting(self.listings), Actions(), start
        self.runtime = LiveRuntime(
            strategy, parameters, listings=warm, account=self.account, start=start, seed=1, actions=self.actions
        )
        self.runtime.start()
        self.strategy: Any = self.runtime.strategy

    def to(self, time: int, *, missed: bool = False, **given: Any) -> None:
        """One tick at an instant, with all bars that have closed since the one before."""
        bars = self._closed(self.at, time)
        self.at = time
        self.runtime.tick(time, [bar._replace(is_missed=missed) for bar in bars], **given)

    def through(self, stop: int | None = None, *, foreseen: int = 1) -> None:
        """A tick at each close up to an instant, or to the last; of so many the bars are known before the first."""
        every = sorted({int(end) for listing in self.listings.values() for end in listing.bars.end})
        ends = [end for end in every if self.at < end and (stop is None or end <= stop)]
        for first in range(0, len(ends), foreseen):
            some = ends[first : first + foreseen]
            if foreseen > 1:
                begins = [self.at, *some]
                self.runtime.foresee(
                    [(end, self._closed(begin, end)) for begin, end in zip(begins, some, strict=False)]
                )
            for end in some:
                self.to(end)

    def _closed(self, last: int, now: int) -> list[GivenBar]:
        return [bar for listing in self.listings.values() for bar in closed(listing, last, now)]
