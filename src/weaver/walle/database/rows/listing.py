"""One page of a table: filtered, sorted and counted by the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    and_,
    case,
    func,
    select,
    type_coerce,
)
from sqlalchemy.sql.elements import UnaryExpression

from weaver.model.errors import InputError
from weaver.model.record import Query
from weaver.walle.database.engines.session import AnyRow, DatabaseSession
from weaver.walle.database.rows.sql_types import AmountType, JsonType
from weaver.walle.database.rows.tables import COUNTED, INTERNAL

_FARTHEST = 2**62
"""No table is longer; what lies beyond cannot be an OFFSET."""

SortKey = UnaryExpression[Any] | ColumnElement[Any]


async def page_of(
    session: DatabaseSession,
    table: Table,
    query: Query,
    *,
    where: Sequence[ColumnElement[bool]],
    filters: Sequence[str],
    default_sort: Sequence[str],
    sorts: Mapping[str, ColumnElement[Any]] | None = None,
    postgresql: bool,
) -> tuple[Sequence[AnyRow], int]:
    """The rows of a page, and how many there are on all pages.

    filters: the columns that can be filtered by. default_sort: columns as in `Query.sort`, the last of them unique; an
    index should serve them. sorts: by what else can be sorted, such as a figure that stands in another table.
    Raises InputError for a page below 1, a page size below 1, and columns that are not there, naming those that are.
    """
    if query.page < 1 or query.page_size < 1:
        raise InputError(f"page {query.page} of {query.page_size}: both are counted from 1")
    conditions = and_(True, *where, *_conditions(table, query.filters, filters), *_spans(table, query))
    order = _order(table, query.sort, default_sort, sorts or {}, postgresql=postgresql)
    offset = min((query.page - 1) * query.page_size, _FARTHEST)
    chosen: Select[Any] = select(*shown_columns(table)).where(conditions).order_by(*order)
    total = (await session.read(select(func.count()).select_from(table).where(conditions)))[0][0]
    rows = await session.read(chosen.limit(query.page_size).offset(offset)) if offset < total else []
    return rows, total


def shown_columns(table: Table) -> list[Column[Any]]:
    """A table's columns, without those that are the database's own."""
    return [column for column in table.columns if INTERNAL not in column.info]


def _conditions(table: Table, filters: Mapping[str, Sequence[str]], known: Sequence[str]) -> list[ColumnElement[bool]]:
    unknown = sorted(set(filters) - set(known))
    if unknown:
        raise InputError(f"{table.name} cannot be filtered by {unknown[0]!r}, but by {', '.join(known)}")
    return [table.c[name].in_(list(values)) for name, values in filters.items()]


def _spans(table: Table, query: Query) -> list[ColumnElement[bool]]:
    return [
        *(table.c[name] >= time for name, time in query.at_least.items()),
        *(table.c[name] <= time for name, time in query.at_most.items()),
    ]


def _order(
    table: Table, sort: str, default: Sequence[str], others: Mapping[str, ColumnElement[Any]], *, postgresql: bool
) -> list[SortKey]:
    name = sort.removeprefix("-")
    known = [column.name for column in shown_columns(table) if not isinstance(column.type, JsonType)]
    if sort and name not in known and name not in others:
        raise InputError(f"{table.name} cannot be sorted by {name!r}, but by {', '.join([*known, *others])}")
    usual = [key for each in default for key in _keys(table.c[each.removeprefix("-")], each, postgresql=postgresql)]
    if not sort:
        return usual
    if name in others:
        return [(others[name].desc() if sort.startswith("-") else others[name].asc()).nulls_last(), *usual]
    return [*_keys(table.c[name], sort, postgresql=postgresql), *usual]


def _keys(column: Column[Any], sort: str, *, postgresql: bool) -> list[SortKey]:
    """What to sort by; what is not there comes last, in either direction and on both databases."""
    exact = not postgresql and isinstance(column.type, AmountType)
    keys: list[ColumnElement[Any]] = _numeric(column) if exact else [column]
    if COUNTED in column.info:  # f2 before f10
        keys.insert(0, func.length(column, type_=Integer()))
    sorted_keys: list[SortKey] = [key.desc() if sort.startswith("-") else key.asc() for key in keys]
    return [column.is_(None), *sorted_keys] if column.nullable else sorted_keys


def _numeric(column: Column[Any]) -> list[ColumnElement[Any]]:
    """Exact numeric order of SQLite's decimal text, without a float.

    Canonical text has neither leading zeros nor an exponent: of two positive numbers the one with more digits before
    its point is larger, and with equally many the text decides. Negative ones mirror that, which is why their text is
    turned into its complement.
    """
    words = type_coerce(column, Text())
    negative = words.like("-%")
    digits = func.instr(func.ltrim(words, "-", type_=Text()).concat("."), ".", type_=Integer())
    return [case((negative, -digits), else_=digits), case((negative, _complement(words)), else_=words)]


def _complement(words: ColumnElement[str]) -> ColumnElement[str]:
    """A negative number's text with each digit as a letter, 9 first, and an end that sorts after every letter."""
    swapped = words
    for digit, letter in zip("9876543210", "abcdefghij", strict=True):
        swapped = func.replace(swapped, digit, letter, type_=Text())
    return swapped.concat("~")
