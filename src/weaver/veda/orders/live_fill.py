"""An execution as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from weaver.model.orders.actions import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFill:
    """One execution of an order of ours, counted once."""

    id: str
    """`<order>-f<n>`."""
    order_id: str
    submission_id: str
    account: str
    run_id: str | None
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal = Decimal(0)
    """In cash."""
    fee_quantity: Decimal = Decimal(0)
    """What the venue took of the asset itself; the position is net of it."""
    liquidity: str | None = None
    """Maker or taker, where the venue says so."""
    slippage: Decimal | None = None
    """What a unit lost to it; None: nobody knows, as at a real venue."""
    bar_time: datetime | None = None
    """When the bar began in which it happened, where its venue fills by bars."""
    notes: tuple[str, ...] = ()
    """What its venue says of it, in the fill rules' words."""
    filled_at: datetime
    execution_id: str
    """The venue's; `inferred:…` where it only said how much has filled, and at which average."""
    is_late: bool = False
    """It came after the order had ended for us, or past what was ordered: booked, and told loudly."""
    is_inferred: bool = False
