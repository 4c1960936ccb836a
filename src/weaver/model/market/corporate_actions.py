"""What a company does to its shares: splits, dividends, delistings."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from weaver.model.errors import InputError, InvalidOrder
from weaver.model.market.timeframe import DAY
from weaver.model.numbers.money import Number, exact
from weaver.model.numbers.ratio import split_ratio


def _amount(given: Number, *, name: str, ex_date: date, zero: bool = False) -> Decimal:
    """What somebody gave, exact. Raises InputError."""
    try:
        value = exact(given, name=f"{name} on {ex_date}")
    except InvalidOrder as error:
        raise InputError(str(error)) from error
    if value < 0 or (value == 0 and not zero):
        bound = "not be negative" if zero else "be above 0"
        raise InputError(f"{name} on {ex_date} must {bound}, not {value}")
    return value


@dataclass(frozen=True, slots=True, init=False)
class Split:
    """From `ex_date` on there are `ratio` new shares for each old one: 4 is 4-for-1, 1/10 a reverse split.

    The ratio is exact; it can be given as 4, 1.5, "3:2" or "1/3" (new over old), a fraction or a decimal.
    """

    ex_date: date
    """The first session on the new scale."""
    ratio: Fraction
    """New shares for each old one, exact."""

    def __init__(self, *, ex_date: date, ratio: Fraction | Number) -> None:
        object.__setattr__(self, "ex_date", ex_date)
        try:
            object.__setattr__(self, "ratio", split_ratio(ratio))
        except InputError as error:
            raise InputError(f"the split on {ex_date}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividend:
    """Who held a share before `ex_date` gets `amount` in cash, per share as it stood then."""

    ex_date: date
    """The first session whose buyers do not get it."""
    amount: Decimal
    """Per share, in the currency of the prices."""

    def __post_init__(self) -> None:
        amount = _amount(self.amount, name="the amount of a dividend", ex_date=self.ex_date)
        object.__setattr__(self, "amount", amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delisting:
    """The symbol ends on `ex_date`; each share is paid out at `value` (0: worthless)."""

    ex_date: date
    """The session before which the symbol ends."""
    value: Decimal
    """What is paid for a share; 0: nothing."""

    def __post_init__(self) -> None:
        value = _amount(self.value, name="the value of a delisting", ex_date=self.ex_date, zero=True)
        object.__setattr__(self, "value", value)


CorporateAction = Split | Dividend | Delisting
_EPOCH = date(1970, 1, 1)


def ex_day(action: CorporateAction) -> int:
    """Its ex-date as sessions are dated: days since the epoch."""
    return (action.ex_date - _EPOCH).days


def numbered(actions: Iterable[CorporateAction]) -> Iterator[tuple[CorporateAction, int]]:
    """Each with its number (from 0) among those of its kind and day: a company may pay two dividends on one."""
    count: Counter[tuple[date, type[CorporateAction]]] = Counter()
    for action in actions:
        key = (action.ex_date, type(action))
        yield action, count[key]
        count[key] += 1


def is_within(action: CorporateAction, end: int | None) -> bool:
    """Whether it belongs to a run that ends at an instant (ns; None: with its bars). A delisting that no bar carries
    any more happens at the run's end: not one that comes after it."""
    return not isinstance(action, Delisting) or end is None or ex_day(action) * DAY <= end


def distinct(actions: Iterable[CorporateAction]) -> tuple[tuple[CorporateAction, ...], tuple[CorporateAction, ...]]:
    """The actions, each once, and those that stood there again: one day, one kind, one value."""
    once: dict[CorporateAction, None] = {}
    again = []
    for action in actions:
        if action in once:
            again.append(action)
        once[action] = None
    return tuple(once), tuple(again)
