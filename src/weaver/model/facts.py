"""What somebody says of a symbol: facts that go before those that are stored, or that its asset class has."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from weaver.model.calendar.sessions import ALWAYS_OPEN, calendar_name, is_futures_calendar
from weaver.model.errors import InputError, InvalidOrder
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.numbers.money import Number, exact, plain

NUMBERS = ("tick", "lot", "minimum", "multiplier")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts that were given; None: nobody said."""

    asset_class: AssetClass | None = None
    tick: Decimal | None = None
    lot: Decimal | None = None
    minimum: Decimal | None = None
    multiplier: Decimal | None = None
    margin: Decimal | None = None
    maintenance_margin: Decimal | None = None
    calendar: str | None = None
    """Canonical name."""
    quote_currency: str | None = None

    @classmethod
    def parse(
        cls,
        *,
        asset: str | None = None,
        margin: Number | None = None,
        calendar: str | None = None,
        currency: str | None = None,
        **numbers: Number | None,
    ) -> "Facts":
        """From what a person writes: numbers (`tick`, `lot`, `minimum`, `multiplier`), a margin of a contract as 13200
        or with its maintenance as 13200/12000, a calendar by any of its names. Raises InputError."""
        entered, maintained = (None, None) if margin is None else _margins(margin)
        return cls(
            asset_class=None if asset is None else AssetClass.parse(asset),
            margin=entered,
            maintenance_margin=maintained,
            calendar=None if calendar is None else calendar_name(calendar),
            quote_currency=None if currency is None else _currency(currency),
            **{name: None if numbers.get(name) is None else _above_zero(numbers[name], name) for name in NUMBERS},
        )

    @classmethod
    def of(cls, instrument: Instrument) -> "Facts":
        """What is known of an instrument, for another one of its symbol."""
        found = {one.name: getattr(instrument, one.name) for one in fields(cls)}
        return cls(**{**found, "tick": instrument.tick if instrument.tick_given else None})

    @classmethod
    def told(cls, instrument: Instrument) -> "Facts":
        """What a source tells of an instrument: whatever is not merely what its class has."""
        usual = cls.of(Instrument.default(instrument.symbol, instrument.asset_class))
        found = cls.of(instrument)
        told = {one.name: getattr(found, one.name) for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if value != getattr(usual, name)})

    def over(self, others: "Facts") -> "Facts":
        """These, and the others where these say nothing; of a symbol of another class those do not hold."""
        wanted = self.implied_class
        if wanted is not None and others.asset_class not in {None, wanted}:
            return self
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        own = {name: value for name, value in own.items() if value is not None}
        if self.margin is not None:
            own["maintenance_margin"] = self.maintenance_margin
        if self.lot is not None and self.minimum is None:
            own["minimum"] = None
        return replace(others, **own)

    @property
    def implied_class(self) -> AssetClass | None:
        """The class that was given, or that the other facts leave no doubt about: contracts are a future's."""
        if self.asset_class is not None:
            return self.asset_class
        if self.multiplier not in {None, 1} or self.margin is not None:
            return AssetClass.FUTURE
        if self.calendar is None or self.calendar in ALWAYS_OPEN:
            return None
        return AssetClass.FUTURE if is_futures_calendar(self.calendar) else AssetClass.STOCK

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) is not None for one in fields(self))

    def applied(self, instrument: Instrument) -> Instrument:
        """The instrument with these facts in the place of its own. Raises InputError where they do not fit it."""
        changed: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        changed = {name: value for name, value in changed.items() if value is not None}
        if self.calendar in ALWAYS_OPEN and changed.get("asset_class", instrument.asset_class) is AssetClass.CRYPTO:
            del changed["calendar"]  # its own hours
        if self.tick is not None:
            changed["tick_given"] = True
        if self.lot is not None and self.minimum is None:
            changed["minimum"] = Decimal(0)  # one lot
        if self.margin is not None:
            changed["maintenance_margin"] = self.maintenance_margin
        return replace(instrument, **changed) if changed else instrument


NO_FACTS = Facts()


def facts_json(instrument: Instrument) -> dict[str, str | None]:
    """A symbol's facts as JSON: decimal strings, null where there is none."""
    return {
        "asset": str(instrument.asset_class),
        "tick": plain(instrument.tick),
        "lot": plain(instrument.lot),
        "minimum": plain(instrument.minimum),
        "multiplier": plain(instrument.multiplier),
        "margin": None if instrument.margin is None else plain(instrument.margin),
        "maintenance_margin": None if instrument.maintenance_margin is None else plain(instrument.maintenance_margin),
        "calendar": instrument.calendar,
        "currency": instrument.quote_currency,
    }


def contract_json(instrument: Instrument) -> dict[str, str]:
    """Of the facts of contracts and exchanges those that are not the usual ones, as records keep them."""
    kept = {
        "calendar": instrument.calendar,
        "multiplier": None if instrument.multiplier == 1 else plain(instrument.multiplier),
        "margin": None if instrument.margin is None else plain(instrument.margin),
        "maintenance_margin": None if instrument.maintenance_margin is None else plain(instrument.maintenance_margin),
    }
    return {name: value for name, value in kept.items() if value is not None}


def contract_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What `contract_json` kept, as fields of an instrument; a record of before has none of it."""
    numbers = {name: record.get(name) for name in ("multiplier", "margin", "maintenance_margin")}
    found: dict[str, Any] = {name: Decimal(value) for name, value in numbers.items() if value is not None}
    return {**found, "calendar": record.get("calendar")}


def _margins(given: Number) -> tuple[Decimal, Decimal | None]:
    """The margin of a contract, and its maintenance where that is said."""
    entered, slash, maintained = str(given).partition("/")
    first = _above_zero(entered.strip() if slash else given, "margin")
    return first, _above_zero(maintained.strip(), "maintenance margin") if slash else None


def _above_zero(given: Number | None, name: str) -> Decimal:
    assert given is not None
    try:
        number = exact(given, name=name)
    except InvalidOrder as error:
        raise InputError(str(error)) from error
    if number <= 0:
        raise InputError(f"{name} must be above 0, not {given}")
    return number


def _currency(given: str) -> str:
    text = given.strip().upper()
    if not 2 <= len(text) <= 10 or not text.isalnum():
        raise InputError(f"currency {given!r} is none: write its code, as USD or EUR")
    return text
