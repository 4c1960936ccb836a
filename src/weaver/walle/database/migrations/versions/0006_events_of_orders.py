"""The order that an event is about, in a column of its own: found without reading payloads."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_OF_PAYLOAD = {
    "sqlite": ("json_extract(payload, '$.order_id')", "json_type(payload, '$.order_id') = 'text'"),
    "postgresql": ("payload::json ->> 'order_id'", "json_typeof(payload::json -> 'order_id') = 'string'"),
}


def upgrade() -> None:
    """To this version."""
    order_id, is_text = _OF_PAYLOAD[op.get_bind().dialect.name]
    about_order = sa.text("order_id IS NOT NULL")
    op.add_column("outbox", sa.Column("order_id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
    op.execute(
        sa.text(f"UPDATE outbox SET order_id = {order_id} WHERE payload LIKE :some AND {is_text}").bindparams(
            some='%"order_id"%'
        )
    )
    op.create_index(
        "ix_outbox_order_id_seq",
        "outbox",
        ["order_id", "seq"],
        postgresql_where=about_order,
        sqlite_where=about_order,
    )
