"""Orders that work until a day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """To this version."""
    op.add_column("orders", sa.Column("expires", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
