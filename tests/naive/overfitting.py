"""The figures of overfitting once more: plain loops over lists, written from the papers. Slow, and to be read."""

import math
from itertools import combinations
from statistics import NormalDist, fmean

Row = list[float]
Table = list[Row]
"""One row for each trial: its returns in order."""


def sharpe(returns: Row) -> float:
    mean = fmean(returns)
    variance = sum((one - mean) ** 2 for one in returns) / (len(returns) - 1)
    return mean / math.sqrt(variance) if variance > 1e-30 else 0.0


def moment(returns: Row, power: int) -> float:
    """A standardised central moment: 3 is skewness, 4 kurtosis (3 of the normal distribution)."""
    mean = fmean(returns)
    deviation = math.sqrt(fmean((one - mean) ** 2 for one in returns))
    return fmean(((one - mean) / deviation) ** power for one in returns)


def psr(returns: Row, benchmark: float) -> float:
    """Bailey and López de Prado 2012, equation 11."""
    ratio = sharpe(returns)
    error = math.sqrt((1 - moment(returns, 3) * ratio + (moment(returns, 4) - 1) / 4 * ratio**2) / (len(returns) - 1))
    return NormalDist().cdf((ratio - benchmark) / error)


def dsr(trials: Table, count: float) -> float:
    """Bailey and López de Prado 2014, of the trial with the highest Sharpe ratio."""
    ratios = [sharpe(returns) for returns in trials]
    mean = fmean(ratios)
    variance = sum((one - mean) ** 2 for one in ratios) / (len(ratios) - 1)
    gamma = 0.5772156649015329
    inverse = NormalDist().inv_cdf
    luck = (1 - gamma) * inverse(1 - 1 / count) + gamma * inverse(1 - 1 / count / math.e)
    return psr(trials[ratios.index(max(ratios))], math.sqrt(variance) * luck)


def cscv(trials: Table, blocks: int) -> list[tuple[float, float, float]]:
    """Of each combination: logit, Sharpe ratio in sample, and out of sample (Bailey et al. 2016, section 2)."""
    periods = len(trials[0])
    bounds = [number * periods // blocks for number in range(blocks + 1)]
    found = []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = [day for block in chosen for day in range(bounds[block], bounds[block + 1])]
        outside = [day for day in range(periods) if day not in set(inside)]
        past = [sharpe([returns[day] for day in inside]) for returns in trials]
        future = [sharpe([returns[day] for day in outside]) for returns in trials]
        best = past.index(max(past))
        rank = sum(one < future[best] for one in future) + (sum(one == future[best] for one in future) + 1) / 2
        share = rank / (len(trials) + 1)
        found.append((math.log(share / (1 - share)), past[best], future[best]))
    return found


def bootstrap_variance(returns: Row, length: float) -> float:
    """n times the variance of the stationary bootstrap's mean (Politis and Romano 1994; Hansen 2005, p. 372)."""
    n, p, mean = len(returns), 1 / length, fmean(returns)
    apart = [one - mean for one in returns]
    total = sum(one * one for one in apart) / n
    for lag in range(1, n):
        weight = (n - lag) / n * (1 - p) ** lag + lag / n * (1 - p) ** (n - lag)
        total += 2 * weight * sum(apart[day] * apart[day + lag] for day in range(n - lag)) / n
    return total


def reality_check(trials: Table, orders: list[list[int]], length: float) -> dict[str, float]:
    """p-values of White 2000 and Hansen 2005, from orders of periods that were drawn."""
    n = len(trials[0])
    root = math.sqrt(n)
    means = [fmean(returns) for returns in trials]
    deviations = [math.sqrt(bootstrap_variance(returns, length)) for returns in trials]
    limit = math.sqrt(2 * math.log(math.log(n)))
    white = root * max(means)
    spa = max(0.0, *(root * mean / deviation for mean, deviation in zip(means, deviations, strict=True)))
    hits = {"white": 0, "lower": 0, "consistent": 0, "upper": 0}
    for order in orders:
        drawn = [fmean(returns[day] for day in order) for returns in trials]
        hits["white"] += max(root * (a - b) for a, b in zip(drawn, means, strict=True)) >= white
        for name in ("lower", "consistent", "upper"):
            highest = 0.0
            for star, mean, deviation in zip(drawn, means, deviations, strict=True):
                shift = {
                    "lower": max(mean, 0.0),
                    "consistent": mean if root * mean / deviation >= -limit else 0.0,
                    "upper": mean,
                }[name]
                highest = max(highest, root * (star - shift) / deviation)
            hits[name] += highest >= spa
    return {name: count / len(orders) for name, count in hits.items()}


def silhouette(distance: Table, labels: list[int]) -> float:
    """The mean over all members (Rousseeuw 1987)."""
    values = []
    for one, own in enumerate(labels):
        mates = [distance[one][other] for other, label in enumerate(labels) if label == own and other != one]
        if not mates:
            values.append(0.0)
            continue
        strangers = min(
            fmean(distance[one][other] for other, label in enumerate(labels) if label == foreign)
            for foreign in set(labels) - {own}
        )
        inner = fmean(mates)
        widest = max(inner, strangers)
        values.append((strangers - inner) / widest if widest else 0.0)
    return fmean(values)


def partitions(distance: Table) -> list[list[int]]:
    """Average linkage, by looking at all pairs each time: the labels after each merge."""
    clusters = [[one] for one in range(len(distance))]
    found = []
    while len(clusters) > 1:
        pairs = combinations(range(len(clusters)), 2)
        a, b = min(pairs, key=lambda pair: _apart(distance, clusters[pair[0]], clusters[pair[1]]))
        clusters[a] += clusters.pop(b)
        labels = [0] * len(distance)
        for number, members in enumerate(sorted(clusters, key=min)):
            for member in members:
                labels[member] = number
        found.append(labels)
    return found


def _apart(distance: Table, one: list[int], other: list[int]) -> float:
    return fmean(distance[a][b] for a in one for b in other)


def purged(sessions: int, tested: list[range], ends: list[int], embargo: int) -> list[int]:
    """López de Prado 2018, snippets 7.1 and 7.2, session by session."""
    kept = []
    for day in range(sessions):
        clear = True
        for stretch in tested:
            first, last = stretch[0], max(ends[one] for one in stretch)
            begins_within = first <= day <= last + embargo
            ends_within = first <= ends[day] <= last
            around = day <= first and last <= ends[day]
            clear = clear and not (begins_within or ends_within or around)
        if clear:
            kept.append(day)
    return kept
