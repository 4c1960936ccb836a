"""What a Sharpe ratio is worth, given how long its record is and how many trials it is the best of.

Sharpe ratios are of one period (not annualised) throughout, and kurtosis is in excess of the normal distribution's.
"""

import math
from statistics import NormalDist

from weaver.greta.results.statistics import probabilistic_sharpe

CONFIDENCE = 0.95
_NORMAL = NormalDist()
_EULER_MASCHERONI = 0.577215664901532860606512090082402431


def expected_max_sharpe(*, variance: float, trials: float) -> float:
    """The highest Sharpe ratio to expect of so many independent trials without any skill.

    √V · ((1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e))), with the variance V of the trials' Sharpe ratios (Bailey and
    López de Prado 2014, *The Deflated Sharpe Ratio*, equation 1). Of one trial or less, nothing was selected: 0.
    """
    if not trials > 1.0:
        return 0.0
    once = _NORMAL.inv_cdf(1.0 - 1.0 / trials)
    further = _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return max(0.0, math.sqrt(variance) * ((1.0 - _EULER_MASCHERONI) * once + _EULER_MASCHERONI * further))


def deflated_sharpe(
    *, sharpe: float, skew: float, excess_kurtosis: float, count: int, variance: float, trials: float
) -> float | None:
    """The probability that the true Sharpe ratio is above the highest that luck brings (the same, equation 2).

    The probabilistic Sharpe ratio of `count` returns against `expected_max_sharpe`; None where that is undefined.
    """
    return probabilistic_sharpe(
        sharpe=sharpe,
        skew=skew,
        excess_kurtosis=excess_kurtosis,
        count=count,
        benchmark=expected_max_sharpe(variance=variance, trials=trials),
    )


def min_track_record(
    *, sharpe: float, skew: float, excess_kurtosis: float, benchmark: float = 0.0, confidence: float = CONFIDENCE
) -> float | None:
    """How many returns it takes until a Sharpe ratio is above `benchmark` with such confidence.

    1 + (1 - skew·SR + (kurtosis + 2)/4·SR²) · (Φ⁻¹(confidence) ÷ (SR - benchmark))² (Bailey and López de Prado 2012,
    *The Sharpe Ratio Efficient Frontier*, equation 13). None where no record is long enough: SR is not above
    `benchmark`, or the moments allow no standard error.
    """
    spread = 1.0 - skew * sharpe + (excess_kurtosis + 2.0) / 4.0 * sharpe * sharpe
    if not sharpe > benchmark or not spread > 0.0:
        return None
    return 1.0 + spread * (_NORMAL.inv_cdf(confidence) / (sharpe - benchmark)) ** 2


def familywise_probability(*, probability: float, trials: float) -> float:
    """The probability that not one of so many independent trials without skill looks as good as the best did.

    probability ^ trials, with the best's probabilistic Sharpe ratio against 0 (Šidák 1967; López de Prado and Lewis
    2019, section 4): where nothing has skill it is uniform, so that 0.95 is exceeded in 5 % of all searches.
    """
    return math.pow(probability, max(1.0, trials))
