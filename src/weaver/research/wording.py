"""What errors say of options, in the words of whoever reads them."""

import re

_COLUMNS = re.compile(r"--columns (\w+)=(\w+)")
_VALUE = re.compile(r"--(date-order|decimal|price-scale|empty-rows) (dmy|mdy|ymd|[.,]|\d+|drop|refuse)")
_ALONE = re.compile(
    r"--(date-order|decimal|price-scale|empty-rows|columns|tz|timeframe|asset|calendar|multiplier|margin|tick|lot)\b"
)


def in_python(text: str) -> str:
    """A message that names options of the command line, with keywords of `weaver.backtest` in their place."""
    text = _COLUMNS.sub(r'columns={"\1": "\2"}', text)
    text = _VALUE.sub(lambda found: f"{_keyword(found[1])}={_literal(found[2])}", text)
    return _ALONE.sub(lambda found: f"{_keyword(found[1])}=", text)


def _keyword(option: str) -> str:
    return option.replace("-", "_")


def _literal(value: str) -> str:
    return value if value.isdigit() else f'"{value}"'
