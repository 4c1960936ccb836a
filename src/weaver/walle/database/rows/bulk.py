"""Rows as the drivers take them, for tables that are filled by the ten thousand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from weaver.model.errors import InputError
from weaver.walle.database.engines.session import Session
from weaver.walle.database.rows.sql_types import Encoder, postgresql_encoder, sqlite_encoder


async def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, postgresql: bool) -> None:
    """Insert rows given by column name; a name that is missing is null.

    Raises InputError for an unknown column and a value that cannot be kept, Conflict for a row that is there already.
    """
    if not rows:
        return
    columns = [column.name for column in table.columns]
    encoders = [(postgresql_encoder if postgresql else sqlite_encoder)(column.type) for column in table.columns]
    plan = list(zip(columns, map(_or_none, encoders), strict=True))
    known = frozenset(columns)

    def encode(row: Mapping[str, Any]) -> tuple[Any, ...]:
        if not known.issuperset(row):
            raise InputError(f"{table.name} has no {sorted(set(row) - known)[0]!r}, but {', '.join(columns)}")
        return tuple([encoded(row.get(name)) for name, encoded in plan])

    await session.insert_many(table, columns, rows, encode)


def _or_none(encoder: Encoder | None) -> Callable[[Any], Any]:
    if encoder is None:
        return _as_it_is
    return lambda value: None if value is None else encoder(value)


def _as_it_is(value: Any) -> Any:
    return value
