"""What the options of `weaver simulate-exchange` mean."""

from decimal import Decimal
from pathlib import Path

import pytest

from weaver.cli.simulate_exchange import _amount, _asset_class, _files, _instant, _pace
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.ports import HOLD, MAX


def test_speed_is_a_number_or_a_name() -> None:
    assert [_pace(text) for text in ("60", "0.5", "max", "HOLD")] == [60, 0.5, MAX, HOLD]
    for wrong in ("0", "-1", "fast", "1e9", "nan"):
        with pytest.raises(InputError):
            _pace(wrong)


def test_start_without_an_offset_is_new_yorks() -> None:
    assert _instant("2024-03-13T10:30:00") == _instant("2024-03-13T14:30:00+00:00") == 1_710_340_200 * 10**9
    with pytest.raises(InputError, match="write a time such as"):
        _instant("tomorrow")


def test_amounts_have_their_least() -> None:
    assert _amount("--cash", "100.50", least=Decimal(1)) == Decimal("100.5")
    for wrong in ("0.5", "1e12", "x"):
        with pytest.raises(InputError, match="--cash"):
            _amount("--cash", wrong, least=Decimal(1))
    with pytest.raises(InputError, match="--coin-fee-bps must be 0 or more, and under 10000; not 10000"):
        _amount("--coin-fee-bps", "10000", least=Decimal(0), under=Decimal(10_000))


def test_files_may_be_named(tmp_path: Path) -> None:
    file = tmp_path / "AAPL_1m.csv"
    file.touch()
    assert _files([str(file), f"XYZ={file}"]) == [(None, file), ("XYZ", file)]


def test_asset_class_has_the_venues_name_too() -> None:
    classes = [_asset_class(name) for name in ("us_equity", "stock", "Crypto")]
    assert classes == [AssetClass.STOCK, AssetClass.STOCK, AssetClass.CRYPTO]
    with pytest.raises(InputError, match="unknown"):
        _asset_class("us_option")
