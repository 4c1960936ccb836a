"""The faults that are set: found by what they match, and used up."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase

from weaver.model.numbers.money import plain
from weaver.rehearsal.faults.kinds import KINDS, Effect, Kind, Option

MATCHED = ("method", "path", "symbol", "client_order_id", "side", "event", "id")
"""What a fault can be narrowed down to."""
NUMBER_MAX = 10**9
LIMITS: Mapping[str, tuple[int, int]] = {
    "status: code": (400, 599),
    "refuse_connection: code": (400, 599),
    "partial_fill: parts": (1, 1_000),
    "skew: seconds": (-NUMBER_MAX, NUMBER_MAX),
}
"""What the numbers of a kind may be; all others are 0 or more."""
Told = Callable[["Fault"], None]


class BadFault(Exception):
    """What was asked for is no fault."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One that is set."""

    id: str
    kind: str
    times: int | None
    """How often it still strikes; None: until it is taken away."""
    match: Mapping[str, str]
    options: Mapping[str, Option]
    flags: Mapping[str, bool | str]
    ignored: tuple[str, ...] = ()
    """What else was said of it, and means nothing."""

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Whether it strikes there. What is not known of a place does not speak against it."""
        return all(_is_like(facts[name], wanted, name) for name, wanted in self.match.items() if name in facts)

    def number(self, name: str) -> Decimal:
        """An option that is a number."""
        value = self.options[name]
        assert isinstance(value, Decimal)
        return value

    def text(self, name: str) -> str:
        """An option that is a text."""
        value = self.options[name]
        assert isinstance(value, str)
        return value

    def is_set(self, name: str) -> bool:
        """An option that is true or false."""
        return self.options.get(name) is True

    def as_json(self) -> dict[str, object]:
        """As the control tells of it."""
        shown = {name: _shown(one) for name, one in self.options.items()}
        told: dict[str, object] = {
            "id": self.id,
            "kind": self.kind,
            "times": self.times,
            "match": dict(self.match),
            **shown,
        }
        return {**told, "ignored": list(self.ignored)} if self.ignored else told


class Faults:
    """All that are set, in the order in which they were. Those of a kind that acts at once strike as they are set."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._set: dict[str, Fault] = {}
        self._at_once: dict[str, Told] = {}
        self._on_end: dict[str, Told] = {}

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._set.values()))

    def on_set(self, kind: str, act: Told) -> None:
        """Have something done as a fault of a kind is set."""
        self._at_once[kind] = act

    def on_end(self, kind: str, act: Told) -> None:
        """Have something done as a fault of a kind is taken away."""
        self._on_end[kind] = act

    def add(self, body: Mapping[str, object]) -> Fault:
        """Set one. Raises BadFault."""
        fault = _read(body, self._new_id())
        act = self._at_once.get(fault.kind)
        if KINDS[fault.kind].effect is not Effect.AT_ONCE:
            self._set[fault.id] = fault
        if act is not None:
            act(fault)
        return fault

    def remove(self, id: str) -> bool:
        """Take one away; whether there was one."""
        fault = self._set.pop(id, None)
        if fault is None:
            return False
        told = self._on_end.get(fault.kind)
        if told is not None:
            told(fault)
        return True

    def clear(self) -> int:
        """Take all away; how many there were."""
        return sum(self.remove(id) for id in tuple(self._set))

    def find(self, kind: str, **facts: str) -> Fault | None:
        """The first of a kind that fits, which stays as it is."""
        return next((one for one in self._set.values() if one.kind == kind and one.fits(facts)), None)

    def strike(self, kind: str, **facts: str) -> Fault | None:
        """The first of a kind that fits, once used."""
        fault = self.find(kind, **facts)
        if fault is not None:
            self.use(fault)
        return fault

    def use(self, fault: Fault) -> None:
        """It has struck once."""
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.remove(fault.id)


def _is_like(found: str, wanted: str, name: str) -> bool:
    if name == "path":
        return found == wanted or found.startswith(f"{wanted.rstrip('/')}/") or fnmatchcase(found, wanted)
    if name == "symbol":
        found, wanted = found.replace("/", ""), wanted.replace("/", "")
    return found.upper() == wanted.upper()


def _read(body: Mapping[str, object], id: str) -> Fault:
    name = body.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadFault(f"kind {name!r} is unknown; known: {', '.join(KINDS)}")
    flags = body.get("flags")
    if isinstance(flags, Mapping):
        body = {**flags, **body}
    match = {} if body.get("match") is None else body["match"]
    if not isinstance(match, Mapping):
        raise BadFault("match must be an object")
    narrowed = {**match, **{key: body[key] for key in MATCHED if key in body and key not in kind.options}}
    missing = [one for one in kind.needs if one not in narrowed]
    if missing:
        raise BadFault(f"{name} needs {', '.join(missing)}")
    ignored = set(narrowed) - set(MATCHED) | set(body) - {
        "kind",
        "times",
        "match",
        *MATCHED,
        *kind.options,
        *kind.flags,
    }
    return Fault(
        id=id,
        kind=str(name),
        times=_times(body.get("times"), kind),
        match={key: str(one) for key, one in narrowed.items() if key in MATCHED},
        options={key: _option(f"{name}: {key}", body.get(key, of), of) for key, of in kind.options.items()},
        flags={key: _flag(f"{name}: {key}", body[key]) for key in kind.flags if key in body},
        ignored=tuple(sorted(ignored)),
    )


def _times(given: object, kind: Kind) -> int | None:
    if given is None:
        return 1 if kind.effect is Effect.STRIKES else None
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise BadFault(f"times must be a whole number above 0, not {given!r}")
    return given


def _option(name: str, value: object, default: Option) -> Option:
    """A value as the option wants it: its default says of which kind."""
    match default, value:
        case Decimal(), int() | float() | str() if not isinstance(value, bool):
            return _number(name, value)
        case dict(), Mapping():
            return {str(key): _number(name, one) for key, one in value.items()}
        case bool(), bool():
            return value
        case str(), str() | int() | float() if not isinstance(value, bool):
            return str(value)
        case Decimal(), Decimal():
            return value
        case _:
            raise BadFault(f"{name} cannot be {value!r}")


def _shown(option: Option) -> object:
    match option:
        case Decimal():
            return plain(option)
        case dict():
            return {name: plain(value) for name, value in option.items()}
        case _:
            return option


def _flag(name: str, value: object) -> bool | str:
    if isinstance(value, bool | str):
        return value
    raise BadFault(f"{name} cannot be {value!r}")


def _number(name: str, value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise BadFault(f"{name} must be a number, not {value!r}") from None
    least, most = LIMITS.get(name, (0, NUMBER_MAX))
    if not number.is_finite() or not least <= number <= most:
        raise BadFault(f"{name} must be a number from {least} to {most}, not {value!r}")
    return number
