"""Records that are written and removed in pieces: nobody is shown one that is not whole."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """To this version."""
    withheld = sa.text("withheld IS NOT NULL")
    op.add_column("runs", sa.Column("withheld", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
    op.add_column("runs", sa.Column("pieces", sa.Integer()))
    op.create_index("ix_runs_withheld", "runs", ["id"], postgresql_where=withheld, sqlite_where=withheld)
