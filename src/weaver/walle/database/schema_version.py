"""Which version the tables of a database have."""

from sqlalchemy import Connection, inspect, text

HEAD = "0009"
"""The newest migration; the tables of this version of Weaver."""


def revision_of(connection: Connection) -> str | None:
    """The migration that a database has reached; None where there is nothing of Weaver's."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
