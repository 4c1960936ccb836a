"""What an account may do: the rules of cash and margin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from weaver.model.account.account_kind import AccountKind
from weaver.model.errors import InputError, InvalidOrder
from weaver.model.numbers.money import CASH_ONE, exact, plain
from weaver.model.numbers.scale import Scale

if TYPE_CHECKING:
    from weaver.model.backtest.options import Options


class Standing(NamedTuple):
    """How an account stands, in cash units."""

    cash: int
    """With what is on margin settled: nothing is paid for that, and what it has gained or lost by now is cash."""
    net: int
    gross: int
    """Σvalue and Σ|value| of what was paid for."""
    tied: int
    """What everything on margin ties up."""

    @classmethod
    def of(cls, paid: int, held: Iterable[tuple[Scale, int, int]], *, maintained: bool = False) -> "Standing":
        """From what is left after all that was paid, as if nothing was on margin, and the holdings: scale, quantity
        units, value in cash units. `maintained`: what they tie up while held, not when they are entered."""
        net = gross = tied = 0
        for scale, units, value in held:
            if scale.margin is None or scale.maintenance_margin is None:
                net += value
                gross += abs(value)
            else:
                paid += value
                tied += scale.tied(scale.maintenance_margin if maintained else scale.margin, units)
        return cls(paid, net, gross, tied)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules:
    """`cash` is the starting cash; `leverage` and `maintenance` are multiples of equity and of Σ|value|."""

    cash: Decimal = Decimal(100_000)
    kind: AccountKind = AccountKind.CASH
    leverage: Decimal = Decimal(1)
    shorting: bool = False
    maintenance: Decimal = Decimal("0.25")

    @classmethod
    def of(cls, options: "Options") -> "AccountRules":
        """The rules of a backtest. Raises InputError."""
        return cls.parse(
            cash=options.cash,
            account=options.account,
            leverage=options.leverage,
            shorting=options.shorting,
            maintenance=options.maintenance,
        )

    def as_options(self) -> Mapping[str, Any]:
        """The options that say these rules, all of them written out."""
        return {
            "cash": plain(self.cash),
            "account": str(self.kind),
            "leverage": plain(self.leverage),
            "shorting": self.shorting,
            "maintenance": plain(self.maintenance),
        }

    @classmethod
    def parse(cls, **given: Any) -> "AccountRules":
        """Rules from options: cash, account, leverage, shorting, maintenance (None: the default). Raises InputError."""
        values: Mapping[str, Any] = {name: value for name, value in given.items() if value is not None}
        kind = values.get("account", "cash")
        if kind not in list(AccountKind):
            raise InputError(f"account {kind!r} is not one of {', '.join(AccountKind)}")
        numbers = {}
        for name in ("cash", "leverage", "maintenance"):
            if name in values:
                try:
                    numbers[name] = exact(values[name], name=name)
                except InvalidOrder as error:
                    raise InputError(str(error)) from error
        rules = cls(kind=AccountKind(kind), shorting=bool(values.get("shorting", False)), **numbers)
        rules._check()
        return rules

    def _check(self) -> None:
        if self.cash <= 0:
            raise InputError(f"cash must be above 0, not {self.cash}")
        if self.leverage <= 0:
            raise InputError(f"leverage must be above 0, not {self.leverage}")
        if not 0 <= self.maintenance < 1:
            raise InputError(f"maintenance must lie from 0 to under 1, not {self.maintenance}")
        if self.kind is AccountKind.CASH and self.shorting:
            raise InputError("shorting needs a margin account: add account='margin' (--account margin)")
        if self.kind is AccountKind.CASH and self.leverage != 1:
            raise InputError("leverage needs a margin account: add account='margin' (--account margin)")

    @property
    def cash_units(self) -> int:
        """The starting cash in cash units."""
        return round(Fraction(self.cash) * CASH_ONE)

    def allows(self, *, cash: int, units: int, gross: int, net: int, tied: int = 0) -> bool:
        """Whether a fill that does not only reduce may leave the account so: `cash` after costs, `units` of the symbol,
        Σ|value| and Σvalue of all holdings, in cash units. What is on margin is settled in the cash, and `tied`, what
        it ties up, stands for its value."""
        if self.kind is AccountKind.CASH:
            return cash >= tied and units >= 0
        if units < 0 and not self.shorting:
            return False
        return gross <= self.leverage * (cash + net - tied)

    def falls_short(self, *, equity: int, gross: int, tied: int = 0) -> bool:
        """Whether equity is under the maintenance requirement, in cash units. `tied`: by what is on margin, which is
        not in `gross`; beside it a cash account, which borrows nothing, has to own all that it paid for."""
        return equity < self.maintained * gross + tied

    @property
    def maintained(self) -> Decimal:
        """The share of Σ|value| of what was paid for that equity may not fall under."""
        return self.maintenance if self.kind is AccountKind.MARGIN else Decimal(1)
