"""What market and sockets are told of faults."""

from decimal import Decimal

from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.faults.feed import Feed
from weaver.rehearsal.venue.ids import SeededIds


def test_connection_is_refused_as_often_as_asked() -> None:
    faults = Faults(SeededIds(1))
    faults.add({"kind": "refuse_connection", "times": 2, "match": {"path": "/stream"}})
    feed = Feed(faults)
    assert feed.refuses_connection("/v2/iex") is None
    assert [feed.refuses_connection("/stream") for _ in range(3)] == [429, 429, None]


def test_socket_is_mute_until_the_fault_is_taken_away() -> None:
    faults = Faults(SeededIds(1))
    fault = faults.add({"kind": "mute", "match": {"path": "/v2/*"}})
    feed = Feed(faults)
    assert [feed.is_mute(path) for path in ("/v2/iex", "/v2/iex", "/stream")] == [True, True, False]
    faults.remove(fault.id)
    assert not feed.is_mute("/v2/iex")


def test_bar_is_late_and_corrected_once() -> None:
    faults = Faults(SeededIds(1))
    faults.add({"kind": "late_bar", "symbol": "AAPL", "seconds": 12.5})
    faults.add({"kind": "corrected_bar", "symbol": "BTCUSD", "values": {"c": 101}})
    feed = Feed(faults)
    assert (feed.bar_delay("MSFT"), feed.bar_delay("AAPL"), feed.bar_delay("AAPL")) == (0, 12.5, 0)
    correction = feed.correction("BTC/USD")
    assert correction is not None
    assert (correction.seconds, correction.values) == (30, {"c": Decimal(101)})
    assert feed.correction("BTC/USD") is None


def test_halt_is_told_as_it_begins_and_ends() -> None:
    faults = Faults(SeededIds(1))
    feed, told = Feed(faults), []
    feed.on_halt(lambda symbol, halts: told.append((symbol, halts)))
    faults.add({"kind": "halt", "symbol": "AAPL"})
    assert feed.is_halted("AAPL")
    faults.clear()
    assert not feed.is_halted("AAPL")
    assert told == [("AAPL", True), ("AAPL", False)]
