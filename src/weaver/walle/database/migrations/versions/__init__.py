"""The steps, each a file that Alembic runs; a step that was released is never changed."""
