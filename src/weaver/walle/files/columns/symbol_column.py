"""A column that says whose each row is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weaver.model.errors import DataError
from weaver.model.market.bars import Int64
from weaver.walle.files.columns.origin import Origin

_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SymbolColumn:
    """The symbols of n rows: names[code[row]], the names in the order in which they first appear."""

    label: str
    """What the file calls the column."""
    names: tuple[str, ...]
    code: Int64
    is_label: bool = False
    """It may hold something else than symbols, if it says the same throughout."""

    @classmethod
    def of(
        cls, label: str, values: Sequence[object], code: Int64, *, origin: Origin, is_label: bool = False
    ) -> "SymbolColumn":
        """From the column's values and which of them each row has. Raises DataError for one that is empty."""
        texts = [_text(value) for value in values]
        used, first = np.unique(code, return_index=True)
        names: dict[str, int] = {}
        place = np.zeros(len(texts), dtype=np.int64)
        for one in used[np.argsort(first)].tolist():
            if not texts[one]:
                raise origin.error(int(np.argmax(code == one)), f"column {label!r} is empty")
            place[one] = names.setdefault(texts[one], len(names))  # some differ by blanks alone
        return cls(label=label, names=tuple(names), code=place[code], is_label=is_label)

    @classmethod
    def of_rows(cls, label: str, values: Sequence[object], *, origin: Origin, is_label: bool = False) -> "SymbolColumn":
        """From each row's value. Raises DataError for one that is empty."""
        found: dict[object, int] = {}
        rows = [found.setdefault(value, len(found)) for value in values]
        return cls.of(label, list(found), np.array(rows, dtype=np.int64), origin=origin, is_label=is_label)

    def rows_of(self, name: str) -> Int64:
        """The rows of a symbol, in the file's order."""
        rows: Int64 = np.flatnonzero(self.code == self.names.index(name)).astype(np.int64)
        return rows

    def rows(self) -> list[Int64]:
        """The rows of every symbol, in the order of the names."""
        order = np.argsort(self.code, kind="stable").astype(np.int64)
        bounds = np.searchsorted(self.code[order], np.arange(1, len(self.names)))
        return np.split(order, bounds)

    def alike(self, asked: str) -> list[str]:
        """The symbols that may be meant by a name: itself, or else those that are spelled like it."""
        if asked in self.names:
            return [asked]
        return [name for name in self.names if spelled_alike(name, asked)]

    def find(self, asked: str, *, origin: str) -> str:
        """The symbol that is meant by a name. Raises DataError that lists those there are."""
        alike = self.alike(asked)
        if len(alike) == 1:
            return alike[0]
        problem = f"could be {' or '.join(alike)}" if alike else "is not among them"
        raise DataError(
            f"{origin}: the column {self.label!r} has {listed(self.names)}: {asked} {problem}; name one of these, or "
            f"take the column out if the rows are {asked}'s"
        )


def listed(names: Sequence[str]) -> str:
    """Symbols as an error shows them."""
    more = len(names) - _SHOWN
    return ", ".join([*names[:_SHOWN], *([f"{more} more"] if more > 0 else [])])


def spelled_alike(name: str, other: str) -> bool:
    """Whether two spellings are of one symbol: `BTC/USD` and `BTCUSD`, `AAPL.US` or `NASDAQ:AAPL` and `aapl`."""
    return bool(_spellings(name) & {_plain(other)}) or bool(_spellings(other) & {_plain(name)})


def _spellings(name: str) -> set[str]:
    """A symbol as it is, without the exchange before a colon, and without the one after a point (`.US`, not `.B`)."""
    bare = name.rpartition(":")[2]
    stem, _, exchange = bare.rpartition(".")
    return {_plain(text) for text in (name, bare, stem if len(exchange) > 1 and exchange.isalpha() else bare)}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _text(value: object) -> str:
    """A cell's text: blanks around it and what is no value count as nothing."""
    if value is None or value != value:
        return ""
    if isinstance(value, bytes):
        return value.decode(errors="replace").strip()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()
