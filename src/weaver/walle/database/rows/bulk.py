"""Rows as the drivers take them, for tables that are filled by the ten thousand."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from weaver.model.errors import InputError
from weaver.walle.database.engines.session import DatabaseSession
from weaver.walle.database.rows.sql_types import postgresql_encoder, sqlite_encoder
from weaver.walle.database.rows.tables import INTERNAL, OF_TRADING


async def insert_rows(
    session: DatabaseSession, table: Table, rows: Sequence[Mapping[str, Any]], *, postgresql: bool
) -> None:
    """Insert a backtest's rows, given by column name; a name that is missing is null.

    Raises InputError for an unknown column and a value that cannot be kept, Conflict for a row that is there already.
    """
    if not rows:
        return
    columns = [column.name for column in table.columns if not {INTERNAL, OF_TRADING} & column.info.keys()]
    encoder_of = postgresql_encoder if postgresql else sqlite_encoder
    encoders = [(place, encoder_of(table.c[name].type)) for place, name in enumerate(columns)]
    plan = [(place, encoder) for place, encoder in encoders if encoder is not None]
    all_of, known, count = itemgetter(*columns), frozenset(columns), len(columns)

    def encode(row: Mapping[str, Any]) -> Sequence[Any]:
        if len(row) == count and known.issuperset(row):
            values = list(all_of(row))
        else:
            _check_known(table, columns, row)
            values = [row.get(name) for name in columns]
        for place, encoded in plan:
            value = values[place]
            if value is not None:
                values[place] = encoded(value)
        return values

    await session.insert_many(table, columns, rows, encode)


def _check_known(table: Table, columns: Sequence[str], row: Mapping[str, Any]) -> None:
    unknown = sorted(set(row) - set(columns))
    if unknown:
        raise InputError(f"{table.name} has no {unknown[0]!r}, but {', '.join(columns)}")
