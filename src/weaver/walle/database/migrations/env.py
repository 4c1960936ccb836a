"""Alembic's entry: migrates over the connection that `migrate` hands over, within its transaction."""

from alembic import context

from weaver.walle.database.rows.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
