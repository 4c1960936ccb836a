"""The port of every venue: what Veda needs of an adapter. `tests/contracts/test_exchange.py` holds each to it."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunMode
from weaver.veda.exchange.account import ActionHappened, CarryCharged, VenueAccount, VenueFee, VenuePosition
from weaver.veda.exchange.answers import Answer, Refused
from weaver.veda.exchange.market import (
    BarPage,
    FeedRestored,
    FeedStale,
    HaltChanged,
    InstrumentRules,
    LiveBar,
    ReplayEnded,
    TickEnded,
    TradingDay,
    VenueClock,
)
from weaver.veda.exchange.orders import OrderChange, OrderRequest, OrderUpdate, VenueFill, VenueOrder

OrderMessage = OrderUpdate | ActionHappened | CarryCharged | FeedStale | FeedRestored
BarMessage = LiveBar | HaltChanged | FeedStale | FeedRestored | TickEnded | ReplayEnded


class ExchangeAdapter(Protocol):
    """One account at one venue, in one mode, with its own credentials.

    Orders (`submit`, `cancel`, `replace`) answer with what is known and raise nothing: Accepted, Refused or Unknown.
    Questions return what the venue said. They raise Unavailable where it did not answer (nothing is known then: an
    empty answer is never made up) and InputError where it will not answer that. Every call ends within a documented
    time. Times are UTC and aware. Symbols are spelt as in orders, `BTC/USD`, whatever the venue calls a position.
    """

    @property
    def name(self) -> str:
        """The adapter's id in the catalogue."""
        ...

    @property
    def mode(self) -> RunMode:
        """Paper or live."""
        ...

    @property
    def source(self) -> str:
        """Where its bars come from, for the record: `alpaca iex`."""
        ...

    @property
    def features(self) -> tuple[str, ...]:
        """What it has, by name, as the catalogue lists it."""
        return ()

    @property
    def is_replay(self) -> bool:
        """Whether its bars are stored ones: then its time goes on as each reader of `live_bars` asks for more, and a
        run reads it by itself."""
        return False

    def check_settings(self) -> None:
        """Raises InputError, as `connect` does, for what can be told without asking the venue: no keys, live without
        its switch."""
        return

    async def connect(self) -> VenueAccount:
        """Sign in, and learn what account this is. Raises InputError in one line that says what to mend: no keys, wrong
        keys, keys of the other mode, live without its switch; Unavailable where the venue does not answer. It can be
        called again after either, and opens no stream."""
        ...

    async def close(self) -> None:
        """End the streams and all that runs, within 5 s whatever the network does. The iterators of streams end; calls
        that are under way end as Unknown or Unavailable."""
        ...

    def now(self) -> datetime:
        """The time that counts at this venue: the machine's, or, of a venue with a time of its own, the venue's."""
        ...

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        """Place an order. Weaver's own check of the venue's rules comes first (`refusal`). One client order id makes
        one order at most, however often it is sent: a second time is Refused as DUPLICATE_ID."""
        ...

    def refusal(self, request: OrderRequest) -> Refused | None:
        """Why the venue would not take an order, as far as its rules and what is known here tell: nothing is sent.
        None: nothing speaks against it, or the symbol's rules were not asked for yet (`instruments`)."""
        ...

    async def cancel(self, venue_id: str) -> Answer[None]:
        """Ask for a cancel. Accepted means that the venue heard it, not that it is done: an update will say so. An
        order that is final is Refused as STATE."""
        ...

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        """Replace an order by another, with a venue id of its own, of which `replaces` is set. Until an update says so
        neither is certain; after Unknown look the change's client id up, and the old order's `replaced_by`."""
        ...

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        """An order with its legs; None only where the venue says that there is none."""
        ...

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        """The same, by our id."""
        ...

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        """All that work, oldest first, with legs below their parents, of all pages."""
        ...

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        """All that were submitted after an instant, in whatever status, as `open_orders`."""
        ...

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        """Executions after an instant, oldest first, of all pages."""
        ...

    async def fees_since(self, after: datetime) -> tuple[VenueFee, ...]:  # noqa: ARG002 - of a venue that names none
        """Fees of days after an instant that are in no fill, of all pages: a venue may name them days later, and of a
        day at any time. One that names them in its fills, or nowhere, has none."""
        return ()

    async def account(self) -> VenueAccount:
        """The account now."""
        ...

    async def positions(self) -> tuple[VenuePosition, ...]:
        """What it holds now, by symbol."""
        ...

    async def clock(self) -> VenueClock:
        """The venue's time and hours, measured against ours."""
        ...

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        """The stock sessions from `first` to `last`, both included."""
        ...

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """What is traded under each symbol, asked for anew; a symbol that the venue does not know is left out."""
        ...

    async def like(self, symbol: str) -> Sequence[str]:  # noqa: ARG002 - of a venue that makes no proposals
        """What somebody may have meant by a symbol that the venue does not know."""
        return ()

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        """History with start ≤ stamp ≤ end; the page that the one before named, or the first. Some pages are short."""
        ...

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        """Splits and dividends with ex-dates from `first` to `last`, oldest first."""
        ...

    async def carry_charged(self, after: int) -> tuple[CarryCharged, ...]:
        """What was charged for holding since the one of number `after` (0: the first). Raises Unavailable."""
        del after
        return ()

    def order_updates(self) -> AsyncIterator[OrderMessage]:
        """What happens to the account's orders, without end: reconnected, and repaired by questions after each gap.

        It connects when it is first awaited; the first message tells whether that went well. One reader at a time.
        A venue that works splits and dividends in by itself says when it has (ActionHappened); of others they are to
        be asked for, and orders are moved by whoever placed them. One whose account is a run's own says what it charges
        for holding (CarryCharged); what others charge is their account's.
        """
        ...

    def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]:
        """Minute bars of these symbols as they end, with corrections and halts, without end; as `order_updates`, with
        a feed per asset class. Bars of a gap come in order, before any newer one of their feed.

        Of a replay they are of its own timeframe, each tick's are followed by TickEnded, and the last by ReplayEnded.
        A venue that fills orders by its bars has told of the fills first: a bar comes when the reader of
        `order_updates` has taken what the bar did and waits for more, though after 10 s whether it has or not."""
        ...
