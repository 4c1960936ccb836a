"""Every kind of fault: how long it lasts, and what can be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto

ASSET_FLAGS = ("tradable", "marginable", "shortable", "easy_to_borrow", "fractionable", "status", "borrow_status")
ACCOUNT_FLAGS = (
    "trading_blocked", "transfers_blocked", "account_blocked", "trade_suspended_by_user", "shorting_enabled", "status",
    "crypto_status",
)  # fmt: skip
Option = Decimal | str | bool | dict[str, Decimal]
"""The kind of its default is the kind that must be given."""


class Effect(Enum):
    """When a fault acts."""

    STRIKES = auto()
    """Each time it fits; once, unless `times` says otherwise."""
    LASTS = auto()
    """Until it is taken away, or has been used `times` times."""
    AT_ONCE = auto()
    """As it is set, and that is all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`options`: what it takes, with defaults. `flags`: of an asset or the account, true, false or a text. `needs`:
    what must be said of where it strikes."""

    effect: Effect = Effect.STRIKES
    options: Mapping[str, Option] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    # answers over HTTP
    "delay": Kind(options={"seconds": Decimal(1)}),
    "answer_lost": Kind(options={"acted": True}),
    "status": Kind(options={"code": Decimal(500), "acted": False, "message": ""}),
    "rate_limit": Kind(effect=Effect.LASTS, options={"per_minute": Decimal(1)}),
    "empty": Kind(),
    "skew": Kind(effect=Effect.LASTS, options={"seconds": Decimal(5)}),
    # orders
    "partial_fill": Kind(options={"parts": Decimal(2)}),
    "late_reject": Kind(options={"reason": "rejected by the exchange"}),
    "stuck_cancel": Kind(),
    "venue_replace": Kind(),
    "drop_legs": Kind(),
    "unrelated_ids": Kind(effect=Effect.LASTS),
    # updates of orders
    "duplicate_update": Kind(),
    "reorder_updates": Kind(),
    "lose_update": Kind(),
    "update_before_answer": Kind(),
    # sockets and the market's data
    "disconnect": Kind(effect=Effect.AT_ONCE),
    "mute": Kind(effect=Effect.LASTS),
    "refuse_connection": Kind(options={"code": Decimal(429)}),
    "halt": Kind(effect=Effect.LASTS, needs=("symbol",)),
    "split": Kind(effect=Effect.AT_ONCE, options={"ratio": "2", "adjust_orders": False}, needs=("symbol",)),
    "late_bar": Kind(options={"seconds": Decimal(30)}),
    "corrected_bar": Kind(options={"seconds": Decimal(30), "values": {}}),
    # account and assets
    "asset_flags": Kind(effect=Effect.LASTS, flags=ASSET_FLAGS),
    "account_flags": Kind(effect=Effect.LASTS, flags=ACCOUNT_FLAGS),
    "new_account": Kind(effect=Effect.AT_ONCE),
}
