"""The conversation on the socket of order updates."""

import pytest

from weaver.rehearsal.streams.conversation import Answers
from weaver.rehearsal.streams.update_stream import UpdateStream

AUTH = {"action": "authenticate", "data": {"key_id": "k", "secret_key": "s"}}
LISTEN = {"action": "listen", "data": {"streams": ["trade_updates"]}}


def stream() -> UpdateStream:
    return UpdateStream(lambda key, secret: (key, secret) == ("k", "s"))


def authorization(status: str, action: str = "authenticate") -> dict[str, object]:
    return {"stream": "authorization", "data": {"status": status, "action": action}}


def test_nothing_is_said_before_the_client_speaks() -> None:
    assert stream().begin({}) == Answers()


@pytest.mark.parametrize("message", [AUTH, {"action": "auth", "key": "k", "secret": "s"}])
def test_who_has_the_keys_listens(message: dict[str, object]) -> None:
    made = stream()
    assert made.hear(message) == Answers(frames=[authorization("authorized")])
    assert not made.is_listening
    assert made.hear(LISTEN) == Answers(frames=[{"stream": "listening", "data": {"streams": ["trade_updates"]}}])
    assert made.is_listening
    assert made.subscribed() == ["trade_updates"]


@pytest.mark.parametrize(
    "message", [{**AUTH, "data": {"key_id": "k", "secret_key": "x"}}, {"action": "authenticate"}, {**AUTH, "data": [1]}]
)
def test_others_are_unauthorized_and_that_is_all(message: dict[str, object]) -> None:
    assert stream().hear(message) == Answers(frames=[authorization("unauthorized")], is_last=True)


def test_who_does_not_authenticate_is_unauthorized_after_a_while() -> None:
    assert stream().too_late() == Answers(frames=[authorization("unauthorized")], is_last=True)


def test_nobody_listens_before_authenticating() -> None:
    made = stream()
    assert made.hear(LISTEN) == Answers(frames=[authorization("unauthorized", "listen")])
    assert not made.is_listening


def test_only_what_there_is_can_be_listened_to_and_no_list_ends_it() -> None:
    made = stream()
    made.hear(AUTH)
    made.hear({"action": "listen", "data": {"streams": ["trade_updates", "account_updates"]}})
    assert made.subscribed() == ["trade_updates"]
    made.hear({"action": "listen", "data": {"streams": []}})
    assert made.subscribed() == []


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (None, "invalid syntax"),
        ([AUTH], "invalid syntax"),
        ({}, "invalid action"),
        ({"action": "subscribe"}, "invalid action"),
        ({"action": "listen", "data": None}, "invalid syntax"),
        ({"action": "listen", "data": {"streams": "trade_updates"}}, "invalid syntax"),
    ],
)
def test_what_makes_no_sense_is_said_so(message: object, text: str) -> None:
    made = stream()
    made.hear(AUTH)
    assert made.hear(message) == Answers(frames=[{"stream": "error", "data": {"error": text}}])


def test_who_does_not_read_is_told_so_and_hears_no_more() -> None:
    made = stream()
    made.hear(AUTH)
    made.hear(LISTEN)
    assert made.too_slow().is_last
    made.end()
    assert not made.is_listening
