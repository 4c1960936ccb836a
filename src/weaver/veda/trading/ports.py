"""What working an account's orders needs of the account that they are of."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from weaver.veda.exchange.orders import VenueFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.positions.lacking import Lack, Quantities
from weaver.veda.risk.refusal import Refusal
from weaver.veda.trading.books.draft import Draft


class Holdings(Protocol):
    """What is held, by the fills that are in the books."""

    @property
    def has_begun(self) -> bool:
        """Whether what the account held before is told apart from what orders bring: none that adds goes before."""
        ...

    def held(self, run_id: str | None, symbol: str) -> Decimal:
        """By a run; None: by hand. Negative when short."""
        ...

    def net(self, symbol: str) -> Decimal:
        """By the account, whoever bought it."""
        ...

    def lacking(self, run_id: str | None, symbol: str, taken: Quantities | None = None) -> Lack:
        """How much of it is not at the venue: taken as fees, or closed by others. `taken`: how much of the symbol the
        working orders of other owners will close."""
        ...

    @property
    def fees_after(self) -> datetime | None:
        """From when on the venue's fees are to be listed at the next look; None: not then."""
        ...


class Hours(Protocol):
    """When an order would fill."""

    def opens_at(self, symbol: str, now: datetime) -> datetime | None:
        """When the symbol's market opens next; None: it is open."""
        ...

    def closes_at(self, symbol: str, now: datetime, *, extended_hours: bool) -> datetime:
        """When the session closes in which an order placed now can fill first."""
        ...


Gate = Callable[[Draft, LiveOrder, Sequence[LiveOrder], Decimal], Refusal | None]
"""Why an order is not to be sent, with its legs, given how much of it only reduces; None: nothing forbids it."""


Cut = Callable[[Draft, LiveOrder, Sequence[LiveOrder]], LiveOrder]
"""An order, with its legs, as it is placed: one that may be for less can be cut to what its owner may order."""


class Reconciled(Protocol):
    """Told of each look at the venue, to have its part in the books; `others`: fills of orders that are not ours;
    `is_quiet`: nothing changed, and nothing was under way, while it was asked. Returns whether the fills are taken in:
    else the next look is to list them again."""

    def __call__(self, draft: Draft, others: Sequence[VenueFill], *, is_quiet: bool) -> bool: ...
