"""Long pages are written off the event loop, and say the same as short ones."""

import threading
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from weaver.glados.api.lists.page_text import FEW, page_text
from weaver.glados.api.lists.paging import Paging
from weaver.glados.ports import Page
from weaver.glados.schemas.base import PageOf
from weaver.glados.schemas.trading.orders import TradeResponse
from weaver.glados.services import Services
from weaver.glados.threads import Threads

pytestmark = pytest.mark.anyio


def trade(number: int) -> TradeResponse:
    return TradeResponse(
        run_id="r", number=number, symbol="A", side="long", quantity="1", entry_time="2024-01-02T00:00:00Z",
        entry_price="10", exit_time="2024-01-03T00:00:00Z", exit_price="11", pnl="1", return_=0.1, commission="0",
        bars=1, mae=None, mfe=0.1,
    )  # type: ignore[arg-type] # as the database's rows have it  # fmt: skip


@pytest.mark.parametrize(("count", "threads"), [(0, 0), (FEW, 1), (FEW + 1, 1), (500, 1)])
async def test_page_says_its_items_wherever_it_is_written(count: int, threads: int) -> None:
    wrote = set[int]()

    def shown(number: int) -> TradeResponse:
        wrote.add(threading.get_ident())
        return trade(number)

    texts = Threads("texts", count=1, wait_seconds=5)
    services = cast(Services, SimpleNamespace(threads=SimpleNamespace(texts=texts)))
    answer = await page_text(services, Page(items=range(count), total=700), shown, Paging(page=1, page_size=500))
    texts.close()
    assert len(wrote) == threads
    assert (threading.get_ident() in wrote) == (0 < count <= FEW)
    said: dict[str, Any] = orjson.loads(answer.body)
    assert (said["total"], said["page"], said["page_size"], len(said["items"])) == (700, 1, 500, count)
    assert [item["number"] for item in said["items"]] == list(range(count))
    assert all(item["return"] == 0.1 and "return_" not in item for item in said["items"])
    PageOf[TradeResponse].model_validate(said)  # it is what the document promises
