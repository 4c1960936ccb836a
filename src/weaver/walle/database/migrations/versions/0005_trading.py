"""What paper and live trading keeps, and the epoch that tells one owner of the database from the next."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0005"
down_revision = "0004"

WORDS: TypeEngine[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
AMOUNT: TypeEngine[Any] = sa.Text().with_variant(sa.Numeric(38, 18), "postgresql")
MOMENT: TypeEngine[Any] = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON: TypeEngine[Any] = sa.Text()
NUMBER: TypeEngine[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Every transaction that writes begins with it: its lock on the row lasts until the transaction ends, and whoever
# becomes the owner changes that row first. So a change of the owner before is either whole by then, or refused.
FENCE = """
CREATE FUNCTION weaver_fence(expected bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM epochs WHERE scope = 'trading' AND epoch = expected FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another server has owned the database since' USING ERRCODE = 'WV001';
    END IF;
END $$
"""


def upgrade() -> None:
    """To this version."""
    _orders()
    _fills()
    _submissions()
    _inputs()
    _epochs()


def _columns(names: str, type_: TypeEngine[Any], *, null: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, type_, nullable=null, autoincrement=False) for name in names.split()]


def _added(table: str, names: str, type_: TypeEngine[Any]) -> None:
    for column in _columns(names, type_, null=True):
        op.add_column(table, column)


def _orders() -> None:
    _added("orders", "account venue mode group_id waits_for cancel_asked replaces", WORDS)
    _added("orders", "notional value split_added", AMOUNT)
    _added("orders", "expires_at", MOMENT)
    _added("orders", "reduces may_be_cut", sa.Boolean())
    traded = sa.text("account IS NOT NULL")
    op.create_index(
        "uq_orders_account_client_order_id",
        "orders",
        ["account", "client_order_id"],
        unique=True,
        postgresql_where=traded,
        sqlite_where=traded,
    )
    op.create_index(
        "ix_orders_account_status", "orders", ["account", "status"], postgresql_where=traded, sqlite_where=traded
    )


def _fills() -> None:
    _added("fills", "account venue mode submission_id liquidity", WORDS)
    _added("fills", "fee_quantity", AMOUNT)
    _added("fills", "is_late is_inferred", sa.Boolean())
    _added("fills", "booked", NUMBER)
    traded = sa.text("account IS NOT NULL")
    op.create_index(
        "ix_fills_account_booked", "fills", ["account", "booked"], postgresql_where=traded, sqlite_where=traded
    )


def _submissions() -> None:
    op.create_table(
        "submissions",
        *_columns("account id order_id part symbol", WORDS),
        *_columns("quantity", AMOUNT),
        *_columns("parent_id venue_id", WORDS, null=True),
        *_columns("state", WORDS),
        *_columns("counted", JSON),
        *_columns("sent_at missing_since", MOMENT, null=True),
        *_columns("lookups", NUMBER),
        *_columns("cancel_sent_at", MOMENT, null=True),
        *_columns("cancels", NUMBER),
        *_columns("replaces", WORDS, null=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_submissions_order_id"),
        sa.PrimaryKeyConstraint("account", "id", name="pk_submissions"),
    )
    unfinished = sa.text("state <> 'ended'")
    op.create_index("ix_submissions_order_id", "submissions", ["order_id"])
    op.create_index(
        "ix_submissions_unfinished", "submissions", ["account"], postgresql_where=unfinished, sqlite_where=unfinished
    )


def _inputs() -> None:
    for unused in ("recorded_inputs", "risk_state"):
        op.drop_table(unused)
    op.create_table(
        "risk_state",
        *_columns("scope", WORDS),
        *_columns("state", JSON),
        sa.PrimaryKeyConstraint("scope", name="pk_risk_state"),
    )
    op.create_table(
        "recorded_inputs",
        *_columns("run_id", WORDS),
        *_columns("number", NUMBER),
        *_columns("tick", MOMENT),
        *_columns("inputs actions", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_recorded_inputs_run_id"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_recorded_inputs"),
    )
    op.create_table(
        "blobs",
        *_columns("digest", WORDS),
        *_columns("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("digest", name="pk_blobs"),
    )
    op.create_table(
        "run_blobs",
        *_columns("run_id digest", WORDS),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_blobs_run_id"),
        sa.ForeignKeyConstraint(["digest"], ["blobs.digest"], name="fk_run_blobs_digest"),
        sa.PrimaryKeyConstraint("run_id", "digest", name="pk_run_blobs"),
    )
    op.create_index("ix_run_blobs_digest", "run_blobs", ["digest"])


def _epochs() -> None:
    op.create_table(
        "epochs",
        *_columns("scope", WORDS),
        *_columns("epoch", NUMBER),
        sa.PrimaryKeyConstraint("scope", name="pk_epochs"),
    )
    op.execute("INSERT INTO epochs (scope, epoch) VALUES ('trading', 0)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FENCE)
