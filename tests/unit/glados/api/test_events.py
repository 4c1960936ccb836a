"""The log as a list: from its beginning, from its end, and of one order."""

from typing import Any

import pytest

from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import an_event

pytestmark = pytest.mark.anyio


async def seen(api: Api, **params: Any) -> list[str]:
    answer = await api.client.get("/api/v1/events", params={"type": "orders.*", "page_size": 3, **params})
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == 7
    return [item["id"] for item in answer.json()["items"]]


async def test_pages_from_the_newest_on_are_those_from_the_oldest_on_turned_round(api: Api) -> None:
    await api.log.append([an_event(f"e{k}", "orders.Created") for k in range(7)])
    assert [await seen(api, page=page) for page in (1, 2, 3, 4)] == [
        ["e0", "e1", "e2"],
        ["e3", "e4", "e5"],
        ["e6"],
        [],
    ]
    assert [await seen(api, page=page, newest_first=True) for page in (1, 2, 3, 4)] == [
        ["e6", "e5", "e4"],
        ["e3", "e2", "e1"],
        ["e0"],
        [],
    ]
