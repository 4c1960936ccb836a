"""Why an order was refused."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What an order was refused by. Those that are limits are called as these are."""

    VENUE = "venue"
    NOT_AT_VENUE = "not_at_venue"
    KILL_SWITCH = "kill_switch"
    HALT = "halt"
    STREAM = "stream"
    SYMBOL = "only_run_symbols"
    INSTRUMENT = "instrument"
    SHORTING = "shorting"
    WASH_TRADE = "wash_trade"
    NO_PRICE = "no_price"
    RATE = "orders_per_minute"
    COLLAR = "price_collar"
    ORDER = "order_max"
    POSITION = "position_max"
    EXPOSURE = "exposure_max"


class RiskScope(StrEnum):
    """Whose limit it was."""

    RUN = "run"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An order that is not sent. `limit` and `value` are what was compared, as text; empty where nothing was."""

    rule: Rule
    message: str
    limit: str = ""
    value: str = ""
    scope: RiskScope | None = None
    """None: it is no limit of a run's or an account's."""
    other_run: str | None = None
    """Of a wash trade: the run in whose way the order stands."""
