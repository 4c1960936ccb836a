"""The costs of a run as they are asked for: the same for all of its symbols, or each symbol's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from weaver.model.account.costs import PRESETS, Costs, written
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass

REST = "*"
"""Stands for the symbols that have no costs of their own."""
KEYS = frozenset(one.name for one in fields(Costs))


@dataclass(frozen=True, slots=True)
class CostsGiven:
    """Each part is what `Costs.parse` takes; None: the presets of the asset classes."""

    rest: Any = None
    own: Mapping[str, Any] = field(default_factory=dict)
    """By symbol."""

    @classmethod
    def parse(cls, given: Any) -> "CostsGiven":
        """One of `Costs.parse`'s for all symbols; `{symbol: …, "*": …}`; or a text of both.

        In a text a `SYMBOL:` ahead of a key, or of a preset's name, begins that symbol's: what stands before the first
        is for the rest. Raises InputError.
        """
        return given if isinstance(given, CostsGiven) else cls.of_parts(taken_apart(given))

    @classmethod
    def of_parts(cls, parts: Mapping[str, Any]) -> "CostsGiven":
        """By symbol, each what `Costs.parse` takes. Raises InputError."""
        for symbol, part in parts.items():
            if not isinstance(symbol, str):
                raise InputError(f"costs: {symbol!r:.40} is no symbol")
            if symbol != REST:
                _of(symbol, part, AssetClass.STOCK)
        Costs.parse(parts.get(REST), asset_class=AssetClass.STOCK)
        return cls(parts.get(REST), {symbol: part for symbol, part in parts.items() if symbol != REST})

    def of(self, classes: Mapping[str, AssetClass]) -> dict[str, Costs]:
        """The costs of a run's symbols, each with its class. Raises InputError, also for those of other symbols."""
        self.check(classes)
        found = {symbol: self.of_one(symbol, asset_class) for symbol, asset_class in classes.items()}
        shared = [symbol for symbol in found if symbol not in self.own and found[symbol].funding is not None]
        if len(shared) > 1:
            raise InputError(
                f"costs: funding is one symbol's, and here would be that of {' and '.join(shared)}: "
                f"give each its own, as {shared[0]}:funding=…"
            )
        return _with_one_margin_rate(found)

    def of_one(self, symbol: str, asset_class: AssetClass) -> Costs:
        """Those of a symbol by itself. Raises InputError."""
        if symbol in self.own:
            return _of(symbol, self.own[symbol], asset_class)
        return Costs.parse(self.rest, asset_class=asset_class)

    def check(self, symbols: Iterable[str]) -> None:
        """Raises InputError for costs of a symbol that is none of a run's."""
        known = list(symbols)
        for symbol in self.own:
            if symbol not in known:
                raise InputError(f"costs: {symbol} is none of the run's symbols ({', '.join(known)})")


def taken_apart(given: Any) -> Mapping[str, Any]:
    """What was asked for by symbol, keys as mappings; nothing of it is checked. Raises InputError for a text that is
    none of costs."""
    if isinstance(given, str):
        return {symbol: part if part in PRESETS else written(part) for symbol, part in _parts(given).items()}
    if isinstance(given, Mapping) and is_by_symbol(given):
        return {
            symbol: written(part) if isinstance(part, str) and part not in PRESETS else part
            for symbol, part in given.items()
        }
    return {REST: given}


def _of(symbol: str, part: Any, asset_class: AssetClass) -> Costs:
    try:
        return Costs.parse(part, asset_class=asset_class)
    except InputError as error:
        raise InputError(f"costs of {symbol}:{str(error).removeprefix('costs').removeprefix(':')}") from error


def is_by_symbol(given: Mapping[Any, Any]) -> bool:
    """Whether its keys are symbols: a value is a mapping, or a preset's name at no key of costs."""
    return any(
        key not in KEYS and (isinstance(value, Mapping | Costs) or key == REST or value in list(PRESETS))
        for key, value in given.items()
        if value is None or isinstance(value, str | Mapping | Costs)
    )


def _parts(text: str) -> dict[str, Any]:
    """A text by symbol, each part in the words of `Costs.parse`."""
    found: dict[str, list[str]] = {}
    symbol = REST
    for piece in filter(None, (piece.strip() for piece in text.split(","))):
        head, equals, value = piece.partition("=")
        before, colon, key = head.rpartition(":")
        if colon:
            symbol = before.strip()
            if symbol in found:
                raise InputError(f"costs: {symbol} is given twice: put what is its own together")
        found.setdefault(symbol, []).append(f"{key.strip()}{equals}{value}" if colon else piece)
    if not found:
        return {REST: text}
    return {symbol: ",".join(pieces) for symbol, pieces in found.items()}


def _with_one_margin_rate(costs: dict[str, Costs]) -> dict[str, Costs]:
    """All with the rate that the account's cash is borrowed at, wherever that was given."""
    rates = sorted({one.margin_rate for one in costs.values() if one.margin_rate})
    if len(rates) > 1:
        raise InputError(f"costs: margin_rate is the account's, and {' and '.join(map(str, rates))} are two: give one")
    return {symbol: replace(one, margin_rate=rates[0]) for symbol, one in costs.items()} if rates else costs
