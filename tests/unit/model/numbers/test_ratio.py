"""The ratio of a split, as files, vendors and people write it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.account.position import Position
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.ratio import may_be_rounded_from, ratio_text, split_ratio
from weaver.walle.bars.folder.catalogue import corporate_action_json, corporate_action_of


@pytest.mark.parametrize(
    ("written", "new", "old"),
    [
        ("4", 4, 1), ("4.0", 4, 1), (4, 4, 1), (1.5, 3, 2), (Decimal("0.1"), 1, 10), (Fraction(2, 7), 2, 7),
        # new over old, as Yahoo has it: 2:1 doubles the shares, 1:3 leaves a third of them
        ("2:1", 2, 1), ("3:2", 3, 2), ("1/3", 1, 3), ("1:3", 1, 3), (" 7 : 2 ", 7, 2), ("1-for-15", 1, 15),
        ("3 for 2", 3, 2), ("1.5:3", 1, 2), ("1231:1000", 1231, 1000),
        # decimals that are evidently fractions, rounded or cut
        ("0.3333333333333333", 1, 3), ("0.333333", 1, 3), ("0.333", 1, 3), ("0.667", 2, 3), ("0.6666", 2, 3),
        ("0.14285714285714285", 1, 7), ("0.143", 1, 7), ("0.0666666666666667", 1, 15), ("0.066667", 1, 15),
        ("1.333333", 4, 3), ("0.02857", 1, 35), (1 / 49, 1, 49), (5 / 7, 5, 7), (0.1 + 0.2, 3, 10),
        # decimals that may be just what they say
        ("1.231", 1231, 1000), ("1.281", 1281, 1000), ("1.002746", 1002746, 10**6), ("1.998", 1998, 1000),
        ("0.33", 33, 100), ("0.067", 67, 1000), ("0.9999", 9999, 10**4), ("0.3", 3, 10), ("0.0001", 1, 10**4),
    ],
)  # fmt: skip
def test_ratio_is_the_fraction_that_is_meant(written: Any, new: int, old: int) -> None:
    assert split_ratio(written) == Fraction(new, old)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("0:1", "a ratio must be above 0, not 0:1"),
        ("0", "above 0, not 0"),
        ("-2", "above 0, not -2"),
        ("1:-3", "above 0, not 1:-3"),
        ("1/0", "'1/0' is no ratio: it is over 0"),
        ("1/3/5", "no ratio: write 4, 1.5, 3:2 or 1/3"),
        ("three", "'three' is no ratio"),
        ("", "'' is no ratio"),
        ("nan", "'nan' is no ratio"),
        (float("inf"), "is no ratio"),
        (True, "True is no ratio"),
        (None, "None is no ratio"),
        ("1e400", "out of all bounds"),
        ("1:1e99999999", "out of all bounds"),
        ("3" * 1000, "too long for a ratio"),
    ],
)
def test_what_is_no_ratio_is_refused_in_one_line(written: Any, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        split_ratio(written)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.33", "1/3"), ("0.067", "1/15"), ("0.0286", "1/35"), (0.33, "1/3"), (Decimal("0.67"), "2/3"),
        ("0.66", "2/3"), ("1.33", "4/3"), ("1.67", "5/3"), ("0.3", "1/3"), ("0.03", "1/33"), ("0.14", "1/7"),
        ("1.111", "10/9"),
        # simple as they are, dividends in shares, spin-offs, and what was said as a fraction or is one by now
        ("0.5", None), ("0.1", None), ("0.04", None), ("0.4", None), ("1.1", None), ("1.05", None), ("1.3", None),
        ("1.231", None), ("1.281", None), ("0.9999", None), ("0.0001", None), ("2.5", None), ("4", None),
        ("1/3", None), ("333:1000", None), ("0.333333", None), (1 / 3, None),
    ],
)  # fmt: skip
def test_fraction_that_a_short_decimal_may_round_is_named(written: Any, meant: str | None) -> None:
    assert may_be_rounded_from(split_ratio(written)) == (None if meant is None else Fraction(meant))


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("cut", [False, True])
def test_no_rounded_reverse_split_is_taken_as_said_in_silence(digits: int, cut: bool) -> None:
    for old in range(2, 500):
        units = 10**digits // old if cut else round(Fraction(10**digits, old))
        if not units:
            continue
        ratio = split_ratio(Decimal(units).scaleb(-digits))
        assert ratio.numerator == 1 or may_be_rounded_from(ratio) is not None, (old, digits)


FRACTIONS = st.builds(Fraction, st.integers(1, 3000), st.integers(1, 3000))


ENDLESS = FRACTIONS.filter(lambda ratio: 10**12 % ratio.denominator != 0)
"""Those that are no finite decimals: of the others 0.166, say, is taken for 1/6."""


@given(FRACTIONS)
def test_fraction_survives_being_stored(ratio: Fraction) -> None:
    assert split_ratio(ratio_text(ratio)) == ratio


@given(ENDLESS, st.integers(12, 30))
def test_endless_fraction_survives_as_a_float_and_with_many_decimals(ratio: Fraction, digits: int) -> None:
    assert split_ratio(float(ratio)) == ratio
    rounded = Decimal(round(ratio * 10**digits)).scaleb(-digits)
    cut = Decimal(ratio.numerator * 10**digits // ratio.denominator).scaleb(-digits)
    assert split_ratio(str(rounded)) == split_ratio(cut) == ratio


@given(ENDLESS, st.integers(1, 10**9))
def test_whole_number_of_new_shares_loses_none(ratio: Fraction, lots: int) -> None:
    """Who holds a multiple of the old shares gets that multiple of the new ones, and no cash."""
    held = Position(scale=Instrument.default("X", AssetClass.STOCK).scale(), units=lots * ratio.denominator)
    numerator, denominator = split_ratio(float(ratio)).as_integer_ratio()
    after, paid = held.split(numerator=numerator, denominator=denominator, previous_close=Fraction(10**9))
    assert (after.units, paid) == (lots * ratio.numerator, 0)


@pytest.mark.parametrize(("ratio", "text"), [("4.0", "4"), ("3:2", "1.5"), ("1/3", "1/3"), ("0.142857", "1/7")])
def test_store_writes_a_ratio_exactly_and_reads_it_back(ratio: str, text: str) -> None:
    split = corporate_action_of({"ex_date": "2021-03-04", "type": "split", "value": ratio})
    assert isinstance(split, Split)
    assert corporate_action_json(split) == {"ex_date": "2021-03-04", "type": "split", "value": text}
    assert corporate_action_of(corporate_action_json(split)) == split
