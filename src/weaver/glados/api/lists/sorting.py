"""Sorting of lists that are in hand as a whole; those of the database are sorted by it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from weaver.model.errors import InputError

T = TypeVar("T")


def sorted_by(items: Sequence[T], sort: str | None, columns: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """By a column, `-column` for descending; None: as they are. Equal ones keep their order.

    Raises InputError that names the columns there are.
    """
    if sort is None:
        return list(items)
    column = sort.removeprefix("-")
    if column not in columns:
        raise InputError(f"sort={sort}: there is no column {column!r} here: choose one of {', '.join(columns)}")
    return sorted(items, key=columns[column], reverse=sort.startswith("-"))
