"""Rows of a result that are not trades or fills: cash flows, and equity."""

from dataclasses import dataclass
from typing import NamedTuple

from weaver.model.numbers.amount import Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Cash that moved without a fill: a dividend, the fraction of a split, a delisting. `time` in ns UTC."""

    time: int
    symbol: str
    kind: str
    amount: Amount


class EquityRow(NamedTuple):
    """Equity and cash at the end of the bars of one stamp, `timestamp`, ns UTC."""

    timestamp: int
    equity: float
    cash: float
