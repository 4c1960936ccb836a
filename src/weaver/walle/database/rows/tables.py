"""The tables: what they hold stands in docs/architecture/walle.md, how they came about in migrations/."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
)
from sqlalchemy.types import TypeEngine

from weaver.walle.database.rows.sql_types import AmountType, JsonType, MomentType, text_type

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Words = text_type()
WholeNumber: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER can count by itself there

COUNTED = "counted"
"""Marks a column of ids that end in a number without leading zeros, which is their order."""

INTERNAL = "internal"
"""Marks a column that is nobody's but the database's: not shown, and not sorted by."""
OF_TRADING = "of trading"
"""Marks a column that only rows of paper and live trading fill: null in a backtest's."""
UNFINISHED, DELETED = "unfinished", "deleted"
"""Why nobody is shown a run's record, and of a deleted run the run itself."""
WITHHELD = text("withheld IS NOT NULL")

ABOUT_ORDER = text("order_id IS NOT NULL")
TRADED = text("account IS NOT NULL")
"""Of an order or fill: it is one of paper or live trading."""
UNFINISHED_SUBMISSION = text("state <> 'ended'")

ROUTED = "(type >= 'backtest.' AND type < 'backtest/') OR (type >= 'live.' AND type < 'live/')"
"""The router's output; `/` is the character after the dot."""


def _of_trading(names: str, type_: TypeEngine[Any]) -> list[Column[Any]]:
    """Columns that only rows of paper and live trading fill."""
    return [Column(name, type_, info={OF_TRADING: True}) for name in names.split()]


outbox = Table(
    "outbox",
    metadata,
    Column("seq", WholeNumber, primary_key=True, autoincrement=True),
    Column("id", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("run_id", Words),
    Column("corr_id", Words, nullable=False),
    Column("causation_id", Words),
    Column("trace_id", Words),
    Column("ts", MomentType, nullable=False),
    Column("producer", Words, nullable=False),
    Column("headers", Words, nullable=False),
    Column("payload", Words, nullable=False),
    Column("order_id", Words),  # the payload's, where it is about an order
    Index("uq_outbox_id", "id", unique=True),
    Index("ix_outbox_run_id_seq", "run_id", "seq"),
    Index("ix_outbox_corr_id", "corr_id"),
    Index("ix_outbox_type_seq", "type", "seq"),
    Index("ix_outbox_order_id_seq", "order_id", "seq", postgresql_where=ABOUT_ORDER, sqlite_where=ABOUT_ORDER),
    Index(
        "uq_outbox_routed_child",
        "causation_id",
        "type",
        unique=True,
        postgresql_where=text(ROUTED),
        sqlite_where=text(ROUTED),
    ),
    sqlite_autoincrement=True,  # a seq is never given twice, whatever was pruned
)

consumer_offsets = Table(
    "consumer_offsets",
    metadata,
    Column("consumer", Words, primary_key=True),
    Column("seq", WholeNumber, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("strategy_id", Words, nullable=False),
    Column("mode", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("symbols", JsonType, nullable=False),
    Column("timeframe", Words),
    Column("start_time", MomentType),
    Column("end_time", MomentType),
    Column("config", JsonType, nullable=False),
    Column("options", JsonType, nullable=False),
    Column("venue", Words),
    Column("risk", JsonType),
    Column("on_error", Words),
    Column("promotion", JsonType),
    Column("error", Words),
    Column("queued", Boolean, nullable=False),
    Column("halted", Words),
    Column("strategy_source", Words, nullable=False),
    Column("source_hash", Words),
    Column("data_hash", Words),
    Column("weaver_version", Words, nullable=False),
    Column("cloned_from", Words),
    Column("promoted_from", Words),
    Column("created_at", MomentType, nullable=False),
    Column("started_at", MomentType),
    Column("stopped_at", MomentType),
    Column("completed_at", MomentType),
    Column("withheld", Words, info={INTERNAL: True}),
    Column("pieces", Integer, info={INTERNAL: True}),  # of its record, while that is written
    Index("ix_runs_withheld", "id", postgresql_where=WITHHELD, sqlite_where=WITHHELD),
    Index("ix_runs_status", "status"),
    Index("ix_runs_created_at_id", "created_at", "id"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", Words, primary_key=True),
    Column("run_id", Words, ForeignKey("runs.id")),
    Column("client_order_id", Words),
    Column("number", WholeNumber, nullable=False),
    Column("symbol", Words, nullable=False),
    Column("side", Words, nullable=False),
    Column("order_type", Words, nullable=False),
    Column("order_class", Words, nullable=False),
    Column("quantity", AmountType),
    Column("filled_quantity", AmountType, nullable=False),
    Column("average_price", AmountType),
    Column("limit_price", AmountType),
    Column("stop_price", AmountType),
    Column("trail", AmountType),
    Column("trail_percent", AmountType),
    Column("limit_percent", AmountType),
    Column("stop_percent", AmountType),
    Column("time_in_force", Words, nullable=False),
    Column("expires", Words),  # a date, of gtd orders
    Column("extended_hours", Boolean, nullable=False),
    Column("status", Words, nullable=False),
    Column("reason", Words),
    Column("parent_id", Words),
    Column("replaced_by", Words),
    Column("placed_at", MomentType),
    Column("updated_at", MomentType),
    *_of_trading("account venue mode group_id waits_for cancel_asked replaces", Words),
    *_of_trading("notional value split_added", AmountType()),
    *_of_trading("expires_at", MomentType()),
    *_of_trading("reduces may_be_cut", Boolean()),
    Index("ix_orders_run_id_number_id", "run_id", "number", "id"),
    Index("ix_orders_in_order", text("(run_id IS NULL)"), "run_id", "number", "id"),
    Index(
        "uq_orders_account_client_order_id",
        "account",
        "client_order_id",
        unique=True,
        postgresql_where=TRADED,
        sqlite_where=TRADED,
    ),
    Index("ix_orders_account_status", "account", "status", postgresql_where=TRADED, sqlite_where=TRADED),
)

fills = Table(
    "fills",
    metadata,
    Column("id", Words, primary_key=True, info={COUNTED: True}),
    Column("run_id", Words, ForeignKey("runs.id")),
    Column("order_id", Words, ForeignKey("orders.id"), nullable=False),
    Column("symbol", Words, nullable=False),
    Column("side", Words, nullable=False),
    Column("price", AmountType, nullable=False),
    Column("quantity", AmountType, nullable=False),
    Column("commission", AmountType, nullable=False),
    Column("slippage", AmountType),
    Column("filled_at", MomentType, nullable=False),
    Column("bar_timestamp", MomentType),
    Column("exchange_fill_id", Words),
    Column("notes", JsonType),
    *_of_trading("account venue mode submission_id liquidity", Words),
    *_of_trading("fee_quantity", AmountType()),
    *_of_trading("is_late is_inferred", Boolean()),
    Column("booked", WholeNumber, info={INTERNAL: True}),  # the order in which an account's fills were booked
    Index("ix_fills_account_booked", "account", "booked", postgresql_where=TRADED, sqlite_where=TRADED),
    Index("ix_fills_run_id_filled_at", "run_id", "filled_at"),
    Index("ix_fills_filled_at_id", "filled_at", "id"),
    Index("ix_fills_order_id", "order_id"),
    Index(
        "uq_fills_exchange_fill_id",
        "order_id",
        "exchange_fill_id",
        unique=True,
        postgresql_where=text("exchange_fill_id IS NOT NULL"),
        sqlite_where=text("exchange_fill_id IS NOT NULL"),
    ),
)

trades = Table(
    "trades",
    metadata,
    Column("run_id", Words, ForeignKey("runs.id"), primary_key=True),
    Column("number", WholeNumber, primary_key=True, autoincrement=False),
    Column("symbol", Words, nullable=False),
    Column("side", Words, nullable=False),
    Column("quantity", AmountType, nullable=False),
    Column("entry_time", MomentType, nullable=False),
    Column("entry_price", AmountType, nullable=False),
    Column("exit_time", MomentType, nullable=False),
    Column("exit_price", AmountType, nullable=False),
    Column("pnl", AmountType, nullable=False),
    Column("return", Float),
    Column("commission", AmountType, nullable=False),
    Column("bars", WholeNumber),
    Column("mae", Float),
    Column("mfe", Float),
)

backtest_results = Table(
    "backtest_results",
    metadata,
    Column("run_id", Words, ForeignKey("runs.id"), primary_key=True),
    Column("stats", JsonType, nullable=False),
    Column("record", JsonType, nullable=False),
    Column("warnings", JsonType, nullable=False),
    Column("positions", JsonType, nullable=False),
    Column("cash_flows", JsonType, nullable=False),
)

result_blobs = Table(
    "result_blobs",
    metadata,
    Column("run_id", Words, ForeignKey("backtest_results.run_id"), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("venue", Words, primary_key=True),
    Column("owner", Words, primary_key=True),  # a run's id, or `unattributed`
    Column("symbol", Words, primary_key=True),
    Column("quantity", AmountType, nullable=False),
    Column("cost", AmountType, nullable=False),
    Column("updated_at", MomentType, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("account", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("order_id", Words, ForeignKey("orders.id"), nullable=False),
    Column("part", Words, nullable=False),
    Column("symbol", Words, nullable=False),
    Column("quantity", AmountType, nullable=False),
    Column("parent_id", Words),
    Column("venue_id", Words),
    Column("state", Words, nullable=False),
    Column("counted", JsonType, nullable=False),
    Column("sent_at", MomentType),
    Column("missing_since", MomentType),
    Column("lookups", WholeNumber, nullable=False),
    Column("cancel_sent_at", MomentType),
    Column("cancels", WholeNumber, nullable=False),
    Column("replaces", Words),
    Index("ix_submissions_order_id", "order_id"),
    Index(
        "ix_submissions_unfinished",
        "account",
        postgresql_where=UNFINISHED_SUBMISSION,
        sqlite_where=UNFINISHED_SUBMISSION,
    ),
)

risk_state = Table(
    "risk_state",
    metadata,
    Column("scope", Words, primary_key=True),  # the account of a venue, a run, and whatever else has to be remembered
    Column("state", JsonType, nullable=False),
)

recorded_inputs = Table(
    "recorded_inputs",
    metadata,
    Column("run_id", Words, ForeignKey("runs.id"), primary_key=True),
    Column("number", WholeNumber, primary_key=True, autoincrement=False),
    Column("tick", MomentType, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    Column("actions", LargeBinary, nullable=False),
    Column("digest", LargeBinary),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

run_blobs = Table(
    "run_blobs",
    metadata,
    Column("run_id", Words, ForeignKey("runs.id"), primary_key=True),
    Column("digest", Words, ForeignKey("blobs.digest"), primary_key=True),
    Index("ix_run_blobs_digest", "digest"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("scope", Words, primary_key=True),
    Column("epoch", WholeNumber, nullable=False),
)
