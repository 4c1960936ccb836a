"""What an intent takes by keyword, with types: for type checkers, editors and the page that lists them.

What the values mean is checked by `weaver.marvin.orders.terms`, in which the same names stand.
"""

from datetime import date
from typing import TypedDict

from weaver.model.numbers.money import Number


class OcoKeywords(TypedDict, total=False):
    """What `oco` takes besides its two prices."""

    tif: str | None
    """How long it works: `"day"` (default), `"gtc"`, `"gtd"` (with `expires`), `"ioc"`, `"fok"`, `"opg"` or `"cls"` (at
    the next session's open or close; market and limit orders only)."""
    expires: str | date | None
    """The last session of a `gtd` order, as `"2024-05-31"` or a date."""
    extended_hours: bool | None
    """Whether bars outside the regular session may fill it, too; no unless said."""
    exit_tif: str | None
    """How long exits work: `"gtc"` (default), or `"day"`."""


class OrderKeywords(OcoKeywords, total=False):
    """What `buy`, `sell` and the targets take. Prices and amounts: int, float, str or Decimal."""

    limit: Number | None
    """The worst price to fill at; rounded to the tick, away from filling."""
    stop: Number | None
    """The price that triggers the order; with a `limit`, a stop-limit order."""
    trail: Number | None
    """How far the stop of a trailing order stays behind the best price, in the price's unit."""
    trail_percent: Number | None
    """The same in percent of the best price: more than 0, less than 100."""
    take_profit: Number | None
    """An exit with a profit: a price, or a distance from what the entry paid, as `"5%"`."""
    stop_loss: Number | None
    """An exit with a loss: a price, or a distance from what the entry paid, as `"2%"`."""
    stop_loss_limit: Number | None
    """The worst price at which the `stop_loss` may fill: a price, or a distance, as `"2.5%"`."""
    stop_loss_trail: Number | None
    """A stop that follows the price, instead of a `stop_loss`: an amount, as 2.5, or percent, as `"3%"`."""


class TargetKeywords(OrderKeywords, total=False):
    """What the targets take: what `buy` takes, and at which price they are sized."""

    size_at: str
    """`"close"` (default): sized at the newest close; `"fill"`: at the price of its fill."""


class ReplaceKeywords(TypedDict, total=False):
    """What `replace` can change; what is left out stays."""

    quantity: Number | None
    """How much the new order is for; unless said, what has not filled yet."""
    limit: Number | None
    """The new limit price."""
    stop: Number | None
    """The new stop price."""
    trail: Number | None
    """The new trailing amount."""
    trail_percent: Number | None
    """The new trailing distance in percent."""
    tif: str | None
    """The new time in force."""
    expires: str | date | None
    """The new last session of a `gtd` order."""
    extended_hours: bool | None
    """Whether bars outside the regular session may fill it."""
