"""Lists as text that is made where it holds nobody up: a page of 500 events takes some ten milliseconds."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Response

from weaver.glados.api.lists.paging import Paging
from weaver.glados.ports import Page
from weaver.glados.schemas.base import ResponseBody
from weaver.glados.services import Services

T = TypeVar("T")

FEW = 50
"""So many items are a millisecond's work, no more than the way to a thread and back may cost."""


async def page_text(services: Services, found: Page[T], shown: Callable[[T], ResponseBody], paging: Paging) -> Response:
    """The page of what was found, each item as it is `shown`."""
    return await written(
        services, lambda: paging.of([shown(item) for item in found.items], found.total), count=len(found.items)
    )


async def written(services: Services, answer: Callable[[], ResponseBody], *, count: int) -> Response:
    """An answer of so many items. Raises Unavailable where others keep the threads busy."""

    def text() -> str:
        return answer().model_dump_json(by_alias=True)

    return Response(text() if count <= FEW else await services.threads.texts.do(text), media_type="application/json")
