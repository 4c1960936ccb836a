"""Columns as a table of HTML, for a notebook."""

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from math import floor, isfinite, log10
from typing import Any

from weaver.model.counted import counted
from weaver.model.numbers.money import plain

_RIGHT = ' style="text-align:right"'
_WHOLE = ' style="text-align:right;white-space:nowrap"'
"""Of an instant, which a narrow page would break."""

SHOWN = 20
"""Rows that are shown; of more, the first and the last."""


def shown_rows(count: int) -> list[int]:
    """Which of so many rows are shown."""
    ends = SHOWN // 2
    return [*range(count)] if count <= SHOWN else [*range(ends), *range(count - ends, count)]


def html_table(columns: Mapping[str, Sequence[Any]], *, times: Set[str], count: int) -> str:
    """Columns of one length, the `shown_rows` of `count`; `times`: those that are instants, ns."""
    rows = list(zip(*columns.values(), strict=True))
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = [_row([name in times for name in columns], row) for row in rows]
    if len(rows) < count:
        lines.insert(SHOWN // 2, f'<tr><td colspan="{len(columns)}">… {count - len(rows):,} more …</td></tr>')
    told = counted(count, "row")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table><p>{told}</p>"


def _row(are_times: Sequence[bool], row: Sequence[Any]) -> str:
    cells = (_cell(value, is_time=is_time) for is_time, value in zip(are_times, row, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: Any, *, is_time: bool) -> str:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    style = _WHOLE if is_time or isinstance(value, datetime) else _RIGHT if is_number else ""
    return f"<td{style}>{escape(_text(value, is_time=is_time))}</td>"


def _text(value: Any, *, is_time: bool) -> str:
    match value:
        case None:
            return "–"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case int() if is_time:
            return f"{datetime.fromtimestamp(value // 10**9, UTC):%Y-%m-%d %H:%M:%S}"
        case Decimal():
            return plain(value)
        case float():
            return _number(value)
        case _:
            return str(value)


def _number(value: float) -> str:
    """Eight digits, two decimals at least; what is undefined is a dash."""
    if not isfinite(value):
        return "–"
    decimals = 8 if value == 0 else min(max(7 - floor(log10(abs(value))), 2), 12)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".")
