"""Every error that Weaver raises on purpose.

WeaverError                 the message is one line: what was wrong with the value in hand, and what to do
├── InputError              the caller gave something unusable; nothing was changed
│   ├── DataError           market data that cannot be true or read; knows file, row and line
│   │   └── Damaged         stored data that is not what was written
│   └── NotFound            an id, symbol or file that is not there
├── InvalidOrder            an order that no venue could take (quantity 0, a price of NaN …)
├── StrategyError           a strategy's own code failed; names its line
│   └── IndicatorFailed     a function of the strategy's own, on the bars that it was given
├── IllegalTransition       an order event that its status does not allow
├── RunFailed               a run ended before its end, with the reason
│   └── WorkerLost          its process died
│       └── OutOfMemory     it took more memory than it may
├── Conflict                the right request at the wrong time: the state in hand does not allow it
│   └── ReadOnly            another server owns the database, and only it may write
└── Unavailable             a database or venue does not answer now; trying again later may help
    └── OverLimit           too much is asked of a venue just now; a little later it answers

The message is for people. Nobody decides by it: what a program has to know is the error's class, and its `facts`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Self, TypeVar

Fact = str | int | None
T = TypeVar("T")


class WeaverError(Exception):
    """Base of all; its text is meant for a person, one line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What it knows beside its class, by the names under which its constructor takes them; None: not known."""
        return {}

    def reworded(self, message: str, **facts: Fact) -> Self:
        """The same error in other words, with these of its facts changed."""
        same: Callable[..., Self] = type(self)
        return same(message, **{**self.facts, **facts})


class InputError(WeaverError):
    """Something given from outside cannot be used."""


class DataError(InputError):
    """Market data that is missing, unreadable or impossible. Rows (of data, below the header) and lines count from 1;
    both are of the whole file or frame."""

    def __init__(
        self, message: str, *, file: str | None = None, row: int | None = None, line: int | None = None
    ) -> None:
        super().__init__(message)
        self.file, self.row, self.line = file, row, line

    @property
    def facts(self) -> Mapping[str, Fact]:
        return {"file": self.file, "row": self.row, "line": self.line}


class Damaged(DataError):
    """Something in the store is not what was written there: it must be brought in again."""


class NotFound(InputError):
    """Nothing by that name."""


class InvalidOrder(WeaverError):
    """An order that could never be placed."""


class StrategyError(WeaverError):
    """A strategy's own code failed, or could not be loaded."""


class IndicatorFailed(StrategyError):
    """A strategy's own function behind an indicator failed, or gave something that is no indicator."""


class IllegalTransition(WeaverError):
    """An order event arrived that its status does not allow."""


class RunFailed(WeaverError):
    """A run could not go on."""


class WorkerLost(RunFailed):
    """The process that worked on a run is gone."""


class OutOfMemory(WorkerLost):
    """A job asked for more memory than it may have."""


class Conflict(WeaverError):
    """What was asked for does not fit the present state."""


class ReadOnly(Conflict):
    """Another server may write, this one may not."""


class Unavailable(WeaverError):
    """Something that is needed does not answer."""


class OverLimit(Unavailable):
    """Something that is needed takes no more requests for a while: what is asked a little later is answered.

    seconds: after how many it said that it will; None: it did not say.
    """

    def __init__(self, message: str, *, seconds: int | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds

    @property
    def facts(self) -> Mapping[str, Fact]:
        return {"seconds": self.seconds}


def of_family(error: type[WeaverError], table: Mapping[type[WeaverError], T]) -> T:
    """What a table has for an error's class, or else for the nearest class above it; `WeaverError` is in the table."""
    return next(table[family] for family in error.__mro__ if family in table)


def _tree(root: type[WeaverError]) -> Iterator[type[WeaverError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


TREE = tuple(_tree(WeaverError))
"""Every class above, and none that other modules derive from them."""
