"""The SHA-256 of what a run was given at a tick; null of ticks of before."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """To this version."""
    op.add_column("recorded_inputs", sa.Column("digest", sa.LargeBinary()))
