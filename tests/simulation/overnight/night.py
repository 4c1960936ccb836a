"""What lies between two days of trading, and when each thing of it happens, in seconds since the world's start."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from random import Random

from tests.simulation.world import START

OPEN, CLOSE = time(14, 30), time(21, 0)
"""Of New York's market in March, before the clocks change, by UTC."""
HOUR = 3600.0
CLOSES_AT, SPLITS_AT, OPENS_AT = 6 * HOUR, 18 * HOUR, 23.5 * HOUR
"""The day's close, 04:00 in New York of the next one, and its open."""
BEFORE_CLOSE, AFTER_CLOSE, BEFORE_SPLIT, AFTER_SPLIT, BEFORE_OPEN, AFTER_OPEN = 100.0, 25.0, 30.0, 40.0, 60.0, 95.0
"""Seconds of a seed; all between them is left out."""
RATIOS = (Fraction(2), Fraction(3), Fraction(3, 2), Fraction(1, 2), Fraction(1, 3))


@dataclass(frozen=True, kw_only=True)
class Night:
    """One that a seed goes over."""

    splits: dict[str, Fraction]
    """New shares for old ones, of the symbols that split."""
    sleeps: tuple[bool, bool]
    """Whether the server is off over each part of it that is left out."""

    begins_at: float = CLOSES_AT - BEFORE_CLOSE
    leaps: tuple[tuple[float, float], ...] = (
        (CLOSES_AT + AFTER_CLOSE, SPLITS_AT - BEFORE_SPLIT),
        (SPLITS_AT + AFTER_SPLIT, OPENS_AT - BEFORE_OPEN),
    )
    """From when to when nothing happens."""
    faults_seconds: float = BEFORE_CLOSE + AFTER_CLOSE + BEFORE_SPLIT + AFTER_SPLIT + BEFORE_OPEN + AFTER_OPEN


def night_of(chance: Random, symbols: list[str]) -> Night | None:
    """A seed's, if it has one."""
    if chance.random() >= 0.3:
        return None
    return Night(
        splits={symbol: chance.choice(RATIOS) for symbol in symbols if chance.random() < 0.6},
        sleeps=(chance.random() < 0.5, chance.random() < 0.5),
    )


def is_open(now: datetime) -> bool:
    """Whether orders of the regular session fill."""
    return OPEN <= now.time() < CLOSE


def closes(now: datetime) -> datetime:
    """The close at which a day order ends that is placed now."""
    at = datetime.combine(now.date(), CLOSE, tzinfo=START.tzinfo)
    return at if now < at else at + timedelta(days=1)
