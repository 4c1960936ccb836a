"""What makes one trial better than another."""

import math
from collections.abc import Mapping

from weaver.greta.results.statistics import STATISTICS
from weaver.greta.sweep.expressions import Expression, Undefined
from weaver.model.errors import InputError


class Objective:
    """A statistic, or an expression of statistics (`sharpe - 2 * abs(max_drawdown)`): the more, the better."""

    def __init__(self, text: str) -> None:
        """Raises InputError for what is neither."""
        self._expression = Expression(text, STATISTICS, what="the objective")
        self.text = self._expression.text
        """As it was given."""
        if not self._expression.names:
            raise InputError(f"the objective {text!r} is the same for every trial: name a statistic in it")

    @property
    def names(self) -> list[str]:
        """The statistics that it is of."""
        return self._expression.names

    def of(self, stats: Mapping[str, float | int | None]) -> float | None:
        """What it is for a trial with these statistics; None where it is undefined."""
        try:
            value = self._expression(stats)
        except Undefined:
            return None
        if value is None:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise InputError(f"the objective {self.text!r} is no number, but {value!r}") from None
        return number if math.isfinite(number) else None
