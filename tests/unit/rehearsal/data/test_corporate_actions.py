"""Corporate actions over HTTP."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.rehearsals.data_client import DataClient
from tests.rehearsals.hand_market import MarketByHand, Row, listed
from weaver.model.market.corporate_actions import Delisting, Dividend, Split

ROWS: list[Row] = [(10, 12, 9, 11, 100)] * 5
DAYS = [24 * 60 * day for day in range(5)]
ALL = {"start": "2024-03-01", "end": "2024-03-31"}


@pytest.fixture
def client() -> DataClient:
    """Daily bars from 2024-03-11 on of two symbols that have split, paid and gone; one of the splits is to come."""
    first = (
        Split(ex_date=date(2024, 3, 12), ratio=4),
        Dividend(ex_date=date(2024, 3, 13), amount=Decimal("0.25")),
        Split(ex_date=date(2024, 3, 15), ratio=3),
    )
    second = (Split(ex_date=date(2024, 3, 12), ratio="1/10"), Delisting(ex_date=date(2024, 3, 14), value=Decimal(0)))
    market = MarketByHand(
        listed("AAA", ROWS, start="2024-03-11T00:00Z", timeframe="1d", minutes=DAYS, actions=first),
        listed("BBB", ROWS, start="2024-03-11T00:00Z", timeframe="1d", minutes=DAYS, actions=second),
        now="2024-03-14T21:00Z",
    )
    return DataClient(market)


def get(client: DataClient, path: str = "/v1/corporate-actions", **query: str | int) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", ["/v1/corporate-actions", "/v1beta1/corporate-actions"])
def test_what_has_come_is_told_by_its_type(client: DataClient, path: str) -> None:
    found = get(client, path, **ALL)["corporate_actions"]
    told = {kind: [(one["symbol"], one.get("ex_date")) for one in actions] for kind, actions in found.items()}
    assert told == {
        "forward_splits": [("AAA", "2024-03-12")],
        "reverse_splits": [("BBB", "2024-03-12")],
        "cash_dividends": [("AAA", "2024-03-13")],
        "worthless_removals": [("BBB", None)],
    }
    (forward,), (reverse,) = found["forward_splits"], found["reverse_splits"]
    assert (forward["new_rate"], forward["old_rate"]) == (4, 1)
    assert (reverse["new_rate"], reverse["old_rate"]) == (1, 10)
    assert found["cash_dividends"][0]["rate"] == 0.25


def test_the_current_day_is_meant_where_no_other_is_named(client: DataClient) -> None:
    assert list(get(client)["corporate_actions"]) == ["worthless_removals"]


def test_symbols_types_and_ids_choose(client: DataClient) -> None:
    assert list(get(client, symbols="BBB", types="reverse_split,cash_dividend", **ALL)["corporate_actions"]) == [
        "reverse_splits"
    ]
    number = get(client, types="cash_dividend", **ALL)["corporate_actions"]["cash_dividends"][0]["id"]
    assert [one["id"] for one in get(client, ids=number)["corporate_actions"]["cash_dividends"]] == [number]


@pytest.mark.parametrize("sort", ["asc", "desc"])
def test_pages_go_through_all_of_them_once(client: DataClient, sort: str) -> None:
    dates: list[str] = []
    pages, token = 0, ""
    while token is not None:
        page = get(client, limit=1, sort=sort, **ALL, **({"page_token": token} if token else {}))
        dates += [one["process_date"] for actions in page["corporate_actions"].values() for one in actions]
        pages, token = pages + 1, page["next_page_token"]
    assert pages == 4
    assert dates == sorted(["2024-03-12", "2024-03-12", "2024-03-13", "2024-03-14"], reverse=sort == "desc")


@pytest.mark.parametrize(
    "query",
    [
        {"types": "splits"},
        {"start": "March"},
        {"start": "2024-03-02", "end": "2024-03-01"},
        {"symbols": "a/b"},
        {"limit": "1001"},
        {"page_token": "x"},
        {"sort": "up"},
    ],
)
def test_what_makes_no_sense_is_refused(client: DataClient, query: dict[str, str]) -> None:
    answer = client.get("/v1/corporate-actions", params=query)
    assert answer.status_code == 400
    assert answer.json()["message"]
