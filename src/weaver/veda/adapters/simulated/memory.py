"""What the simulated venue was asked for, kept by others: after its process ended it is asked for the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, get_type_hints

from weaver.model.numbers.money import plain
from weaver.veda.exchange.orders import ExitTerms, OrderChange, OrderRequest, StopLoss

_NESTED = {"stop_loss": StopLoss, "exit": ExitTerms, "request": OrderRequest, "change": OrderChange}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: an order (`request`), a replacement of the order `venue_id` (`change`), or its cancel."""

    tick: int
    """After which tick of its bars it came (ns)."""
    placed: int
    """When it counts as come (ns)."""
    request: OrderRequest | None = None
    venue_id: str = ""
    change: OrderChange | None = None

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {name: value for name, value in _written(self).items() if value is not None}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Asked":
        """As it was kept."""
        found: Asked = _read(cls, kept)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """How far a venue had come when its process ended."""

    until: int | None = None
    """The newest tick that whoever trades there has dealt with (ns); None: there was none."""
    asked: Sequence[Asked] = ()
    """In the order in which it came."""


class Memory(Protocol):
    """Outlives the venue's process."""

    async def recall(self) -> Remembered:
        """All there is. Raises Unavailable."""
        ...

    async def note(self, number: int, asked: Asked) -> None:
        """Keep a request as the venue's number so-and-so, before it is worked. Raises Unavailable."""
        ...


class NoMemory:
    """Of a venue that nobody goes on with."""

    async def recall(self) -> Remembered:
        """Nothing."""
        return Remembered()

    async def note(self, number: int, asked: Asked) -> None:
        """It is forgotten."""


def _written(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _written(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    return plain(value) if isinstance(value, Decimal) else value


def _read(kind: type[Any], kept: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(**{name: _value(name, hints[name], value) for name, value in kept.items()})


def _value(name: str, hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if name in _NESTED:
        return _read(_NESTED[name], value)
    if hint in (Decimal, Decimal | None):
        return Decimal(value)
    kinds = [hint] if isinstance(hint, type) else [one for one in hint.__args__ if one is not type(None)]
    if kinds[0] is datetime:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kinds[0] is date else kinds[0](value)
