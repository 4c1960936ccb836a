"""Refusals are told apart by their texts: one code of Alpaca's stands for many reasons."""

import pytest

from weaver.veda.adapters.alpaca.wire.refusals import venue_error
from weaver.veda.exchange.answers import Reason

# Texts as users of Alpaca report them (see the sources in docs/architecture/veda.md).
SEEN = [
    (403, 40310000, "insufficient buying power", Reason.BUYING_POWER),
    (403, 40310000, "insufficient qty available for order (requested: 2, available: 1)", Reason.POSITION),
    (403, 40310000, "insufficient balance for BTC (requested: 2, available: 1)", Reason.POSITION),
    (403, 40310000, "potential wash trade detected. use complex orders", Reason.WASH_TRADE),
    (403, 40310000, "cost basis must be >= minimal amount of order 10", Reason.QUANTITY),
    (403, 40310000, 'asset "AAPL" is not fractionable', Reason.QUANTITY),
    (403, 40310000, "account is not allowed to short", Reason.INSTRUMENT),
    (404, 40410000, "order not found for 904837e3", Reason.NOT_FOUND),
    (404, 40410000, "position does not exist", Reason.NOT_FOUND),
    (422, 40010001, "client_order_id must be unique", Reason.DUPLICATE_ID),
    (422, 40010001, "invalid order type for crypto order", Reason.ORDER),
    (422, 40010001, "qty must be > 0", Reason.QUANTITY),
    (422, 40010001, "market orders require no stop or limit price", Reason.PRICE),
    (422, 40010001, "asset AAPL is not active", Reason.INSTRUMENT),
    (422, 42210000, "invalid limit_price 10.123. sub-penny increment does not fulfill minimum pricing", Reason.PRICE),
    (422, 42210000, 'order is already in "filled" state', Reason.STATE),
    (422, 42210000, "cannot replace order in accepted status", Reason.STATE),
    (422, 42210000, "fractional orders must be DAY orders", Reason.QUANTITY),
    (422, 42210000, 'asset "XXX" not found', Reason.INSTRUMENT),
    (401, 40110000, "request is not authorized", Reason.CREDENTIALS),
    (403, 40110000, "request is not authorized", Reason.CREDENTIALS),
    (429, 0, "too many requests.", Reason.RATE_LIMIT),
]


@pytest.mark.parametrize(("status", "code", "message", "reason"), SEEN)
def test_refusal_is_classed_by_its_text(status: int, code: int, message: str, reason: Reason) -> None:
    body = f'{{"code": {code}, "message": "{message}"}}'.replace('"AAPL"', "'AAPL'").replace('"XXX"', "'XXX'")
    error = venue_error(status, body.replace('"filled"', "'filled'"))
    assert (error.reason, error.status, error.code) == (reason, status, code)


@pytest.mark.parametrize("body", ["", "<html>no</html>", "[]", "5", '{"message": 5}', '{"code": "x"}'])
def test_body_that_is_no_error_object_is_told_by_its_status(body: str) -> None:
    assert venue_error(403, body).message == "HTTP 403"
    assert venue_error(403, body).reason is Reason.OTHER
    assert venue_error(401, body).reason is Reason.CREDENTIALS


def test_message_is_one_line_and_short() -> None:
    error = venue_error(422, '{"message": "a\\nb' + "x" * 1000 + '"}')
    assert error.message.startswith("a bx")
    assert len(error.message) == 300
