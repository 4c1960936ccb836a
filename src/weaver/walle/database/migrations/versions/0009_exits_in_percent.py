"""How far the prices of an exit lie from what its entry pays, in percent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """To this version."""
    for name in ("limit_percent", "stop_percent"):
        op.add_column("orders", sa.Column(name, sa.Text().with_variant(sa.Numeric(38, 18), "postgresql")))
