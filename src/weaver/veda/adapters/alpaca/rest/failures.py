"""How a request can end without an answer that says yes."""

from weaver.veda.adapters.alpaca.wire.refusals import VenueError


class NotSent(Exception):
    """No connection was made: the venue heard nothing."""


class AnswerLost(Exception):
    """It may have been carried out: the answer did not come, or said nothing."""


class Broken(AnswerLost):
    """The connection ended before the answer began; one that had been idle, maybe, as the venue closed it."""


class Declined(Exception):
    """The venue said no."""

    def __init__(self, error: VenueError) -> None:
        super().__init__(error.message)
        self.error = error
