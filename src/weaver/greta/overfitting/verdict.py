"""What follows from the figures, in one sentence."""

import math
from dataclasses import dataclass
from enum import StrEnum

LUCK_BELOW = 0.90
"""A deflated probability under this is luck."""
SKILL_FROM = 0.95
"""From here on it is the usual level of a test."""
OVERFIT_ABOVE = 0.5
"""A probability of overfitting above this: the best of the past is worse than the middle of the field."""
OVERFIT_BELOW = 0.2
P_BELOW = 0.05
"""A reality check's p-value above this is no evidence."""


class Outcome(StrEnum):
    """What to make of the best trial."""

    UNKNOWN = "unknown"
    LOSS = "loss"
    LUCK = "luck"
    DOUBT = "doubt"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A code for programs and a sentence for people."""

    code: Outcome
    sentence: str


def verdict(
    *,
    trials: int,
    counted: int,
    sharpe: float | None,
    deflated: float | None,
    overfitting: float | None = None,
    p_value: float | None = None,
) -> Verdict:
    """What follows of the best of `trials`, `counted` with all earlier ones.

    `sharpe` is a year's, `deflated` the deflated Sharpe ratio at `counted` trials, `overfitting` the probability of
    backtest overfitting, `p_value` Hansen's consistent one; None: could not be said. In this order: no Sharpe ratio, or
    no deflated one: unknown; not above 0: a loss; deflated below 0.90 or PBO above 0.5: luck; deflated below 0.95, PBO
    of 0.2 or more, or a p-value above 0.05: doubt; else it holds.
    """
    tried = f"the best of {trials:,} trials" if trials != 1 else "the only trial"
    if sharpe is None or deflated is None:
        return Verdict(
            code=Outcome.UNKNOWN, sentence=f"What {tried} is worth cannot be said: its returns say too little."
        )
    start = f"{tried[0].upper()}{tried[1:]} has a Sharpe ratio of {sharpe:.1f}"
    if sharpe <= 0.0:
        return Verdict(code=Outcome.LOSS, sentence=f"{start}: none of them earns anything.")
    all_trials = f"{counted:,} trials" if counted != 1 else "one trial"
    chance = f"{start}; after counting {all_trials} its deflated probability is {_at_least(deflated)}"
    if deflated < LUCK_BELOW:
        return Verdict(code=Outcome.LUCK, sentence=f"{chance}: treat it as luck.")
    if overfitting is not None and overfitting > OVERFIT_ABOVE:
        more = f"but the best of one half of the time ends below the middle in {_at_most(overfitting)} of the others"
        return Verdict(code=Outcome.LUCK, sentence=f"{chance}, {more}: treat it as luck.")
    doubts = _doubts(deflated, overfitting, p_value)
    if doubts:
        return Verdict(code=Outcome.DOUBT, sentence=f"{chance}: doubt it, as {' and '.join(doubts)}.")
    return Verdict(code=Outcome.HOLDS, sentence=f"{chance}: luck alone hardly explains it.")


def _doubts(deflated: float, overfitting: float | None, p_value: float | None) -> list[str]:
    doubts = []
    if deflated < SKILL_FROM:
        doubts.append("that is less than 95 %")
    if overfitting is not None and overfitting >= OVERFIT_BELOW:
        doubts.append(f"the probability of overfitting is {_at_most(overfitting)}")
    if p_value is not None and p_value > P_BELOW:
        doubts.append(f"luck does as well in {_at_most(p_value)} of all draws")
    return doubts


def _at_least(share: float) -> str:
    """Whole percent, rounded down: what is not quite 95 % is not called so."""
    return _percent(share, math.floor(round(share * 100.0, 6)))


def _at_most(share: float) -> str:
    """Whole percent, rounded up."""
    return _percent(share, math.ceil(round(share * 100.0, 6)))


def _percent(share: float, whole: int) -> str:
    """Never 0 % or 100 % of what is neither, as a space and its sign are written."""
    if whole == 0 and share > 0.0:
        return "under 1 %"
    if whole == 100 and share < 1.0:
        return "over 99 %"
    return f"{whole} %"
