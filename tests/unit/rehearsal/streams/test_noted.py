"""Messages as they are written down."""

import json

import msgpack
import orjson
import pytest

from weaver.rehearsal.streams.noted import noted, summary


@pytest.mark.parametrize(
    "message",
    [
        {"action": "auth", "key": "k", "secret": "hidden"},
        {"action": "authenticate", "data": {"key_id": "k", "secret_key": "hidden"}},
        [{"secret": ["hidden"]}],
    ],
)
def test_secrets_are_not_in_them(message: object) -> None:
    assert "hidden" not in json.dumps(noted(message))
    assert "***" in json.dumps(noted(message))


def nested(depth: int) -> object:
    found: object = 1
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    "message",
    [
        None,
        float("nan"),
        2**64,
        b"\x00\xff",
        msgpack.Timestamp(1),
        {1: 2, b"x": [b"y"]},
        "\ud800",
        "x" * 100_000,
        list(range(100_000)),
        nested(900),
    ],
)
def test_whatever_a_client_sends_can_be_told_as_json_and_is_short(message: object) -> None:
    assert len(orjson.dumps(noted(message))) < 3_000


def test_market_data_is_counted_and_answers_stand_as_they_are() -> None:
    assert summary([{"T": "b", "S": "A"}, {"T": "b", "S": "B"}, {"T": "t", "S": "A"}]) == {"b": 2, "t": 1}
    answer = [{"T": "subscription", "trades": ["A"]}]
    assert summary(answer) is answer
    update = {"stream": "trade_updates", "data": {"event": "fill"}}
    assert summary(update) is update
