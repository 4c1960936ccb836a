"""A promotion before it is done, and after."""

from dataclasses import dataclass

from weaver.model.promotion.differences import Difference
from weaver.model.promotion.gates import Gate
from weaver.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A run, and the one that would be made of it."""

    run: Run
    after: Run
    """Still under the other's id."""
    gates: tuple[Gate, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """A run that was made of another."""

    run: Run
    gates: tuple[Gate, ...]
    differences: tuple[Difference, ...]
