"""Splits and dividends of one symbol: where among its bars they take effect, and bars adjusted for them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np

from weaver.model.market.bars import Float64
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split, ex_day
from weaver.rehearsal.market.bars.columns import Columns

_DECIMALS = 6
"""Of adjusted prices."""


class Adjustment(StrEnum):
    """What historical prices can be adjusted for."""

    RAW = "raw"
    SPLIT = "split"
    DIVIDEND = "dividend"
    ALL = "all"

    @property
    def is_for_splits(self) -> bool:
        """Whether prices before a split are on the scale after it."""
        return self in (Adjustment.SPLIT, Adjustment.ALL)

    @property
    def is_for_dividends(self) -> bool:
        """Whether prices before an ex-date are without the dividend."""
        return self in (Adjustment.DIVIDEND, Adjustment.ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """A corporate action, and the number of the symbol's bar before which it takes effect."""

    action: CorporateAction
    index: int


def effective_index(action: CorporateAction, bars: Columns) -> int:
    """The first bar of a session at or after the ex-date."""
    return int(np.searchsorted(bars.session, ex_day(action)))


def adjusted(bars: Columns, first: int, adjustment: Adjustment, actions: list[Effective], whole: Columns) -> Columns:
    """Bars of which the first is the symbol's bar number `first`, as if the actions had always been; `whole` are all of
    the symbol's bars, of which closes are taken."""
    factor, volume_factor = np.ones(len(bars)), np.ones(len(bars))
    for effective in actions:
        before = slice(0, max(0, min(effective.index - first, len(bars))))
        match effective.action:
            case Split(ratio=ratio) if adjustment.is_for_splits:
                factor[before] /= float(ratio)
                volume_factor[before] *= float(ratio)
            case Dividend(amount=amount) if adjustment.is_for_dividends:
                factor[before] *= _without(amount, effective.index, whole)
            case Split() | Dividend() | Delisting():
                pass
    if (factor == 1).all():
        return bars
    return _scaled(bars, factor, bars.volume * volume_factor)


def rescaled(bars: Columns, ratio: Fraction, decimals: int) -> Columns:
    """Bars on the scale after a split of so many new shares for each old one."""
    times = float(ratio)
    prices = {name: np.round(getattr(bars, name) / times, decimals) for name in ("open", "high", "low", "close")}
    return replace(bars, **prices, volume=np.round(bars.volume * times))


def _without(amount: Decimal, index: int, whole: Columns) -> float:
    """What is left of a price when a dividend has gone, as a share of the last close before it in a session."""
    before = np.flatnonzero(whole.regular[:index])
    if not len(before):
        return 1.0
    close = float(whole.close[before[-1]])
    return max(1 - float(amount) / close, 0.0)


def _scaled(bars: Columns, factor: Float64, volume: Float64) -> Columns:
    prices = {name: np.round(getattr(bars, name) * factor, _DECIMALS) for name in ("open", "high", "low", "close")}
    return replace(bars, **prices, volume=np.round(volume))
