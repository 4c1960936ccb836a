"""What the account was worth, in steps of a timeframe."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from weaver.model.numbers.money import CASH_ONE
from weaver.rehearsal.trading.reading import instant
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.hours import day_before, local_date
from weaver.rehearsal.venue.times import SECOND, date_of
from weaver.rehearsal.venue.venue import Venue

DAY = 86_400 * SECOND
STEPS: Mapping[str, int] = {
    "1Min": 60 * SECOND, "5Min": 300 * SECOND, "15Min": 900 * SECOND, "1H": 3_600 * SECOND, "1D": DAY,
}  # fmt: skip
PERIODS: Mapping[str, int] = {"D": 1, "W": 7, "M": 31, "A": 366}
"""In days."""
_PERIOD = re.compile(r"(\d{1,3})([DWMA])").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Instants in ns."""

    timeframe: str
    since: int
    until: int


def read_span(query: Mapping[str, str], now: int) -> Span:
    """Which history was asked for: a month, in days, unless said otherwise. Raises Refused."""
    period = _PERIOD(query.get("period") or "1M")
    if period is None:
        raise bad_input("invalid period")
    days = int(period[1]) * PERIODS[period[2]]
    timeframe = query.get("timeframe") or ("1Min" if days < 7 else "15Min" if days < 30 else "1D")
    if timeframe not in STEPS:
        raise bad_input("invalid timeframe")
    until = instant(query, "end") or instant(query, "date_end")
    until = now if until is None else until
    since = instant(query, "start")
    return Span(timeframe=timeframe, since=until - days * DAY if since is None else since, until=until)


def span_json(venue: Venue, span: Span) -> Mapping[str, object]:
    """Columns of the same length. Profits are counted from what the account began with."""
    venue.history.note(venue.clock.now, venue.account.equity)
    points = venue.history.every(STEPS[span.timeframe], span.since, span.until)
    base = venue.base_equity
    return {
        "timestamp": [one.at // SECOND for one in points],
        "equity": [one.equity / CASH_ONE for one in points],
        "profit_loss": [(one.equity - base) / CASH_ONE for one in points],
        "profit_loss_pct": [(one.equity - base) / base if base else None for one in points],
        "base_value": base / CASH_ONE,
        "base_value_asof": date_of(day_before(local_date(venue.created_at)).day).isoformat(),
        "timeframe": span.timeframe,
        "cashflow": {},
    }
