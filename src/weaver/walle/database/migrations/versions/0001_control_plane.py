"""The log, runs and their records, and what paper and live trading will keep."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

WORDS: TypeEngine[Any] = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
AMOUNT: TypeEngine[Any] = sa.Text().with_variant(sa.Numeric(38, 18), "postgresql")
MOMENT: TypeEngine[Any] = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
JSON: TypeEngine[Any] = sa.Text()
NUMBER: TypeEngine[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Whoever inserts into the outbox, Weaver or not, waits for its turn, draws its seq only then, and keeps the turn until
# its commit is visible: so the order of seq is the order of commits, and a reader that polls by seq misses nothing.
IN_ORDER = """
CREATE FUNCTION weaver_outbox_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(8602275183457037171);
    NEW.seq := nextval('outbox_seq_seq');
    RETURN NEW;
END $$
"""
HEARD = """
CREATE FUNCTION weaver_outbox_heard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('weaver_outbox', '');
    RETURN NULL;
END $$
"""
POSTGRESQL = (
    "ALTER TABLE outbox ALTER COLUMN seq DROP DEFAULT",  # the trigger draws it
    IN_ORDER,
    HEARD,
    "CREATE TRIGGER outbox_in_order BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION weaver_outbox_in_order()",
    "CREATE TRIGGER outbox_heard AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION weaver_outbox_heard()",
)


def upgrade() -> None:
    """From nothing."""
    _log()
    _runs()
    _records()
    _results()
    _trading()
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)


def _column(name: str, type_: TypeEngine[Any], *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, nullable=null, autoincrement=False)


def _columns(names: str, type_: TypeEngine[Any], *, null: bool = False) -> list[sa.Column[Any]]:
    return [_column(name, type_, null=null) for name in names.split()]


def _log() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", NUMBER, autoincrement=True, nullable=False),
        *_columns("id kind type", WORDS),
        _column("version", sa.Integer()),
        _column("run_id", WORDS, null=True),
        _column("corr_id", WORDS),
        *_columns("causation_id trace_id", WORDS, null=True),
        _column("ts", MOMENT),
        *_columns("producer headers payload", WORDS),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_outbox_id", "outbox", ["id"], unique=True)
    op.create_index("ix_outbox_run_id_seq", "outbox", ["run_id", "seq"])
    op.create_index("ix_outbox_corr_id", "outbox", ["corr_id"])
    op.create_index("ix_outbox_type_seq", "outbox", ["type", "seq"])
    routed = sa.text("(type >= 'backtest.' AND type < 'backtest/') OR (type >= 'live.' AND type < 'live/')")
    op.create_index(
        "uq_outbox_routed_child",
        "outbox",
        ["causation_id", "type"],
        unique=True,
        postgresql_where=routed,
        sqlite_where=routed,
    )
    op.create_table(
        "consumer_offsets",
        _column("consumer", WORDS),
        _column("seq", NUMBER),
        sa.PrimaryKeyConstraint("consumer", name="pk_consumer_offsets"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        *_columns("id name strategy_id mode status", WORDS),
        _column("symbols", JSON),
        _column("timeframe", WORDS, null=True),
        *_columns("start_time end_time", MOMENT, null=True),
        *_columns("config options", JSON),
        _column("venue", WORDS, null=True),
        _column("risk", JSON, null=True),
        *_columns("on_error error", WORDS, null=True),
        _column("queued", sa.Boolean()),
        _column("halted", WORDS, null=True),
        _column("strategy_source", WORDS),
        *_columns("source_hash data_hash", WORDS, null=True),
        _column("weaver_version", WORDS),
        _column("cloned_from", WORDS, null=True),
        _column("created_at", MOMENT),
        *_columns("started_at stopped_at completed_at", MOMENT, null=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_status", "runs", ["status"])
    op.create_index("ix_runs_created_at_id", "runs", ["created_at", "id"])


def _records() -> None:
    op.create_table(
        "orders",
        _column("id", WORDS),
        *_columns("run_id client_order_id", WORDS, null=True),
        _column("number", NUMBER),
        *_columns("symbol side order_type order_class", WORDS),
        _column("quantity", AMOUNT, null=True),
        _column("filled_quantity", AMOUNT),
        *_columns("average_price limit_price stop_price trail trail_percent", AMOUNT, null=True),
        _column("time_in_force", WORDS),
        _column("extended_hours", sa.Boolean()),
        _column("status", WORDS),
        *_columns("reason parent_id replaced_by", WORDS, null=True),
        *_columns("placed_at updated_at", MOMENT, null=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_orders_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    op.create_index("ix_orders_run_id_number", "orders", ["run_id", "number"])
    op.create_table(
        "fills",
        _column("id", WORDS),
        _column("run_id", WORDS, null=True),
        *_columns("order_id symbol side", WORDS),
        *_columns("price quantity commission", AMOUNT),
        _column("slippage", AMOUNT, null=True),
        _column("filled_at", MOMENT),
        _column("bar_timestamp", MOMENT, null=True),
        _column("exchange_fill_id", WORDS, null=True),
        _column("notes", JSON, null=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_fills_run_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_fills_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fills"),
    )
    op.create_index("ix_fills_run_id_filled_at", "fills", ["run_id", "filled_at"])
    op.create_index("ix_fills_order_id", "fills", ["order_id"])
    executed = sa.text("exchange_fill_id IS NOT NULL")
    op.create_index(
        "uq_fills_exchange_fill_id",
        "fills",
        ["order_id", "exchange_fill_id"],
        unique=True,
        postgresql_where=executed,
        sqlite_where=executed,
    )


def _results() -> None:
    op.create_table(
        "trades",
        _column("run_id", WORDS),
        _column("number", NUMBER),
        *_columns("symbol side", WORDS),
        _column("quantity", AMOUNT),
        _column("entry_time", MOMENT),
        _column("entry_price", AMOUNT),
        _column("exit_time", MOMENT),
        *_columns("exit_price pnl", AMOUNT),
        _column("return", sa.Float(), null=True),
        _column("commission", AMOUNT),
        _column("bars", NUMBER, null=True),
        *_columns("mae mfe", sa.Float(), null=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_trades_run_id"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_trades"),
    )
    op.create_table(
        "backtest_results",
        _column("run_id", WORDS),
        *_columns("stats record warnings positions cash_flows", JSON),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_backtest_results_run_id"),
        sa.PrimaryKeyConstraint("run_id", name="pk_backtest_results"),
    )
    op.create_table(
        "result_blobs",
        *_columns("run_id name", WORDS),
        _column("content", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["run_id"], ["backtest_results.run_id"], name="fk_result_blobs_run_id"),
        sa.PrimaryKeyConstraint("run_id", "name", name="pk_result_blobs"),
    )


def _trading() -> None:
    op.create_table(
        "positions",
        *_columns("venue owner symbol", WORDS),
        *_columns("quantity cost", AMOUNT),
        _column("updated_at", MOMENT),
        sa.PrimaryKeyConstraint("venue", "owner", "symbol", name="pk_positions"),
    )
    op.create_table(
        "risk_state",
        _column("scope", WORDS),
        _column("state", JSON),
        _column("updated_at", MOMENT),
        sa.PrimaryKeyConstraint("scope", name="pk_risk_state"),
    )
    op.create_table(
        "recorded_inputs",
        _column("run_id", WORDS),
        _column("number", NUMBER),
        _column("tick", MOMENT),
        _column("kind", WORDS),
        _column("content", JSON),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_recorded_inputs_run_id"),
        sa.PrimaryKeyConstraint("run_id", "number", name="pk_recorded_inputs"),
    )
