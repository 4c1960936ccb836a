"""Timeframes as Alpaca's requests spell them."""

import re

from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe, Unit
from weaver.rehearsal.answers import Refused

_SPELLING = re.compile(r"([1-9][0-9]?)(Min|T|Hour|H|Day|D|Week|W|Month|M)")
_MOST = {"Min": 59, "T": 59, "Hour": 23, "H": 23, "Day": 1, "D": 1, "Week": 1, "W": 1, "Month": 12, "M": 12}


def parse_timeframe(text: str) -> Timeframe:
    """1-59Min, 1-23Hour, 1Day, 1Week, 1-12Month, and their short forms (T H D W M). Raises Refused."""
    match = _SPELLING.fullmatch(text)
    if match is None or int(match[1]) > _MOST[match[2]]:
        raise Refused(400, 40010001, f"invalid timeframe: {text[:40]}")
    count, unit = int(match[1]), match[2]
    match unit[0]:
        case "W":
            return Timeframe.of(count, Unit.WEEK)
        case "D":
            return Timeframe(DAY)
        case "H":
            return Timeframe(count * HOUR)
    return Timeframe(count * MINUTE) if unit in ("Min", "T") else Timeframe.of(count, Unit.MONTH)
