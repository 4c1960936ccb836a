"""What was borrowed overnight: cash and shares, for which a run charges nothing yet."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.curve import Curve
from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.counted import counted

_CENT = 0.01


def about_financing(curve: Curve, rules: AccountRules) -> list[tuple[str, str]]:
    """Nights on which cash was borrowed, or something was short, and how much at most. A cash account does neither."""
    if rules.kind is not AccountKind.MARGIN:
        return []
    nights = np.flatnonzero(np.diff(curve.session))
    found = []
    cash = -curve.cash[nights]
    if cash.size and cash.max() >= _CENT:
        found.append(f"cash was borrowed on {_nights(cash)}, {cash.max():,.2f} at most")
    short = np.zeros(0) if curve.short is None else curve.short[nights]
    if short.size and short.max() >= _CENT:
        found.append(f"positions worth {short.max():,.2f} at most were short on {_nights(short)}")
    if not found:
        return []
    return [("free_financing", f"{' and '.join(found)}: neither interest nor a fee for borrowing is charged")]


def _nights(amounts: NDArray[np.float64]) -> str:
    count = int(np.count_nonzero(amounts >= _CENT))
    return counted(count, "night")
