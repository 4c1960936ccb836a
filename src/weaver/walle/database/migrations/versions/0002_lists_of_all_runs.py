"""Indexes for the lists of all orders and fills in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """To this version."""
    op.create_index("ix_fills_filled_at_id", "fills", ["filled_at", "id"])
    op.create_index("ix_orders_run_id_number_id", "orders", ["run_id", "number", "id"])
    op.create_index("ix_orders_in_order", "orders", [sa.text("(run_id IS NULL)"), "run_id", "number", "id"])
    op.drop_index("ix_orders_run_id_number", "orders")
