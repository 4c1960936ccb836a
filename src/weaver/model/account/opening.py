"""When a holding was opened."""

from typing import NamedTuple


class Opening(NamedTuple):
    """The fill that opened a holding, from flat or through zero; ns."""

    time: int
    """When it was made: a bar's open, or its end where it was made inside the bar; of a real venue, the instant."""
    bar: int
    """When the bar began in which it was made; of a real venue, the minute."""
    at_close: bool = False
    """It was made at that bar's close, so that nothing of the bar came after it."""
