"""What a run was promoted from, and the gates before it is promoted itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """To this version."""
    op.add_column("runs", sa.Column("promotion", sa.Text()))
    op.add_column("runs", sa.Column("promoted_from", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
