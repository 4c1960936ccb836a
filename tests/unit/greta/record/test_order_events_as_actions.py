"""What a strategy asked for is told twice, as actions and as request events: both say the same, field by field."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.builders import crypto_bars, planned
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from weaver import Strategy
from weaver.events.payloads import (
    PAYLOADS,
    CancelRequest,
    OrderRequest,
    Payload,
    StrategyCancelRequest,
    StrategyFetchWindow,
    StrategyPlaceRequest,
    StrategyReplaceRequest,
    StrategyStopRequest,
)
from weaver.greta.finished_run import FinishedRun
from weaver.greta.record.envelope import Envelope
from weaver.greta.record.run_record import RunRecord
from weaver.greta.recorded_account import RecordedAccount
from weaver.marvin.orders.actions import Actions
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

SEEDS = 150
RUN = "r1"


def requests(finished: FinishedRun) -> Iterator[Payload]:
    """The payloads of a finished run's requests, in the order in which they were recorded."""
    envelope = Envelope(run_id=RUN, recorded_at=datetime(2026, 1, 2, tzinfo=UTC), trace_id=None)
    log, rest = RunRecord(finished, envelope, is_full=False).shared_out()
    for line in (*log, *rest):
        event = json.loads(line)
        if event["type"].startswith("strategy.") and event["type"] != "strategy.Log":
            yield PAYLOADS[event["type"]].model_validate(event["payload"])


def moment(time: int) -> datetime:
    return datetime.fromtimestamp(time / 10**9, UTC)


def order_request(
    time: int, symbol: str, order: OrderTerms, order_class: OrderClass, parent: int | None
) -> StrategyPlaceRequest:
    """The request for an order of an action: every field that it has."""
    return StrategyPlaceRequest(
        run_id=RUN,
        order_id=f"{RUN}-{order.number}",
        client_order_id=f"{RUN}-{order.number}",
        symbol=symbol,
        side=str(order.side),
        quantity=order.quantity,
        order_type=str(order.order_type),
        order_class=str(order_class),
        time_in_force=str(order.tif),
        expires=order.expires,
        extended_hours=order.extended_hours,
        limit_price=order.limit,
        stop_price=order.stop,
        trail=order.trail,
        trail_percent=order.trail_percent,
        limit_percent=order.limit_percent,
        stop_percent=order.stop_percent,
        parent_id=None if parent is None else f"{RUN}-{parent}",
        time=moment(time),
    )


class Told:
    """The requests that a run's actions stand for, with what its orders hang on."""

    def __init__(self) -> None:
        self.classes: dict[int, OrderClass] = {}
        self.parents: dict[int, int | None] = {}
        self.unsized: set[int] = set()
        """Legs whose entry's fill settles their quantity."""
        self.replaced = 0

    @property
    def seen(self) -> Counter[str]:
        legs = sum(entry is not None for entry in self.parents.values())
        return Counter(unsized=len(self.unsized), legs=legs, replaced=self.replaced)

    def requests(self, time: int, action: Action) -> list[Payload]:
        match action:
            case PlaceOrder():
                return self._placed(time, action)
            case ReplaceOrder(replaces=old, order=order):
                self.replaced += 1
                self.classes[order.number] = self.classes[old]
                self.parents[order.number] = self.parents[old]
                if old in self.unsized:
                    self.unsized.add(order.number)
                for leg, entry in self.parents.items():
                    if entry == old:  # its request tells which entry it hung on in the end
                        self.parents[leg] = order.number
                asked = self._order(time, action.symbol, order).model_dump()
                return [StrategyReplaceRequest(**asked, replaces=f"{RUN}-{old}")]
            case CancelOrder(number=number):
                return [cancellation(time, number)]
            case FetchWindow():
                return [
                    StrategyFetchWindow(
                        run_id=RUN,
                        symbol=action.symbol,
                        timeframe=action.timeframe,
                        bars=action.bars,
                        time=moment(time),
                    )
                ]
            case StopRun(reason=reason):
                return [StrategyStopRequest(run_id=RUN, reason=reason, time=moment(time))]

    def _placed(self, time: int, action: PlaceOrder) -> list[Payload]:
        orders = (action.order, *action.legs)
        entry = None if action.order_class is OrderClass.OCO else action.order.number
        for order in orders:
            self.classes[order.number] = action.order_class
            self.parents[order.number] = None if order is action.order else entry
        self.unsized.update(leg.number for leg in action.legs if leg.quantity is None)
        return [self._order(time, action.symbol, order) for order in orders]

    def _order(self, time: int, symbol: str, order: OrderTerms) -> StrategyPlaceRequest:
        return order_request(time, symbol, order, self.classes[order.number], self.parents[order.number])


def cancellation(time: int, number: int) -> Payload:
    return StrategyCancelRequest(run_id=RUN, order_id=f"{RUN}-{number}", time=moment(time))


def key(request: Payload) -> tuple[str, str]:
    """What tells a request from the others: an order is placed once, and cancelled once."""
    return request.type, request.order_id if isinstance(request, OrderRequest | CancelRequest) else ""


def compare(finished: FinishedRun, actions: Actions) -> Counter[str]:
    """The requests of a run are those that its actions stand for."""
    told = Told()
    found: dict[tuple[str, str], Payload] = {}
    for time, action in actions.take():
        for request in told.requests(time, action):
            assert key(request) not in found
            found[key(request)] = request
    for request in requests(finished):
        expected = found.pop(key(request))
        if isinstance(request, OrderRequest):
            number = int(request.order_id.removeprefix(f"{RUN}-"))
            if number in told.unsized:  # an event has the estimate of the decision, an action none
                assert isinstance(request.quantity, Decimal)
                request = request.model_copy(update={"quantity": None})
            expected = expected.model_copy(update={"parent_id": parent_of(told, number)})
        assert request == expected
    assert found == {}
    return told.seen


def parent_of(told: Told, number: int) -> str | None:
    entry = told.parents[number]
    return None if entry is None else f"{RUN}-{entry}"


def test_requests_of_random_programs_say_what_their_actions_say() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SEEDS):
        actions = Actions()
        scenario = random_scenario(seed, any_time=True, any_word=True)
        finished = run_weaver(scenario, by_signal=bool(seed % 2), account_class=RecordedAccount, actions=actions)
        seen += compare(finished, actions)
    assert seen["legs"] > 100
    assert seen["unsized"] > 5
    assert seen["replaced"] > 50


def test_requests_for_windows_and_the_runs_end_say_what_their_actions_say() -> None:
    class Busy(Strategy):
        def on_bar(self, bar: Any) -> None:
            match bar.close:
                case 10.0:
                    self.entry = self.buy("BTC/USD", 2, limit=5, take_profit=20, stop_loss=1, tif="gtc")
                    self.fetch_window("BTC/USD", "2h", 3)
                case 11.0:
                    self.entry = self.replace(self.entry, limit=6)
                case 12.0:
                    self.replace(self.entry.legs[0], limit=21)
                case 13.0:
                    self.close_position("BTC/USD")
                    self.oco("BTC/USD", 1, limit=30, stop=2, extended_hours=True)
                    self.stop_run("seen enough")

    actions = Actions()
    plan = planned(Busy, crypto_bars([10.0, 11.0, 12.0, 13.0, 14.0]))
    compare(plan.run(progress=lambda _: None, account=RecordedAccount, actions=actions).finished, actions)


def test_replacement_that_is_joined_with_an_exit_is_placed_with_it_and_the_old_order_cancelled() -> None:
    class Joining(Strategy):
        def on_bar(self, bar: Any) -> None:
            match bar.close:
                case 10.0:
                    self.entry = self.buy("BTC/USD", 2, limit=5, tif="gtc")
                case 11.0:
                    self.oto(self.replace(self.entry, limit=6), self.sell("BTC/USD", 2, limit=20))

    actions = Actions()
    plan = planned(Joining, crypto_bars([10.0, 11.0, 12.0]))
    finished = plan.run(progress=lambda _: None, account=RecordedAccount, actions=actions).finished
    assert [request.type for request in requests(finished)] == [
        "strategy.PlaceRequest", "strategy.PlaceRequest", "strategy.CancelRequest", "strategy.PlaceRequest",
    ]  # fmt: skip
    compare(finished, actions)
