"""Rows of which a later one takes the place of an earlier one of the same key."""

from collections.abc import Collection

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql as on_postgresql
from sqlalchemy.dialects import sqlite as on_sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

Upsert = PostgresqlInsert | SqliteInsert


def upsert(table: Table, names: Collection[str], *, postgresql: bool, same: str | None = None) -> Upsert:
    """A statement that takes a row of these columns, whole, and by its primary key puts it in the place of the one that
    is there, if any. same: a column of which both must have one value; else nothing is changed, and no row touched."""
    keys = [column.name for column in table.primary_key.columns]
    statement: Upsert = on_postgresql.insert(table) if postgresql else on_sqlite.insert(table)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: new[name] for name in names if name not in keys} or {key: new[key] for key in keys},
        where=None if same is None else table.c[same] == new[same],
    )
