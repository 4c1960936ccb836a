"""Columns as a table of HTML, for a notebook."""

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from typing import Any

from weaver.model.numbers.money import plain

_RIGHT = ' style="text-align:right"'


def html_table(columns: Mapping[str, Sequence[Any]], *, times: Set[str], count: int, gap: int) -> str:
    """Columns of one length; `times`: those that are instants, ns; `count`: of how many rows they are the first `gap`,
    and the last."""
    rows = list(zip(*columns.values(), strict=True))
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = [_row([name in times for name in columns], row) for row in rows]
    if len(rows) < count:
        lines.insert(gap, f'<tr><td colspan="{len(columns)}">… {count - len(rows):,} more …</td></tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table><p>{count:,} rows</p>"


def _row(are_times: Sequence[bool], row: Sequence[Any]) -> str:
    cells = (_cell(value, is_time=is_time) for is_time, value in zip(are_times, row, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: Any, *, is_time: bool) -> str:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return f"<td{_RIGHT if is_number else ''}>{escape(_text(value, is_time=is_time))}</td>"


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
            return f"{value:,.6g}"
        case _:
            return str(value)
