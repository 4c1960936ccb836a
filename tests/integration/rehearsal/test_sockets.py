"""The exchange's sockets, with a plain client: what goes over them, how they end, and that nobody holds others up."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import msgpack
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.rehearsals.data_socket import IEX
from tests.rehearsals.data_socket import DataSocket as Client
from tests.rehearsals.hand_market import MINUTE, Row, at, listed
from tests.rehearsals.served_market import KEY, SECRET, ServedMarket
from weaver.model.market.asset_class import AssetClass

START = "2024-03-13T14:00Z"
FLAT: Row = (10, 12, 9, 11, 100)


@pytest.fixture
def served() -> Iterator[ServedMarket]:
    """An hour of minutes of a stock and a pair, which is about to begin."""
    symbols = [
        listed("AAA", [FLAT] * 60, start=START),
        listed("BTC/USD", [FLAT] * 60, start=START, asset_class=AssetClass.CRYPTO),
    ]
    with ServedMarket(symbols, start=at(START)) as market:
        yield market


def test_json_is_text(served: ServedMarket) -> None:
    with Client(served.ws).enter(bars=["AAA"]) as client:
        served.advance(60)
        text = client.socket.recv(timeout=60)
        assert isinstance(text, str)
        bar = {"o": 10.0, "h": 12.0, "l": 9.0, "c": 11.0, "v": 100, "n": 4, "vw": 10.5}
        assert json.loads(text) == [{"T": "b", "S": "AAA", "t": "2024-03-13T14:00:00Z", **bar}]


def test_msgpack_is_spoken_to_who_asks_for_it(served: ServedMarket) -> None:
    headers = {"Content-Type": "application/msgpack", "APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
    with Client(served.ws, "/v1beta3/crypto/us", additional_headers=headers) as client:
        hello = [msgpack.unpackb(client.socket.recv(timeout=60))[0]["msg"] for _ in range(2)]
        assert hello == ["connected", "authenticated"]
        client.socket.send(msgpack.packb({"action": "subscribe", "bars": ["BTC/USD"]}))
        assert msgpack.unpackb(client.socket.recv(timeout=60))[0]["bars"] == ["BTC/USD"]
        served.advance(60)
        (bar,) = msgpack.unpackb(client.socket.recv(timeout=60))
        assert (bar["S"], bar["t"].to_unix_nano(), bar["v"]) == ("BTC/USD", at(START), 100)


def test_updates_of_orders_are_json_in_binary_frames(served: ServedMarket) -> None:
    with Client(served.ws, "/stream") as client:
        client.say(action="authenticate", data={"key_id": KEY, "secret_key": SECRET})
        assert isinstance(client.socket.recv(timeout=60), bytes)
        served.do(lambda: served.sockets.updates.publish({"event": "new"}))
        client.say(action="listen", data={"streams": ["trade_updates"]})
        assert client.hear()["stream"] == "listening"
        served.do(lambda: served.sockets.updates.publish({"event": "fill"}))
        assert client.hear() == {"stream": "trade_updates", "data": {"event": "fill"}}


def test_updates_come_one_by_one_in_order(served: ServedMarket) -> None:
    with Client(served.ws, "/stream") as client:
        client.say(action="authenticate", data={"key_id": KEY, "secret_key": SECRET})
        client.say(action="listen", data={"streams": ["trade_updates"]})
        client.hear(), client.hear()
        served.do(lambda: [served.sockets.updates.publish({"n": number}) for number in range(500)])
        assert [client.hear()["data"]["n"] for _ in range(500)] == list(range(500))


def test_an_advance_answers_when_all_is_sent(served: ServedMarket) -> None:
    with Client(served.ws).enter(bars=["AAA"], trades=["AAA"]) as client:
        served.advance(3600)
        messages: list[dict[str, object]] = []
        while sum(message["T"] == "b" for message in messages) < 60:
            messages += client.hear()
        assert sum(message["T"] == "t" for message in messages) == 240
        bars = [message["t"] for message in messages if message["T"] == "b"]
        assert bars == [f"2024-03-13T14:{minute:02}:00Z" for minute in range(60)]


def test_an_endpoint_takes_one_connection_of_an_account(served: ServedMarket) -> None:
    with Client(served.ws).enter(bars=["AAA"]):
        with Client(served.ws) as second:
            second.hear()
            second.say(action="auth", key=KEY, secret=SECRET)
            assert second.hear() == [{"T": "error", "code": 406, "msg": "connection limit exceeded"}]
            with pytest.raises(ConnectionClosed):
                second.hear()
        Client(served.ws, "/v2/sip").enter(bars=["AAA"]).close()
    served.until(lambda: not served.sockets.connections())
    Client(served.ws).enter(bars=["AAA"]).close()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (IEX, [{"T": "error", "code": 404, "msg": "auth timeout"}]),
        ("/stream", {"stream": "authorization", "data": {"status": "unauthorized", "action": "authenticate"}}),
    ],
)
def test_who_does_not_authenticate_in_ten_seconds_is_sent_away(served: ServedMarket, path: str, said: object) -> None:
    with Client(served.ws, path) as client:
        served.until(lambda: len(served.sockets.connections()) == 1)
        if path == IEX:
            client.hear()
        served.advance(9.9)
        assert len(served.sockets.connections()) == 1
        served.advance(0.2)
        assert client.hear() == said
        with pytest.raises(ConnectionClosed):
            client.hear()


def test_bad_frames_are_answered_and_harm_nobody(served: ServedMarket) -> None:
    with Client(served.ws) as client:
        client.hear()
        for frame in ("", "{", "null", b"\x00\xff", json.dumps({"action": {"auth": 1}}), "[" * 10_000):
            client.socket.send(frame)
            assert client.hear() == [{"T": "error", "code": 400, "msg": "invalid syntax"}]


def test_a_mute_socket_says_nothing_and_stays_open(served: ServedMarket) -> None:
    with Client(served.ws).enter(bars=["AAA"]) as client:
        served.do(lambda: served.faults.mute.add(IEX))
        served.advance(120)
        client.say(action="subscribe", bars=["BBB"])
        served.until(lambda: served.sockets.connections()[0]["subscribed"] == {"bars": ["AAA", "BBB"]})
        served.do(lambda: served.faults.mute.discard(IEX))
        served.advance(60)
        assert [bar["t"] for bar in client.hear()] == ["2024-03-13T14:02:00Z"]


def test_a_connection_is_torn_down_without_a_word(served: ServedMarket) -> None:
    with Client(served.ws).enter(bars=["AAA"]) as client, Client(served.ws, "/stream") as other:
        served.until(lambda: len(served.sockets.connections()) == 2)
        served.do(lambda: served.sockets.disconnect(IEX))
        with pytest.raises(ConnectionClosed) as closed:
            client.hear()
        assert closed.value.rcvd is None
        served.until(lambda: [one["path"] for one in served.sockets.connections()] == ["/stream"])
        served.do(lambda: served.sockets.disconnect(None))
        with pytest.raises(ConnectionClosed):
            other.hear()


@pytest.mark.parametrize("path", [IEX, "/stream", "/v1beta3/crypto/us"])
def test_an_upgrade_can_be_refused(served: ServedMarket, path: str) -> None:
    served.do(lambda: served.faults.refused.update({path: 429}))
    with pytest.raises(InvalidStatus) as refused:
        Client(served.ws, path)
    assert refused.value.response.status_code == 429
    Client(served.ws, path).close()


def test_secrets_are_not_written_down(served: ServedMarket) -> None:
    with Client(served.ws).enter(bars=["AAA"]), Client(served.ws, "/stream") as other:
        other.say(action="authenticate", data={"key_id": KEY, "secret_key": SECRET})
        other.hear()
    assert SECRET not in str(served.journal.messages)
    ways = {(path, way) for path, way, _ in served.journal.messages}
    assert ways == {(path, way) for path in (IEX, "/stream") for way in ("in", "out")}


def test_a_client_that_does_not_read_is_cut_off_and_holds_nobody_up() -> None:
    """Thirty stocks' bars, trades and quotes of an hour are more than what the system buffers for a client."""
    symbols = [listed(f"A{number}", [FLAT] * 60, start=START) for number in range(30)]
    names = [one.asset.symbol for one in symbols]
    with ServedMarket(symbols, start=at(START)) as served, ExitStack() as stack:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", served.port))
        slow = Client(served.ws, "/v2/sip", max_queue=1, compression=None, sock=narrow, close_timeout=0.1)
        stack.enter_context(slow.enter(bars=names, trades=names, quotes=names))
        good = stack.enter_context(Client(served.ws, max_queue=None).enter(bars=names))
        served.advance(3600)
        bars = 0
        while bars < 30 * 60:
            bars += len(good.hear())
        served.until(lambda: [one["path"] for one in served.sockets.connections()] == [IEX])
        deadline = time.monotonic() + 20
        with pytest.raises(ConnectionClosed):
            while time.monotonic() < deadline:
                slow.hear()


def test_thirty_symbols_of_minute_bars_over_a_day_arrive_whole() -> None:
    symbols = [
        listed(f"A{number}/USD", [FLAT] * 1440, start="2024-03-13T00:00Z", asset_class=AssetClass.CRYPTO)
        for number in range(30)
    ]
    with ServedMarket(symbols, start=at("2024-03-13T00:00Z")) as served:
        path = "/v1beta3/crypto/us"
        with Client(served.ws, path, max_queue=None, compression=None).enter(bars=["*"]) as client:
            served.advance(24 * 3600)
            seen: dict[str, int] = dict.fromkeys((one.asset.symbol for one in symbols), 0)
            while sum(seen.values()) < 30 * 1440:
                for bar in client.hear():
                    seen[bar["S"]] += 1
            assert set(seen.values()) == {1440}
        assert served.clock.now == at("2024-03-14T00:00Z")
        assert served.clock.now - at("2024-03-13T00:00Z") == 1440 * MINUTE
