"""What kinds of values options take; each reads what somebody gave in Python or JSON, and raises InputError."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from numbers import Integral
from typing import Any, TypeAlias

from weaver.model.errors import InputError

QUOTED = 60
"""Characters of a wrong value that an error shows."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or False, numpy's included: a text such as "no" would count as true."""

    def read(self, value: object, name: str) -> bool:
        """The truth that was given."""
        if isinstance(value, bool):
            return value
        import numpy as np  # for the rarer kinds only: the command line's help does without

        if not isinstance(value, np.bool_):
            raise InputError(f"{name} must be True or False, not {shown(value)}")
        return bool(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An int, or numpy's, from `least` to `most`."""

    least: int
    most: int
    unit: str = ""

    def read(self, value: object, name: str) -> int:
        """The number that was given."""
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise InputError(f"{name} must be a whole number, not {shown(value)}")
        number, unit = int(value), f" {self.unit}" if self.unit else ""
        if number < self.least:
            raise InputError(f"{name} must be {self.least}{unit} or more, not {number}")
        if number > self.most:
            raise InputError(f"{name} must be {self.most}{unit} or less, not {number}")
        return number


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set."""

    of: type[StrEnum]

    def read(self, value: object, name: str) -> str:
        """The one that was named."""
        if value not in list(self.of):
            raise InputError(f"{name} {value!r} is not one of {', '.join(self.of)}")
        return str(value)


@dataclass(frozen=True, slots=True)
class Text:
    """A str."""

    def read(self, value: object, name: str) -> str:
        """The text that was given."""
        if not isinstance(value, str):
            raise InputError(f"{name} must be a text, not {shown(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Time:
    """A date, a time, or a text that may spell one."""

    def read(self, value: object, name: str) -> str | date:
        """What was given."""
        if isinstance(value, str):
            return value
        if not isinstance(value, date) or value != value:  # pandas' NaT is a date, and not itself
            raise InputError(f"{name} must be a date, a time, or one written as 2020-01-31, not {shown(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Parameters:
    """Names to values."""

    def read(self, value: object, name: str) -> Mapping[str, Any]:
        """The mapping that was given."""
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise InputError(f"{name} must be a mapping of parameters' names to values, not {shown(value)}")
        return value


@dataclass(frozen=True, slots=True)
class FactGiven:
    """A fact of the run's symbols: of all of them, or by symbol, as a mapping or as `ES=F=50,NQ=F=20`."""

    def read(self, value: object, name: str) -> str | dict[str, str]:
        """The fact as a text, or texts by symbol."""
        if isinstance(value, Mapping):
            if not value or not all(isinstance(symbol, str) for symbol in value):
                raise InputError(f"{name} by symbol is a mapping of symbols to values, not {shown(value)}")
            return {symbol: _fact(one, name) for symbol, one in value.items()}
        text = _fact(value, name)
        if "=" not in text:
            return text
        found: dict[str, str] = {}
        for part in text.split(","):
            symbol, equals, one = part.rpartition("=")
            if not equals or not symbol.strip() or not one.strip():
                raise InputError(f"{name} {part.strip()!r}: write one value for all, or SYMBOL=VALUE,SYMBOL=VALUE")
            if symbol.strip() in found:
                raise InputError(f"{name} of {symbol.strip()} is given twice")
            found[symbol.strip()] = one.strip()
        return found


def _fact(value: object, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)) or not str(value).strip():
        raise InputError(f"{name} must be a number or a name, not {shown(value)}")
    return str(value).strip()


class _ReadByItsUser:
    """What only its user can read: it is handed on as it was given."""

    __slots__ = ()

    def read(self, value: object, name: str) -> object:
        """What was given."""
        del name
        return value


class AmountGiven(_ReadByItsUser):
    """A decimal number, which `AccountRules` reads."""

    __slots__ = ()


class CostsGiven(_ReadByItsUser):
    """A preset's name, `key=value,…`, or a mapping of keys, which `Costs` reads."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BenchmarkGiven:
    """A symbol or a file; in Python a frame, bars, or a mapping of one name to one of them too."""

    def read(self, value: object, name: str) -> object:
        """What was given."""
        if (isinstance(value, str) and not value.strip()) or (isinstance(value, Mapping) and len(value) != 1):
            raise InputError(f"{name} must be one symbol or file, not {shown(value)}")
        return value


class ColumnsGiven(_ReadByItsUser):
    """`close=Price,…`, or a mapping, which is read with the bars."""

    __slots__ = ()


class Symbols(_ReadByItsUser):
    """Names of symbols, which are read with the bars."""

    __slots__ = ()


class CorporateActions(_ReadByItsUser):
    """Splits and dividends by symbol, which are read with the bars."""

    __slots__ = ()


OptionKind: TypeAlias = (
    Flag
    | Whole
    | Choice
    | Text
    | Time
    | Parameters
    | AmountGiven
    | BenchmarkGiven
    | FactGiven
    | CostsGiven
    | ColumnsGiven
    | Symbols
    | CorporateActions
)


def shown(value: object) -> str:
    """A value that cannot be used, as an error quotes it: in one line, and not all of a frame."""
    return " ".join(repr(value).split())[:QUOTED]
