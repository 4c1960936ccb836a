"""The equity of an account that is shared out among strategies, and shared out anew from time to time."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.statistics import session_bounds
from weaver.model.numbers.money import CASH_ONE
from weaver.research.portfolio.members import Floats, Members


class Rebalance(StrEnum):
    """When the account is shared out anew: before the first session of each."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joined:
    """What an account of some cash came to. Columns are the members', in their order."""

    equity: Floats
    """Shape (rows,)."""
    scale: Floats
    """Money of the account for one of each member's own, shape (rows, members)."""
    starts: NDArray[np.intp]
    """The rows before which the account was shared out, the first one among them."""
    weights: Floats
    """The shares then, shape (starts, members)."""
    profit: tuple[int, ...]
    """What each member added, in units of 1e-8: their sum is what the account gained, to the last unit."""


def joined(members: Members, *, cash: float, rebalance: Rebalance, weigh: Callable[[Floats], Floats]) -> Joined:
    """Share `cash` out, and again at each rebalancing, free of cost.

    `weigh` gives the shares, in sum 1 or less, of the members' returns in all sessions before, shape (sessions,
    members); what is not shared out lies idle.
    """
    rows = len(members.timestamp)
    first, _ = session_bounds(members.session)
    starts = first[_begins(members.session[first], rebalance)]
    returns = members.session_returns()
    equity, scale = np.empty(rows), np.empty((rows, len(members.before)))
    profit, shares, held = [0] * len(members.before), [], cash
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), rows], strict=True):
        weights = weigh(returns[: int(np.searchsorted(first, start))])
        before = members.growth[start - 1] if start else np.ones(len(members.before))
        sleeves = weights * held * (members.growth[start:stop] / before)
        equity[start:stop] = sleeves.sum(axis=1) + (1.0 - weights.sum()) * held
        scale[start:stop] = weights * held / (before * members.before)
        gained = sleeves[-1] - weights * held
        profit = [total + round(one * CASH_ONE) for total, one in zip(profit, gained.tolist(), strict=True)]
        shares.append(weights)
        held = float(equity[stop - 1])
    return Joined(equity=equity, scale=scale, starts=starts, weights=np.array(shares), profit=tuple(profit))


def _begins(session: NDArray[np.integer[Any]], rebalance: Rebalance) -> NDArray[np.bool_]:
    """Which sessions (days since the epoch) are the first of their period; the very first always is."""
    day = session.astype("datetime64[D]")
    month = day.astype("datetime64[M]").astype(np.int64)
    period = {
        Rebalance.NEVER: np.zeros(len(session), dtype=np.int64),
        Rebalance.DAILY: session,
        Rebalance.WEEKLY: (session + 3) // 7,  # 1970 began on a Thursday
        Rebalance.MONTHLY: month,
        Rebalance.QUARTERLY: month // 3,
        Rebalance.YEARLY: month // 12,
    }[rebalance]
    return np.append(True, period[1:] != period[:-1])
