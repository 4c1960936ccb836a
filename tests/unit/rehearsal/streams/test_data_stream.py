"""The conversation on a socket of market data: each message and each error of Alpaca's table."""

import pytest

from weaver.rehearsal.market.publication import Channel
from weaver.rehearsal.streams.conversation import Answers
from weaver.rehearsal.streams.data_stream import DataStream, Seat

AUTH = {"action": "auth", "key": "k", "secret": "s"}
STOCK_LISTS = (
    "trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors",
)  # fmt: skip
PAIR_LISTS = ("trades", "quotes", "orderbooks", "bars", "updatedBars", "dailyBars")


def stream(*, is_stock: bool = True, seat: Seat | None = None, symbols: int = 5) -> DataStream:
    return DataStream(
        is_stock=is_stock, accepts=lambda key, secret: (key, secret) == ("k", "s"), seat=seat or Seat(), symbols=symbols
    )


def authenticated(*, is_stock: bool = True, symbols: int = 5) -> DataStream:
    made = stream(is_stock=is_stock, symbols=symbols)
    made.hear(AUTH)
    return made


def code(answers: Answers) -> tuple[int, str, bool]:
    ((message,),) = answers.frames
    assert message["T"] == "error"
    return message["code"], message["msg"], answers.is_last


def lists(answers: Answers) -> dict[str, list[str]]:
    ((message,),) = answers.frames
    assert message["T"] == "subscription"
    return {name: symbols for name, symbols in message.items() if name != "T"}


def test_it_begins_with_connected_and_goes_on_with_authenticated() -> None:
    made = stream()
    assert made.begin({}) == Answers(frames=[[{"T": "success", "msg": "connected"}]])
    assert made.hear(AUTH) == Answers(frames=[[{"T": "success", "msg": "authenticated"}]])
    assert made.is_authenticated


def test_keys_may_come_with_the_upgrade() -> None:
    made = stream()
    answers = made.begin({"apca-api-key-id": "k", "apca-api-secret-key": "s"})
    assert [frame[0]["msg"] for frame in answers.frames] == ["connected", "authenticated"]
    assert stream().begin({"apca-api-key-id": "k", "apca-api-secret-key": "x"}).is_last


@pytest.mark.parametrize(
    "message",
    [None, 7, [], "auth", {}, {"action": "listen"}, {"action": ["auth"]}, {"action": "auth"}, {**AUTH, "key": 1}],
)
def test_what_is_no_message_is_invalid_syntax(message: object) -> None:
    assert code(stream().hear(message)) == (400, "invalid syntax", False)


def test_nobody_subscribes_before_authenticating() -> None:
    assert code(stream().hear({"action": "subscribe", "bars": ["AAA"]})) == (401, "not authenticated", False)


def test_wrong_keys_end_it() -> None:
    assert code(stream().hear({**AUTH, "secret": "x"})) == (402, "auth failed", True)


def test_nobody_authenticates_twice() -> None:
    assert code(authenticated().hear(AUTH)) == (403, "already authenticated", False)


def test_who_does_not_authenticate_or_read_is_told_so() -> None:
    assert code(stream().too_late()) == (404, "auth timeout", True)
    assert code(authenticated().too_slow()) == (407, "slow client", True)


def test_an_endpoint_has_one_place_which_is_free_again_at_the_end() -> None:
    seat = Seat()
    first, second = stream(seat=seat), stream(seat=seat)
    first.hear(AUTH)
    assert code(second.hear(AUTH)) == (406, "connection limit exceeded", True)
    second.end()
    assert code(stream(seat=seat).hear(AUTH))[0] == 406
    first.end()
    assert stream(seat=seat).hear(AUTH).is_last is False


@pytest.mark.parametrize(("is_stock", "names"), [(True, STOCK_LISTS), (False, PAIR_LISTS)])
def test_subscriptions_are_confirmed_as_the_whole_list(is_stock: bool, names: tuple[str, ...]) -> None:
    made = authenticated(is_stock=is_stock)
    first = lists(made.hear({"action": "subscribe", "bars": ["AAA", "BBB"]}))
    assert set(first) == set(names)
    assert first["bars"] == ["AAA", "BBB"]
    second = lists(made.hear({"action": "subscribe", "trades": ["AAA"], "bars": ["AAA", "CCC"]}))
    assert (second["bars"], second["trades"]) == (["AAA", "BBB", "CCC"], ["AAA"])
    third = lists(made.hear({"action": "unsubscribe", "bars": ["AAA", "ZZZ"], "trades": ["AAA"]}))
    assert (third["bars"], third["trades"]) == (["BBB", "CCC"], [])
    assert made.subscribed() == {"bars": ["BBB", "CCC"]}


def test_corrections_and_cancellations_come_with_trades() -> None:
    found = lists(authenticated().hear({"action": "subscribe", "trades": ["AAA"]}))
    assert (found["corrections"], found["cancelErrors"]) == (["AAA"], ["AAA"])


def test_a_star_is_all_symbols() -> None:
    made = authenticated()
    made.hear({"action": "subscribe", "bars": ["*"], "trades": ["AAA"]})
    assert made.wants(Channel.BARS, "ZZZ")
    assert made.wants(Channel.TRADES, "AAA")
    assert not made.wants(Channel.TRADES, "ZZZ")
    assert not made.wants(Channel.ORDERBOOKS, "AAA")


@pytest.mark.parametrize(
    ("is_stock", "message"),
    [
        (True, {"orderbooks": ["AAA"]}),
        (False, {"statuses": ["BTC/USD"]}),
        (True, {"news": ["AAA"]}),
        (True, {1: ["AAA"]}),
    ],
)
def test_a_channel_that_a_feed_has_not_is_refused(is_stock: bool, message: dict[object, object]) -> None:
    answers = authenticated(is_stock=is_stock).hear({"action": "subscribe", **message})
    assert code(answers) == (410, "invalid subscribe action for this feed", False)


@pytest.mark.parametrize("symbols", ["AAA", None, [1], [""], {"AAA": 1}])
def test_symbols_are_lists_of_names(symbols: object) -> None:
    assert code(authenticated().hear({"action": "subscribe", "bars": symbols}))[0] == 400


def test_trades_and_quotes_are_limited_to_thirty_symbols_and_bars_are_not() -> None:
    made = authenticated()
    thirty = [f"A{number}" for number in range(30)]
    assert lists(made.hear({"action": "subscribe", "trades": thirty, "quotes": thirty}))["trades"] == thirty
    assert code(made.hear({"action": "subscribe", "quotes": ["B"]})) == (405, "symbol limit exceeded", False)
    assert made.subscribed()["quotes"] == thirty
    assert (
        len(lists(made.hear({"action": "subscribe", "bars": [f"B{number}" for number in range(500)]}))["bars"]) == 500
    )


@pytest.mark.parametrize(("symbols", "is_refused"), [(30, False), (31, True)])
def test_a_star_counts_for_all_that_there_are(symbols: int, is_refused: bool) -> None:
    ((message,),) = authenticated(symbols=symbols).hear({"action": "subscribe", "trades": ["*"]}).frames
    assert (message.get("code") == 405) is is_refused
