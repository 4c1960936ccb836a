"""Numbers as people write them: `$1,203.50`, `1.203,50 €`, `1.2M`, `null`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from weaver.model.errors import DataError
from weaver.model.market.bars import PRICES
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.spelling import DecimalMark

_MISSING = ("", "null", "nan", "na", "n/a", "#n/a", "none", "nil", "-", "--", ".")
"""What stands where there is no number, in small letters."""
_CURRENCY = "[$€£¥₹₿]"
_BLANK = r"[\s\x{00a0}\x{202f}]"
_BETWEEN = r"[\s\x{00a0}\x{202f}'’]"
"""What separates thousands in Switzerland and France. Elsewhere in a number it does not: 432'4 is 432 and 4/8."""
_APART = rf"^[-+]?\d{{1,3}}(?:{_BETWEEN}\d{{3}})+(?:[.,]\d*)?[a-zA-Z.]*$"
_THIRTY_SECONDS = r"^\d{2,3}['’](?:[0-2]\d|3[01])[0257]$"
"""112'160 of a bond: 112 and 16/32."""
_SUFFIXES = {"[kK]": "e3", "[mM]": "e6", "[bB]|[mM]rd\\.?": "e9", "[tT]": "e12"}
_POINT, _COMMA = r"\.", ","
_QUOTED = 60


def spelled_numbers(
    columns: Mapping[str, pa.ChunkedArray],
    decimal: DecimalMark | None,
    *,
    origin: Origin,
    is_local: bool = False,
) -> dict[str, pa.ChunkedArray]:
    """Texts by the name of their column as float64, null where no number stands.

    The same marks are taken for decimals and thousands throughout: `decimal`, or those that the numbers show. is_local:
    the file is from where points separate thousands, so that 1.234 alone is not clear. Raises
    DataError naming the first row that is no number, and where the marks could be either.
    """
    _check_fractions(columns, origin)
    bare = {name: _bare(column) for name, column in columns.items()}
    mark = decimal or _mark(bare, origin, is_local=is_local)
    return {name: _numbers(bare[name], columns[name], name, mark, origin) for name in columns}


def _bare(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without currency, blanks and the words for nothing; `1.2M` as 1.2e6."""
    text = pc.replace_substring_regex(column, _CURRENCY, "")
    text = pc.replace_substring_regex(text, rf"^{_BLANK}+|{_BLANK}+$", "")
    text = pc.replace_substring_regex(text, rf"{_BLANK}+([a-zA-Z])", r"\1")
    is_apart = pc.match_substring_regex(text, _APART)
    text = pc.if_else(is_apart, pc.replace_substring_regex(text, _BETWEEN, ""), text)
    is_missing = pc.is_in(pc.utf8_lower(text), value_set=pa.array(_MISSING))
    text = pc.if_else(is_missing, pa.scalar(None, pa.string()), text)
    for suffix, power in _SUFFIXES.items():
        text = pc.replace_substring_regex(text, rf"^([-+]?[0-9.,]*[0-9])(?:{suffix})$", rf"\1{power}")
    return text


def _check_fractions(columns: Mapping[str, pa.ChunkedArray], origin: Origin) -> None:
    """Raises DataError where all prices could have 32nds behind an apostrophe, or thousands."""
    prices = [column for name, column in columns.items() if name in PRICES]
    if prices and all(pc.all(pc.match_substring_regex(column, _THIRTY_SECONDS)).as_py() for column in prices):
        text = prices[0][0].as_py()
        whole, part = text[:-4], text[-3:-1]
        raise origin.error(
            0, f"price {text!r} could be {whole}{text[-3:]} or {whole} and {part}/32: write the prices with decimals"
        )


def _mark(columns: Mapping[str, pa.ChunkedArray], origin: Origin, *, is_local: bool) -> DecimalMark:
    """What all numbers show to stand before their decimals. Prices show it themselves: a volume that is written in
    another way than they are must not turn 1,203 into 1203."""
    prices = {name: column for name, column in columns.items() if name in PRICES}
    others = {name: column for name, column in columns.items() if name not in PRICES}
    shown = _Shown.by(prices)
    beside = _Shown.by(others)
    for both in (shown, beside):
        if both.point is not None and both.comma is not None:
            raise _two_marks(both.point, both.comma, origin)
    if shown.comma is not None and beside.point is not None:
        raise _two_marks(shown.comma, beside.point, origin)
    if shown.point is not None and beside.comma is not None:
        raise _two_marks(shown.point, beside.comma, origin)
    if shown.point is None and shown.comma is None:
        either = shown.either_point or beside.either_point
        if is_local and either is not None and beside.point is None and beside.comma is None:
            raise _either(either, origin)
        if shown.either_comma is not None:
            raise _either(shown.either_comma, origin)
        if shown.either_point is not None and beside.comma is not None:
            raise _either(shown.either_point, origin)
        if (
            shown.either_point is None
            and beside.point is None
            and beside.comma is None
            and beside.either_comma is not None
        ):
            raise _either(beside.either_comma, origin)
    return DecimalMark.COMMA if (shown.comma or beside.comma) is not None else DecimalMark.POINT


_Cell = tuple[int, str, str]
"""Row, column and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """The first numbers of some columns that show a mark before decimals, and the first that leave it open."""

    point: _Cell | None
    comma: _Cell | None
    either_point: _Cell | None
    either_comma: _Cell | None

    @classmethod
    def by(cls, columns: Mapping[str, pa.ChunkedArray]) -> "_Shown":
        return cls(
            point=_first(columns, _decimals(_POINT, _COMMA)),
            comma=_first(columns, _decimals(_COMMA, _POINT)),
            either_point=_first(columns, _thousand(_POINT)),
            either_comma=_first(columns, _thousand(_COMMA)),
        )


def _two_marks(one: _Cell, other: _Cell, origin: Origin) -> DataError:
    first, later = sorted((one, other))
    return origin.error(
        later[0],
        f"{later[1]} {later[2]!r} has another decimal mark than {first[1]} {first[2]!r}: --decimal . or --decimal , "
        "says which is meant",
    )


def _either(cell: _Cell, origin: Origin) -> DataError:
    row, name, text = cell
    whole, part = text.replace(",", "").replace(".", ""), text.replace(",", ".")
    by_point, by_comma = (part, whole) if "." in text else (whole, part)
    return origin.error(row, f"{name} {text!r} could be {by_point} (--decimal .) or {by_comma} (--decimal ,)")


def _thousand(mark: str) -> str:
    """Numbers with three digits behind a mark, which could be decimals or thousands."""
    return rf"^[-+]?[1-9]\d{{0,2}}{mark}\d{{3}}(e\d+)?$"


def _decimals(mark: str, other: str) -> str:
    """Numbers in which only `mark` can stand before decimals: three digits could be thousands behind it, if there are
    any before; and what stands there several times, or first of both, separates thousands."""
    own = rf"\d*{mark}(?:\d{{0,2}}|\d{{4,}})|0*{mark}\d+"
    both = rf"\d{{1,3}}(?:{other}\d{{2,3}})+{mark}\d*"
    several = rf"\d{{1,3}}(?:{other}\d{{2,3}}){{2,}}"
    return rf"^[-+]?(?:{own}|{both}|{several})(?:[eE][-+]?\d+)?$"


def _first(columns: Mapping[str, pa.ChunkedArray], pattern: str) -> tuple[int, str, str] | None:
    """The first row with a number that is written so: row, column, text."""
    found = []
    for name, column in columns.items():
        row = pc.index(pc.match_substring_regex(column, pattern), True).as_py()
        if row >= 0:
            found.append((row, name, column[row].as_py()))
    return min(found, default=None)


def _numbers(
    bare: pa.ChunkedArray, written: pa.ChunkedArray, name: str, mark: DecimalMark, origin: Origin
) -> pa.ChunkedArray:
    point, thousands = (_COMMA, _POINT) if mark is DecimalMark.COMMA else (_POINT, _COMMA)
    whole = rf"^[-+]?(?:\d+|\d{{1,3}}(?:{thousands}\d{{2,3}})*{thousands}\d{{3}})?(?:{point}\d*)?(?:[eE][-+]?\d+)?$"
    is_number = pc.fill_null(pc.match_substring_regex(bare, whole), True)
    row = pc.index(is_number, False).as_py()
    if row >= 0:
        raise _bad(row, name, written, origin)
    text = pc.replace_substring(bare, thousands[-1], "")
    try:
        return pc.replace_substring(text, point[-1], ".").cast(pa.float64())
    except pa.ArrowInvalid as error:
        for row, one in enumerate(text.to_pylist()):
            if one is not None and re.search(r"\d", one) is None:
                raise _bad(row, name, written, origin) from error
        raise DataError(f"{origin.name}: column {name} holds something that is not a number") from error


def _bad(row: int, name: str, written: pa.ChunkedArray, origin: Origin) -> DataError:
    text = written[row].as_py()
    return origin.error(row, f"{name} is empty" if not text else f"{name} {text[:_QUOTED]!r} is not a number")
