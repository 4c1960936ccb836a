"""How far a run, or an account, may go: the limits of risk, with defaults that are on."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from weaver.model.errors import InputError, InvalidOrder
from weaver.model.numbers.money import exact, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """Fractions are of one: 0.05 is 5 %. None: that limit is off. None binds an order that only reduces."""

    position_max: Decimal | None = Decimal(1)
    """What a holding of one symbol may be worth, working orders on its side included, ÷ (equity × leverage)."""
    order_max: Decimal | None = Decimal(1)
    """What one order may come to, ÷ (equity × leverage)."""
    exposure_max: Decimal | None = Decimal(1)
    """What all holdings may be worth, working orders included, ÷ (equity × leverage): no run spends another's cash."""
    orders_per_minute: int | None = 60
    """How many orders may have been placed in the last 60 s, this included."""
    price_collar: Decimal | None = Decimal("0.1")
    """How far an order's limit or stop may lie from the newest price, ÷ that price."""
    daily_loss: Decimal | None = Decimal("0.05")
    """What may be lost within a session, ÷ the equity at its start. Past it: a halt."""
    drawdown: Decimal | None = Decimal("0.2")
    """How far equity may fall from its peak, ÷ the peak. Past it: a halt."""
    only_run_symbols: bool = True
    """Whether a run's orders are for its own symbols only."""

    @classmethod
    def none(cls) -> "RiskLimits":
        """Nothing is limited: of a replay, in which nothing is at stake and which is to be as a backtest is."""
        return cls(
            position_max=None, order_max=None, exposure_max=None, orders_per_minute=None, price_collar=None,
            daily_loss=None, drawdown=None, only_run_symbols=False,
        )  # fmt: skip

    @property
    def need_prices(self) -> bool:
        """Whether one of them can be told by no order of which nobody knows what it comes to."""
        return any(one is not None for one in (self.position_max, self.order_max, self.exposure_max))

    @classmethod
    def parse(cls, given: object, *, base: "RiskLimits | None" = None) -> "RiskLimits":
        """Limits as JSON says them; a field that is not given stays as in `base`, None turns one off. Raises InputError
        that names the field and its value."""
        if given is None:
            given = {}
        if not isinstance(given, Mapping):
            raise InputError(f"risk limits are an object, not {given!r:.60}")
        values: dict[str, Any] = {name: getattr(base or cls(), name) for name in FIELDS}
        for name, value in given.items():
            if name not in FIELDS:
                raise InputError(f"risk: there is no limit {name!r:.60}; there are {', '.join(FIELDS)}")
            values[name] = FIELDS[name].parsed(name, value)
        return cls(**values)

    def as_json(self) -> dict[str, str | int | bool | None]:
        """All of them, as `parse` takes them: fractions as decimal strings."""
        return {name: _as_json(getattr(self, name)) for name in FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitField:
    """What a limit can be: for whoever shows it, or asks for it."""

    title: str
    unit: str
    """`fraction`, `orders` or `yes_no`."""
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    refuses: bool = True
    """False: what goes past it halts the run or the account."""

    def parsed(self, name: str, value: object) -> Decimal | int | bool | None:
        """The value that JSON says. Raises InputError."""
        if self.unit == "yes_no":
            if not isinstance(value, bool):
                raise InputError(f"risk: {name} is true or false, not {value!r:.60}")
            return value
        if value is None:
            return None
        if not isinstance(value, int | float | str | Decimal):
            raise InputError(f"risk: {name} must be a number or null, not {value!r:.60}")
        try:
            number = exact(value, name=f"risk: {name}")
        except InvalidOrder as error:
            raise InputError(f"risk: {name} must be a finite number or null, not {value!r:.60}") from error
        if not self.least <= number <= self.most:
            raise InputError(f"risk: {name} must lie from {plain(self.least)} to {plain(self.most)}, not {value!r:.60}")
        if self.unit == "orders":
            if number % 1:
                raise InputError(f"risk: {name} must be a whole number, not {value!r:.60}")
            return int(number)
        return number

    def as_json(self, name: str, default: Decimal | int | bool | None) -> dict[str, object]:
        """For the API."""
        bounds = {} if self.unit == "yes_no" else {"least": plain(self.least), "most": plain(self.most)}
        does = "refuse" if self.refuses else "halt"
        return {
            "name": name, "title": self.title, "unit": self.unit, "default": _as_json(default), "does": does, **bounds
        }  # fmt: skip


_LEAST = Decimal("0.0001")
FIELDS: Mapping[str, LimitField] = {
    "position_max": LimitField(
        title="Largest position, of equity × leverage", unit="fraction", least=_LEAST, most=Decimal(100)
    ),
    "order_max": LimitField(
        title="Largest order, of equity × leverage", unit="fraction", least=_LEAST, most=Decimal(100)
    ),
    "exposure_max": LimitField(
        title="All positions together, of equity × leverage", unit="fraction", least=_LEAST, most=Decimal(100)
    ),
    "orders_per_minute": LimitField(title="Orders a minute", unit="orders", least=Decimal(1), most=Decimal(10_000)),
    "price_collar": LimitField(
        title="Distance of a price from the newest", unit="fraction", least=_LEAST, most=Decimal(10)
    ),
    "daily_loss": LimitField(
        title="Loss within a session", unit="fraction", least=_LEAST, most=Decimal(1), refuses=False
    ),
    "drawdown": LimitField(
        title="Fall from the highest equity", unit="fraction", least=_LEAST, most=Decimal(1), refuses=False
    ),
    "only_run_symbols": LimitField(title="Only the run's symbols", unit="yes_no"),
}
"""The limits by name, in the order in which they are shown."""


def limits_schema() -> list[dict[str, object]]:
    """The fields with their units, bounds and defaults, for the API."""
    defaults = RiskLimits()
    return [known.as_json(name, getattr(defaults, name)) for name, known in FIELDS.items()]


def _as_json(value: Decimal | int | bool | None) -> str | int | bool | None:
    return plain(value) if isinstance(value, Decimal) else value
