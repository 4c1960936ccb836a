"""The faults of market and sockets, set by the control of the whole exchange and seen by a client of its data."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.rehearsals.data_socket import IEX, DataSocket
from tests.rehearsals.process import Process, exchange

ALL = {"bars": ["AAPL"], "updatedBars": ["AAPL"], "statuses": ["AAPL"]}


@pytest.fixture
def running() -> Iterator[Process]:
    with exchange("--speed", "hold") as process:
        yield process


@contextmanager
def listening(running: Process) -> Iterator[DataSocket]:
    keys = running.keys["api_key"], running.keys["secret_key"]
    with DataSocket(running.url.replace("http", "ws"), keys=keys).enter(**ALL) as client:
        yield client


def advance(running: Process, seconds: int) -> None:
    running.control("clock", {"advance": seconds})


def hear(client: DataSocket, count: int) -> list[tuple[str, str]]:
    """The kinds and minutes of so many messages."""
    messages: list[dict[str, Any]] = []
    while len(messages) < count:
        messages += client.hear()
    return [(message["T"], message["t"][11:16]) for message in messages]


def closes(running: Process, **query: str) -> list[float]:
    """The closes of AAPL from where the exchange began."""
    asked = {"timeframe": "1Min", "start": "2024-03-13T14:30:00Z", "feed": "iex", **query}
    keys = {"APCA-API-KEY-ID": running.keys["api_key"], "APCA-API-SECRET-KEY": running.keys["secret_key"]}
    bars = httpx.get(f"{running.url}/v2/stocks/AAPL/bars", params=asked, headers=keys).json()["bars"]
    return [bar["c"] for bar in bars]


def test_a_late_bar_comes_after_the_one_that_follows_it(running: Process) -> None:
    with listening(running) as client:
        running.control("faults", {"kind": "late_bar", "symbol": "AAPL", "seconds": 70})
        advance(running, 120)
        assert len(closes(running)) == 1
        advance(running, 10)
        assert hear(client, 2) == [("b", "14:31"), ("b", "14:30")]
        assert len(closes(running)) == 2


def test_a_corrected_bar_is_told_again_and_differs(running: Process) -> None:
    with listening(running) as client:
        running.control("faults", {"kind": "corrected_bar", "symbol": "AAPL", "values": {"c": 1.5}})
        advance(running, 60)
        (before,) = closes(running)
        advance(running, 30)
        assert hear(client, 2) == [("b", "14:30"), ("u", "14:30")]
        assert closes(running) == [1.5]
        assert before != 1.5


def test_a_halt_is_told_and_has_no_bars(running: Process) -> None:
    with listening(running) as client:
        advance(running, 60)
        halt = running.control("faults", {"kind": "halt", "symbol": "AAPL"})
        advance(running, 120)
        assert httpx.delete(f"{running.url}/_control/faults/{halt['id']}").json() == {"removed": 1}
        advance(running, 60)
        assert hear(client, 4) == [("b", "14:30"), ("s", "14:31"), ("s", "14:33"), ("b", "14:33")]


def test_a_split_changes_the_scale_of_what_comes(running: Process) -> None:
    advance(running, 60)
    running.control("faults", {"kind": "split", "symbol": "AAPL", "ratio": "4"})
    advance(running, 60)
    before, after = closes(running)
    assert after == pytest.approx(before / 4, rel=0.01)
    assert closes(running, adjustment="split") == [pytest.approx(before / 4), after]


def test_a_mute_socket_says_nothing_until_it_does_again(running: Process) -> None:
    with listening(running) as client:
        mute = running.control("faults", {"kind": "mute", "match": {"path": IEX}})
        advance(running, 120)
        httpx.delete(f"{running.url}/_control/faults/{mute['id']}")
        advance(running, 60)
        assert hear(client, 1) == [("b", "14:32")]


def test_a_socket_is_closed_without_a_word_and_refused_at_first(running: Process) -> None:
    with listening(running) as client:
        running.control("faults", {"kind": "refuse_connection", "code": 429})
        running.control("faults", {"kind": "disconnect", "match": {"path": IEX}})
        with pytest.raises(ConnectionClosed) as closed:
            client.hear()
        assert closed.value.rcvd is None
    with pytest.raises(InvalidStatus, match="429"), listening(running):
        pass
    with listening(running) as client:
        advance(running, 60)
        assert hear(client, 1) == [("b", "14:30")]


def test_the_control_shows_connections_and_messages_but_no_secret(running: Process) -> None:
    with listening(running):
        advance(running, 60)
        (connection,) = httpx.get(f"{running.url}/_control/state").json()["connections"]
        journal = httpx.get(f"{running.url}/_control/journal")
    assert (connection["path"], connection["authenticated"]) == (IEX, True)
    assert connection["subscribed"] == ALL
    messages = [one["body"] for one in journal.json() if one["kind"] == "message"]
    assert messages[-1] == {"b": 1}
    assert running.keys["secret_key"] not in str(messages)
