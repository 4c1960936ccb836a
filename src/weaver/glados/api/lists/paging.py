"""The query parameters that all lists take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends
from fastapi import Query as Parameter

from weaver.glados.ports import Query
from weaver.glados.schemas.base import Identifier, PageOf

T = TypeVar("T")

PAGE_MAX = 2**31 - 1
PAGE_SIZE_MAX = 500

SortParameter = Annotated[
    Identifier | None,
    Parameter(description="One of the items' fields; `-field` for descending order."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which page of a list was asked for."""

    page: int
    page_size: int

    @property
    def first(self) -> int:
        """How many items come before this page."""
        return (self.page - 1) * self.page_size

    def query(self, filters: Mapping[str, Sequence[str] | None] | None = None, sort: str | None = None) -> Query:
        """For a repository: this page under the filters that were given."""
        given = {column: tuple(values) for column, values in (filters or {}).items() if values}
        return Query(filters=given, sort=sort or "", page=self.page, page_size=self.page_size)

    def of(self, items: Sequence[T], total: int) -> PageOf[T]:
        """The page as it is sent."""
        return PageOf(items=list(items), total=total, page=self.page, page_size=self.page_size)

    def cut(self, items: Sequence[T]) -> PageOf[T]:
        """The page of a list that is in hand as a whole."""
        return self.of(items[self.first : self.first + self.page_size], len(items))


async def _paging(
    page: Annotated[
        int, Parameter(ge=1, le=PAGE_MAX, description="Which page, from 1; one past the end is empty.")
    ] = 1,
    page_size: Annotated[int, Parameter(ge=1, le=PAGE_SIZE_MAX, description="How many items a page holds.")] = 50,
) -> Paging:
    return Paging(page=page, page_size=page_size)


PagingDep = Annotated[Paging, Depends(_paging)]
"""How a handler asks for it: `paging: PagingDep`."""
