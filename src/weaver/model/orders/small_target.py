"""Targets that came to nothing, as they are worth less than can be ordered."""

from dataclasses import dataclass

from weaver.model.numbers.scale import Scale


@dataclass(slots=True)
class SmallTargets:
    """Those of one symbol: how many, and of the first what it was worth (cash units) at which price (price units)."""

    scale: Scale
    worth: int
    price: int
    count: int = 0
