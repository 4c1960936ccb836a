"""What is traded: its asset class and the facts that orders are rounded to."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.symbol import loose_quote, spelled
from weaver.model.numbers.money import CASH_DECIMALS, CASH_ONE, decimals_of, plain
from weaver.model.numbers.scale import Scale

__all__ = ["AssetClass", "Instrument", "guess_asset_class"]

_TICK_AND_LOT = {
    AssetClass.STOCK: (Decimal("0.01"), Decimal(1)),
    AssetClass.CRYPTO: (Decimal("0.00000001"), Decimal("0.00000001")),
    AssetClass.FX: (Decimal("0.00001"), Decimal(1)),
    AssetClass.FUTURE: (Decimal("0.01"), Decimal(1)),
}
_TICK_UNDER_ONE = dict.fromkeys((AssetClass.STOCK, AssetClass.FUTURE), Decimal("0.0001"))
"""Of orders priced under a dollar (Regulation NMS, rule 612), where that is another one."""
_ON_EXCHANGES = {AssetClass.STOCK, AssetClass.FUTURE}
_MAINTAINED = Decimal("0.9")
_ALWAYS = {"24/7": 365, "24/5": 260}
"""Calendars that have other numbers of sessions a year than an exchange."""
_PERIODS_PER_YEAR = {AssetClass.STOCK: 252, AssetClass.CRYPTO: 365, AssetClass.FX: 260, AssetClass.FUTURE: 252}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One symbol's facts. Prices come in multiples of `tick`, quantities of `lot`, orders from `minimum` up."""

    symbol: str
    asset_class: AssetClass
    tick: Decimal
    lot: Decimal
    tick_given: bool = True
    """False: `tick` is only the class's, which is finer for prices under 1 and where the data's decimals are."""
    minimum: Decimal = Decimal(0)
    """Least quantity of an order; 0 when not given means one lot."""
    quote_currency: str = "USD"
    calendar: str | None = None
    """Canonical name of the exchange whose sessions it trades in (see `calendar_name`); None: its asset class's."""
    multiplier: Decimal = Decimal(1)
    """What a contract of a future is worth at a price of 1."""
    margin: Decimal | None = None
    """What a contract of a future ties up when it is entered; None: all that it is worth is paid for it."""
    maintenance_margin: Decimal | None = None
    """What has to stand behind a contract that is held; where only the margin is given, nine tenths of it."""

    def __post_init__(self) -> None:
        if not self.symbol:
            raise InputError("an instrument needs a symbol")
        for name in ("tick", "lot"):
            value = getattr(self, name)
            if not value.is_finite() or value <= 0:
                raise InputError(f"{self.symbol}: {name} must be above 0, not {value}")
        if not self.minimum.is_finite() or self.minimum < 0:
            raise InputError(f"{self.symbol}: minimum must not be negative, not {self.minimum}")
        if self.minimum == 0:
            object.__setattr__(self, "minimum", self.lot)
        if self.calendar is not None and self.asset_class not in _ON_EXCHANGES:
            raise InputError(
                f"{self.symbol}: a calendar is a stock's or a future's, and {self.symbol} is {self.asset_class}, which "
                "has hours of its own: leave the calendar out, or say --asset stock or future"
            )
        self._check_contract()

    def _check_contract(self) -> None:
        """Raises InputError on a multiplier or a margin that no future has. One number has one form here, so that what
        is divided by it has one, too."""
        for name in ("multiplier", "margin", "maintenance_margin"):
            value = getattr(self, name)
            if value is None:
                continue
            if name == "multiplier" and value == 1:
                object.__setattr__(self, name, Decimal(1))
                continue
            if not value.is_finite() or value <= 0:
                raise InputError(f"{self.symbol}: {_words(name)} must be above 0, not {value}")
            if decimals_of(value) > CASH_DECIMALS:
                raise InputError(f"{self.symbol}: {_words(name)} has at most {CASH_DECIMALS} decimals, not {value}")
            if self.asset_class is not AssetClass.FUTURE:
                raise InputError(
                    f"{self.symbol}: {_words(name)} is a future's, and {self.symbol} is {self.asset_class}: leave it "
                    "out, or say --asset future"
                )
            object.__setattr__(self, name, Decimal(plain(value)))
        if self.margin is None and self.maintenance_margin is not None:
            raise InputError(f"{self.symbol}: a maintenance margin goes with a margin: give both, as 13200/12000")
        if self.margin is not None and self.maintenance_margin is None:
            object.__setattr__(self, "maintenance_margin", self.margin * _MAINTAINED)
        if self.margin is not None and self.maintenance_margin is not None and self.maintenance_margin > self.margin:
            raise InputError(
                f"{self.symbol}: the maintenance margin ({plain(self.maintenance_margin)}) is more than the margin "
                f"({plain(self.margin)}): it is the lower of the two, as 13200/12000"
            )

    @classmethod
    def default(cls, symbol: str, asset_class: AssetClass) -> "Instrument":
        """The facts of a symbol about which nothing but its class is known."""
        tick, lot = _TICK_AND_LOT[asset_class]
        quote = _quote(symbol, asset_class)
        return cls(symbol=symbol, asset_class=asset_class, tick=tick, tick_given=False, lot=lot, quote_currency=quote)

    @classmethod
    def is_default_tick(cls, tick: Decimal, asset_class: AssetClass) -> bool:
        """Whether a tick is the one that a class has without facts."""
        return tick == _TICK_AND_LOT[asset_class][0]

    def ticks(self, data_decimals: int) -> tuple[Decimal, Decimal]:
        """The ticks of prices from 1 on and of those under 1, of an instrument whose bars have so many decimals."""
        if self.tick_given:
            return self.tick, self.tick
        finest = Decimal(1).scaleb(-data_decimals)
        return min(self.tick, finest), min(_TICK_UNDER_ONE.get(self.asset_class, self.tick), finest)

    def scale(self, *, data_decimals: int = 0, price_decimals: int = 0) -> Scale:
        """Units fine enough for cash, its tick and lot, data and prices of so many decimals.

        The data's decimals are what the tick follows where none was given.
        """
        ticks = self.ticks(data_decimals)
        decimals = max(data_decimals, price_decimals, CASH_DECIMALS, *map(decimals_of, ticks))
        quantity_decimals = max(decimals_of(self.lot), decimals_of(self.minimum))
        per_cash = Fraction(10 ** (decimals + quantity_decimals - CASH_DECIMALS)) / Fraction(self.multiplier)
        return Scale(
            symbol=self.symbol,
            price_decimals=decimals,
            quantity_decimals=quantity_decimals,
            price_one=10**decimals,
            quantity_one=10**quantity_decimals,
            tick=int(ticks[0].scaleb(decimals)),
            tick_under_one=int(ticks[1].scaleb(decimals)),
            lot=int(self.lot.scaleb(quantity_decimals)),
            least_whole=2**63 if 1 % self.lot else max(1, ceil(self.minimum)),
            minimum=int(self.minimum.scaleb(quantity_decimals)),
            notional_divisor=per_cash.numerator,
            notional_factor=per_cash.denominator,
            multiplier=self.multiplier,
            margin=None if self.margin is None else int(self.margin * CASH_ONE),
            maintenance_margin=None if self.maintenance_margin is None else int(self.maintenance_margin * CASH_ONE),
        )

    def check_class(self, wanted: AssetClass | None) -> None:
        """Raises InputError where somebody wants stored bars of it to be of another class."""
        if wanted not in {None, self.asset_class}:
            raise InputError(
                f"{self.symbol} is in the store as {self.asset_class}, not {wanted}: leave the asset out, or import "
                f"the bars as {wanted} under another symbol"
            )

    @property
    def periods_per_year(self) -> int:
        """Sessions a year, for annualising: 252 stock and future, 365 crypto, 260 fx."""
        if self.calendar in _ALWAYS:
            return _ALWAYS[self.calendar]
        return _PERIODS_PER_YEAR[self.asset_class]


def _words(name: str) -> str:
    return name.replace("_", " ")


def guess_asset_class(symbol: str) -> AssetClass:
    """What the spelling suggests (see `symbol.spelled`)."""
    return spelled(symbol).asset_class


def _quote(symbol: str, asset_class: AssetClass) -> str:
    """The currency that a symbol of the class is quoted in, as far as its spelling tells."""
    if asset_class not in {AssetClass.CRYPTO, AssetClass.FX}:
        return "USD"
    return spelled(symbol).quote or loose_quote(symbol) or "USD"
