"""Every error that Weaver raises on purpose.

WeaverError                 the message is one line: what was wrong with the value in hand, and what to do
├── InputError              the caller gave something unusable; nothing was changed
│   ├── DataError           market data that cannot be true or read; names file and row
│   │   └── Damaged         stored data that is not what was written
│   └── NotFound            an id, symbol or file that is not there
├── InvalidOrder            an order that no venue could take (quantity 0, a price of NaN …)
├── StrategyError           a strategy's own code failed; names its line
├── IllegalTransition       an order event that its status does not allow
├── RunFailed               a run ended before its end, with the reason
│   └── WorkerLost          its process died, or took more memory than it may
├── Conflict                the right request at the wrong time: the state in hand does not allow it
│   └── ReadOnly            another server owns the database, and only it may write
└── Unavailable             a database or venue does not answer now; trying again later may help
"""


class WeaverError(Exception):
    """Base of all; its text is meant for a person, one line."""


class InputError(WeaverError):
    """Something given from outside cannot be used."""


class DataError(InputError):
    """Market data that is missing, unreadable or impossible."""


class Damaged(DataError):
    """Something in the store is not what was written there: it must be brought in again."""


class NotFound(InputError):
    """Nothing by that name."""


class InvalidOrder(WeaverError):
    """An order that could never be placed."""


class StrategyError(WeaverError):
    """A strategy's own code failed, or could not be loaded."""


class IllegalTransition(WeaverError):
    """An order event arrived that its status does not allow."""


class RunFailed(WeaverError):
    """A run could not go on."""


class WorkerLost(RunFailed):
    """The process that worked on a run is gone."""


class Conflict(WeaverError):
    """What was asked for does not fit the present state."""


class ReadOnly(Conflict):
    """Another server may write, this one may not."""


class Unavailable(WeaverError):
    """Something that is needed does not answer."""
