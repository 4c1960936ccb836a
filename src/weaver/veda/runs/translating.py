"""What a strategy asked for, as orders of its run and as requests in the log."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from weaver.events.payloads import (
    Payload,
    StrategyCancelRequest,
    StrategyFetchWindow,
    StrategyPlaceRequest,
    StrategyReplaceRequest,
    StrategyStopRequest,
)
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import time_of
from weaver.model.orders.actions import (
    Action,
    CancelOrder,
    FetchWindow,
    OrderClass,
    OrderTerms,
    PlaceOrder,
    ReplaceOrder,
    StopRun,
)
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.runs.day_end import expires_at
from weaver.veda.trading.intents import Cancel, Intent, Place, Replace

Size = Callable[[str, OrderTerms], Decimal]
"""How much an order is for whose quantity the price of its fill was to settle, as things stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of a tick's actions."""

    intents: tuple[Intent, ...]
    requests: tuple[Payload, ...]
    """For the log."""
    windows: tuple[FetchWindow, ...]
    stop_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translator:
    """Makes orders of one run's actions. `rules` and `calendars`: by symbol; `size`: see `Size`."""

    run_id: str
    account: str
    rules: Mapping[str, InstrumentRules]
    calendars: Mapping[str, Calendar]
    size: Size

    def asked(self, actions: Sequence[Action], time: int) -> Asked:
        """All that a tick's actions (at an instant, ns) come to."""
        at = time_of(time)
        return Asked(
            intents=tuple(intent for action in actions for intent in self._intents(action, at)),
            requests=tuple(payload for action in actions for payload in self._requests(action, at)),
            windows=tuple(action for action in actions if isinstance(action, FetchWindow)),
            stop_reason=next((action.reason for action in actions if isinstance(action, StopRun)), None),
        )

    def order_id(self, number: int) -> str:
        """The id of an order of the run: also the client order id under which the venue knows it."""
        return f"{self.run_id}-{number}"

    def _intents(self, action: Action, at: datetime) -> Iterator[Intent]:
        match action:
            case PlaceOrder():
                yield self._place(action, at)
            case CancelOrder(number=number, reason=reason):
                yield Cancel(order_id=self.order_id(number), reason=reason)
            case ReplaceOrder(symbol=symbol, replaces=replaces, order=terms):
                yield Replace(old_id=self.order_id(replaces), order=self._order(symbol, terms, at))

    def _place(self, action: PlaceOrder, at: datetime) -> Place:
        symbol, first = action.symbol, action.order
        is_oco = action.order_class is OrderClass.OCO
        group = self.order_id(first.number) if action.legs else None
        order = self._order(symbol, first, at, order_class=action.order_class, group=group if is_oco else None)
        legs = tuple(
            self._order(
                symbol,
                leg,
                at,
                order_class=action.order_class,
                group=group,
                parent=None if is_oco else group,
                quantity=order.quantity,
            )
            for leg in action.legs
        )
        return Place(order=order, legs=legs)

    def _order(
        self,
        symbol: str,
        terms: OrderTerms,
        at: datetime,
        *,
        order_class: OrderClass = OrderClass.SIMPLE,
        group: str | None = None,
        parent: str | None = None,
        quantity: Decimal | None = None,
    ) -> LiveOrder:
        wanted = terms.quantity if terms.quantity is not None else quantity
        id_ = self.order_id(terms.number)
        return LiveOrder(
            id=id_,
            account=self.account,
            run_id=self.run_id,
            number=terms.number,
            client_order_id=id_,
            symbol=symbol,
            side=terms.side,
            quantity=self.size(symbol, terms) if wanted is None else wanted,
            may_be_cut=terms.target_value is not None or terms.target_percent is not None,
            order_type=terms.order_type,
            order_class=order_class,
            tif=terms.tif,
            expires=terms.expires,
            expires_at=expires_at(
                terms.tif,
                terms.expires,
                rules=self.rules[symbol],
                calendar=self.calendars[symbol],
                at=at,
                extended_hours=terms.extended_hours,
            ),
            extended_hours=terms.extended_hours,
            limit=terms.limit,
            stop=terms.stop,
            trail=terms.trail,
            trail_percent=terms.trail_percent,
            limit_percent=terms.limit_percent,
            stop_percent=terms.stop_percent,
            parent_id=parent,
            group_id=group,
            reduces=group is not None,
            placed_at=at,
            updated_at=at,
        )

    def _requests(self, action: Action, at: datetime) -> Iterator[Payload]:
        match action:
            case PlaceOrder(symbol=symbol, order=terms, order_class=kind, legs=legs):
                yield StrategyPlaceRequest(**self._facts(symbol, terms, at), order_class=kind)
                parent = None if kind is OrderClass.OCO else self.order_id(terms.number)
                for leg in legs:
                    yield StrategyPlaceRequest(**self._facts(symbol, leg, at), order_class=kind, parent_id=parent)
            case ReplaceOrder(symbol=symbol, replaces=replaces, order=terms):
                yield StrategyReplaceRequest(**self._facts(symbol, terms, at), replaces=self.order_id(replaces))
            case CancelOrder(number=number):
                yield StrategyCancelRequest(run_id=self.run_id, order_id=self.order_id(number), time=at)
            case FetchWindow(symbol=symbol, timeframe=timeframe, bars=bars):
                yield StrategyFetchWindow(run_id=self.run_id, symbol=symbol, timeframe=timeframe, bars=bars, time=at)
            case StopRun(reason=reason):
                yield StrategyStopRequest(run_id=self.run_id, reason=reason, time=at)

    def _facts(self, symbol: str, terms: OrderTerms, at: datetime) -> dict[str, object]:
        id_ = self.order_id(terms.number)
        return {
            "run_id": self.run_id,
            "order_id": id_,
            "client_order_id": id_,
            "symbol": symbol,
            "side": terms.side,
            "quantity": terms.quantity,
            "order_type": terms.order_type,
            "time_in_force": terms.tif,
            "expires": terms.expires,
            "extended_hours": terms.extended_hours,
            "limit_price": terms.limit,
            "stop_price": terms.stop,
            "trail": terms.trail,
            "trail_percent": terms.trail_percent,
            "limit_percent": terms.limit_percent,
            "stop_percent": terms.stop_percent,
            "time": at,
        }
