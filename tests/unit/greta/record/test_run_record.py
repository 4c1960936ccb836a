"""What a finished run leaves behind: every event valid, in order and once; rows that say what the result says."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import weaver
from tests.builders import crypto_bars
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from weaver import Strategy
from weaver.events.payloads import PAYLOADS
from weaver.events.payloads import plain as plain_payload
from weaver.greta.record import run_record
from weaver.greta.record.envelope import Envelope
from weaver.greta.record.run_record import RunRecord
from weaver.greta.record.text import decimal_text, price_text
from weaver.greta.recorded_account import RecordedAccount
from weaver.greta.result import BacktestResult
from weaver.marvin.plugins.loader import from_class
from weaver.model.backtest.options import Options
from weaver.model.numbers.money import decimal_of, plain
from weaver.model.orders.status import OrderEvent, OrderStatus, transition
from weaver.research import run_for_record
from weaver.research.inputs import run_inputs
from weaver.research.run import plan as make_plan

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
SCENARIOS = 80
CHILD = {
    "strategy.PlaceRequest": "backtest.PlaceOrder",
    "strategy.CancelRequest": "backtest.CancelOrder",
    "strategy.ReplaceRequest": "backtest.ReplaceOrder",
    "strategy.FetchWindow": "backtest.FetchWindow",
}
STEPS = {
    "orders.Accepted": OrderEvent.ACCEPT,
    "orders.PartiallyFilled": OrderEvent.FILL_PART,
    "orders.Filled": OrderEvent.FILL_REST,
    "orders.Cancelled": OrderEvent.CANCEL,
    "orders.Replaced": OrderEvent.CANCEL,
    "orders.Rejected": OrderEvent.REJECT,
    "orders.Expired": OrderEvent.EXPIRE,
}
Json = dict[str, Any]


def recorded(strategy: type[Strategy], bars: Any, **options: Any) -> BacktestResult:
    """A run on a recorded account, without costs."""
    asked = Options(**{"costs": "none", "lookahead_check": False, **options})
    ready = make_plan(from_class(strategy), run_inputs(bars, asked), asked)
    return run_for_record(ready, progress=lambda *_: None)[0]


def record_of(result: BacktestResult, *, is_full: bool = False, run_id: str = "r1") -> RunRecord:
    return RunRecord(result.finished, Envelope(run_id=run_id, recorded_at=NOW, trace_id="t"), is_full=is_full)


def events_of(record: RunRecord) -> list[Json]:
    log, rest = record.shared_out()
    return [json.loads(line) for line in (*log, *rest)]


def check_story(events: list[Json], result: BacktestResult) -> None:
    """What must hold of any run's events, whatever it did."""
    assert len({event["id"] for event in events}) == len(events)
    check_envelopes(events)
    check_children(events)
    check_orders(events, result)


def check_envelopes(events: list[Json]) -> None:
    seen = set()
    for event in events:
        known = PAYLOADS[event["type"]]
        assert (event["kind"], event["version"], event["run_id"]) == (known.kind, known.version, "r1")
        assert (event["seq"], event["trace_id"], event["headers"]) == (None, "t", {})
        assert datetime.fromisoformat(event["ts"]) == NOW
        assert plain_payload(known.model_validate(event["payload"])).keys() == event["payload"].keys()
        cause = event["causation_id"]
        assert cause is None or cause in seen
        seen.add(event["id"])


def check_children(events: list[Json]) -> None:
    requests = {event["id"]: event for event in events if event["type"] in CHILD}
    children = [event for event in events if event["type"] in CHILD.values()]
    assert Counter(child["causation_id"] for child in children) == Counter(list(requests))
    for child in children:
        parent = requests[child["causation_id"]]
        assert (child["type"], child["corr_id"]) == (CHILD[parent["type"]], parent["corr_id"])
        assert child["payload"] == parent["payload"]


def check_orders(events: list[Json], result: BacktestResult) -> None:
    """Each order's events are legal steps of the one machine, and lead to where the engine has it."""
    statuses: dict[str, OrderStatus] = {}
    filled: dict[str, Decimal] = defaultdict(Decimal)
    fills: list[tuple[str, Decimal, Decimal, Decimal]] = []
    for event in events:
        if not event["type"].startswith("orders."):
            continue
        payload, order = event["payload"], event["payload"]["order_id"]
        assert event["corr_id"] == order
        if event["type"] == "orders.Created":
            assert order not in statuses
            statuses[order] = OrderStatus.PENDING
        else:
            statuses[order] = transition(statuses[order], STEPS[event["type"]])
        if "price" in payload:
            filled[order] += Decimal(payload["fill_quantity"])
            fills.append((order, filled[order], Decimal(payload["price"]), Decimal(payload["commission"])))
        assert payload["status"] == statuses[order]
        assert Decimal(payload["filled_quantity"]) == filled[order]
    assert {f"r1-{order.id}": order.status for order in result.orders} == statuses
    for order in result.orders:
        assert filled[f"r1-{order.id}"] == order.filled_quantity
    assert Counter((f"r1-{fill.order_id}", fill.price, fill.commission) for fill in result.fills) == Counter(
        (order, price, commission) for order, _, price, commission in fills
    )


@pytest.mark.parametrize("by_signal", [False, True])
def test_every_order_of_random_scenarios_tells_a_legal_story(by_signal: bool) -> None:
    told: Counter[str] = Counter()
    for seed in range(SCENARIOS):
        finished = run_weaver(random_scenario(seed), by_signal=by_signal, account_class=RecordedAccount)
        result = BacktestResult(finished, strategy="s", record=dict)
        record = record_of(result)
        events = events_of(record)
        check_story(events, result)
        check_rows(record, result)
        told.update(event["type"] for event in events)
    assert told.keys() >= {*STEPS, *CHILD} - {"strategy.FetchWindow"}  # the scenarios reach them all


def test_recording_changes_nothing_of_a_run() -> None:
    for seed in range(SCENARIOS, SCENARIOS + 30):
        plainly = run_weaver(random_scenario(seed))
        kept = run_weaver(random_scenario(seed), account_class=RecordedAccount)
        assert list(plainly.fills.units) == list(kept.fills.units)
        assert plainly.cash == kept.cash
        assert [order.status for order in plainly.orders] == [order.status for order in kept.orders]


def check_rows(record: RunRecord, result: BacktestResult) -> None:
    orders = list(record.orders())
    assert [row["number"] for row in orders] == [order.number for order in result.orders]
    for row, order in zip(orders, result.orders, strict=True):
        assert (row["id"], row["status"], row["side"]) == (f"r1-{order.id}", order.status, str(order.side))
        assert (Decimal(row["quantity"]), Decimal(row["filled_quantity"])) == (order.quantity, order.filled_quantity)
        assert optional(row["limit_price"]) == order.limit
        assert optional(row["stop_price"]) == order.stop
        assert row["placed_at"] <= row["updated_at"] or row["filled_quantity"] != "0"  # a day's open comes before it
        assert (row["replaced_by"] is None) == (order.replaced_by is None)
    fills = list(record.fills())
    assert [(row["order_id"], Decimal(row["price"]), Decimal(row["quantity"])) for row in fills] == [
        (f"r1-{fill.order_id}", fill.price, fill.quantity) for fill in result.fills
    ]
    assert [instant(row["filled_at"]) for row in fills] == [fill.timestamp for fill in result.fills]
    assert [instant(row["bar_timestamp"]) for row in fills] == [fill.bar_timestamp for fill in result.fills]
    trades = list(record.trades(result.trades))
    assert [Decimal(row["pnl"]) for row in trades] == [trade.pnl for trade in result.trades]
    assert [row["number"] for row in trades] == list(range(1, len(trades) + 1))


def optional(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


PRICES = [10.0, 11.0, 12.0, 11.0, 10.0, 9.0, 10.0, 12.0]


class Busy(Strategy):
    """Logs, fetches, places, replaces, cancels and ends the run, each at its own bar."""

    def on_bar(self, bar: Any) -> None:
        match bar.close, self._running.desk.number:
            case 10.0, 0:
                self.log("first, bid")
                self.bid = self.buy("BTC/USD", 2, limit=5, tif="gtc")
            case 11.0, 1:
                self.bid = self.replace(self.bid, limit=6)
                self.fetch_window("BTC/USD", "1h", 5)
            case 12.0, 2:
                self.cancel(self.bid)
                self.buy("BTC/USD", 1, take_profit=11.9)
            case 12.0, _:
                self.stop_run("seen enough")

    def on_window(self, window: Any) -> None:
        self.log(f"{len(window)} bars")


def test_story_of_a_run_reads_in_its_order() -> None:
    result = recorded(Busy, crypto_bars(PRICES))
    events = events_of(record_of(result))
    check_story(events, result)
    assert [event["type"].partition(".")[2] + told(event["payload"]) for event in events] == [
        "Log first, bid",
        "PlaceRequest 1", "PlaceOrder 1", "Created 1", "Accepted 1",
        "FetchWindow", "FetchWindow",
        "ReplaceRequest 2", "ReplaceOrder 2", "Created 2", "Accepted 2", "Replaced 1",
        "Log 2 bars",
        "CancelRequest 2", "CancelOrder 2", "Cancelled 2",
        "PlaceRequest 3", "PlaceOrder 3", "Created 3", "Accepted 3",
        "PlaceRequest 4", "PlaceOrder 4", "Created 4",
        "Filled 3", "Accepted 4",
        "Filled 4",
        "StopRequest",
    ]  # fmt: skip
    hour = [f"2021-04-05T{k:02}:00:00Z" for k in range(9)]
    times = [event["payload"]["time"] for event in events]
    assert times[:5] == [hour[1]] * 5
    assert times[5:12] == [hour[2]] * 7
    assert times[12:23] == [hour[3]] * 11
    assert times[23:] == [hour[3], hour[3], hour[3], hour[8]]  # its limit is met by the very open that it enters at


def told(payload: Mapping[str, Any]) -> str:
    text = payload.get("text") or payload.get("order_id", "").removeprefix("r1-")
    return f" {text}" if text else ""


def test_causes_lead_back_to_the_request() -> None:
    by_id = {event["id"]: event for event in events_of(record_of(recorded(Busy, crypto_bars(PRICES))))}
    cancelled = next(event for event in by_id.values() if event["type"] == "orders.Cancelled")
    order = by_id[cancelled["causation_id"]]
    request = by_id[order["causation_id"]]
    assert (order["type"], request["type"]) == ("backtest.CancelOrder", "strategy.CancelRequest")
    assert request["causation_id"] is None
    replaced = by_id["r1-1.ended"]
    order = by_id[replaced["causation_id"]]
    request = by_id[order["causation_id"]]
    assert (order["type"], request["type"]) == ("backtest.ReplaceOrder", "strategy.ReplaceRequest")
    assert (replaced["type"], replaced["corr_id"], replaced["payload"]["replaced_by"]) == (
        "orders.Replaced", "r1-1", "r1-2",
    )  # fmt: skip
    assert (request["payload"]["order_id"], request["payload"]["replaces"], request["corr_id"]) == (
        "r1-2", "r1-1", "r1-2",
    )  # fmt: skip
    assert by_id["r1-2.accepted"]["causation_id"] == "r1-2.replace"
    leg = by_id["r1-4.request"]
    assert (leg["payload"]["parent_id"], leg["payload"]["limit_price"]) == ("r1-3", "11.9")


def test_full_audit_has_ticks_and_windows() -> None:
    result = recorded(Busy, crypto_bars(PRICES))
    events = events_of(record_of(result, is_full=True))
    check_story(events, result)
    ticks = [event["payload"] for event in events if event["type"] == "clock.Tick"]
    assert [tick["symbols"] for tick in ticks] == [["BTC/USD"]] * 8
    assert ticks[0]["time"] == "2021-04-05T01:00:00Z"
    (ready,) = [event for event in events if event["type"] == "data.WindowReady"]
    assert (ready["payload"]["bars"], ready["payload"]["time"]) == (2, "2021-04-05T03:00:00Z")
    assert ready["causation_id"] == "r1-w1.fetch"


def test_log_ends_before_its_first_order_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_record, "LOG_ORDERS_MAX", 2)
    record = record_of(recorded(Busy, crypto_bars(PRICES)))
    log, rest = record.shared_out()
    told_of = {json.loads(line)["payload"].get("order_id") for line in log} - {None}
    assert told_of == {"r1-1", "r1-2"}
    assert [*log, *rest] == [json.dumps(event, separators=(",", ":")) for event in events_of(record)]


def test_log_of_a_talkative_run_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_record, "LOG_EVENTS_MAX", 6)
    log, rest = record_of(recorded(Busy, crypto_bars(PRICES))).shared_out()
    assert (len(log), len(list(rest))) == (5, 22)  # a request stays with its child


def test_run_that_broke_off_keeps_the_first_and_the_last_events_where_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = record_of(recorded(Busy, crypto_bars(PRICES)))
    whole = record.ends()
    assert [json.loads(line) for line in whole] == events_of(record)
    monkeypatch.setattr(run_record, "LOG_EVENTS_MAX", 13)
    kept = record.ends()
    first = next(k for k, (a, b) in enumerate(zip(kept, whole, strict=False)) if a != b)
    assert 3 <= first <= 6
    assert 3 <= len(kept) - first <= 6
    assert kept[first:] == whole[first - len(kept) :]
    check_children([json.loads(line) for line in kept])


def test_orders_of_on_start_are_told_of_at_the_runs_start() -> None:
    class Early(Strategy):
        def on_start(self) -> None:
            self.buy("BTC/USD", 1)

    result = recorded(Early, crypto_bars(PRICES), close_at_end=True)
    events = events_of(record_of(result))
    check_story(events, result)
    assert events[0]["payload"]["time"] == "2021-04-05T00:00:00Z"
    closing = [event for event in events if event["corr_id"] == "r1-2"]
    assert [event["type"] for event in closing] == ["orders.Created", "orders.Accepted", "orders.Filled"]
    assert {event["causation_id"] for event in closing} == {None}  # the engine's own, nobody asked for it


def test_strange_names_and_texts_stay_what_they_are() -> None:
    class Loud(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.log('a "quote", a \\ and \n a line, ünïcode \u2028')
            self.buy(bar.symbol, 1)

    result = recorded(Loud, crypto_bars(PRICES, symbol='A"B\\C'))
    record = record_of(result, run_id="r1")
    events = events_of(record)
    check_story(events, result)
    assert {event["payload"]["symbol"] for event in events if "symbol" in event["payload"]} == {'A"B\\C'}
    assert events[0]["payload"]["text"] == 'a "quote", a \\ and \n a line, ünïcode \u2028'


def test_text_that_could_not_be_kept_is_made_fit() -> None:
    class Odd(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.log("half \ud800, none \x00, " + "long" * 10_000)
            self.stop_run("\udfff")

    (said, stopped) = events_of(record_of(recorded(Odd, crypto_bars(PRICES))))
    assert said["payload"]["text"].startswith("half ?, none ?, longlong")
    assert len(said["payload"]["text"]) == run_record.TEXT_LENGTH_MAX
    assert stopped["payload"]["reason"] == "?"


@given(st.integers(-(10**30), 10**30), st.integers(0, 18))
def test_amounts_are_written_as_everywhere(units: int, decimals: int) -> None:
    assert decimal_text(units, decimals) == price_text(units, decimals) == plain(decimal_of(units, decimals))


def test_price_finer_than_the_database_is_rounded_to_what_it_keeps() -> None:
    assert price_text(15, 19) == "0.000000000000000002"
    assert price_text(25, 19) == "0.000000000000000002"
    assert price_text(123 * 10**25, 25) == "123"


def test_library_and_recorded_run_have_the_same_figures() -> None:
    library = weaver.backtest(Busy, crypto_bars(PRICES), costs="none", lookahead_check=False)
    assert library.stats == recorded(Busy, crypto_bars(PRICES)).stats
