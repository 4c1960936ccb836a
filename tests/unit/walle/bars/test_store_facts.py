"""Facts of stored symbols: kept, set, and what they do to the bars."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.unit.walle.store_builders import bars, instrument
from weaver.model.calendar.sessions import calendar_named
from weaver.model.errors import InputError, NotFound
from weaver.model.facts import Facts
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.importing import import_file
from weaver.walle.bars.store import ParquetBarStore

DAY, HOURS = Timeframe.parse("1d"), Timeframe.parse("1h")
DAILY = "date,open,high,low,close,volume\n2024-03-01,10,12,9,11,5\n2024-03-04,11,12,9,11,5\n"
HOURLY = "time,open,high,low,close,volume\n" + "".join(
    f"2024-03-01T{hour}:00Z,10,12,9,11,5\n" for hour in ("00", "01", "02", "04", "05")
)


@pytest.fixture
def store(tmp_path: Path) -> ParquetBarStore:
    """With two series of a share of Tokyo's, read as one of New York's."""
    found = ParquetBarStore(tmp_path / "bars")
    for name, text in (("ABC_1d.csv", DAILY), ("ABC_1h.csv", HOURLY)):
        (tmp_path / name).write_text(text)
        import_file(found, tmp_path / name, symbol="ABC", source=name, asset_class=AssetClass.STOCK)
    return found


def test_bars_end_by_a_calendar_that_is_set(store: ParquetBarStore) -> None:
    store.set_facts("ABC", Facts.parse(calendar="JPX", tick="0.5"))
    tokyo = calendar_named("XTKS")
    for timeframe in (DAY, HOURS):
        stored = store.read("ABC", timeframe)
        assert np.array_equal(stored.bars.end, tokyo.bar_end(stored.bars.timestamp, timeframe))
        assert stored.bars.content_hash() == stored.content_hash
        assert (stored.instrument.calendar, stored.instrument.tick) == ("XTKS", Decimal("0.5"))
    assert all(one.damaged is None for one in store.listing(bytes_max=None))
    assert len(list((store.root / "ABC").iterdir())) == 3  # the record, and one generation of each series


def test_import_keeps_facts_and_takes_new_ones(store: ParquetBarStore, tmp_path: Path) -> None:
    store.set_facts("ABC", Facts.parse(calendar="XTKS", lot="100"))
    path = tmp_path / "ABC_1d.csv"
    kept = import_file(store, path, symbol="ABC", source="again").read.instrument
    assert (kept.calendar, kept.lot, kept.minimum) == ("XTKS", 100, 100)
    given = import_file(store, path, symbol="ABC", source="again", facts=Facts.parse(calendar="LSE", lot="1"))
    assert (given.read.instrument.calendar, given.read.instrument.lot, given.read.instrument.minimum) == ("XLON", 1, 1)
    hours = store.read("ABC", HOURS)
    assert hours.instrument.calendar == "XLON"
    assert np.array_equal(hours.bars.end, calendar_named("XLON").bar_end(hours.bars.timestamp, HOURS))


def test_future_s_facts_come_back_and_old_records_have_none(tmp_path: Path) -> None:
    store = ParquetBarStore(tmp_path)
    future = replace(
        Instrument.default("ES=F", AssetClass.FUTURE), multiplier=Decimal(50), margin=Decimal(13_200), calendar="CMES"
    )
    made = bars(symbol="ES=F")
    store.write(made, future, None, "test")
    assert store.instrument("ES=F") == future
    assert future.maintenance_margin == 11_880
    store.write(bars(symbol="BTC/USD"), instrument("BTC/USD", AssetClass.CRYPTO), None, "test")
    text = (tmp_path / "BTC%2FUSD" / "symbol.json").read_text()
    assert not any(name in text for name in ("multiplier", "margin", "calendar"))


def test_facts_that_do_not_fit_change_nothing(store: ParquetBarStore) -> None:
    before = store.instrument("ABC")
    for facts, says in (
        (Facts.parse(multiplier="50", asset="stock"), "multiplier is a future's, and ABC is stock"),
        (Facts.parse(asset="crypto", calendar="XTKS"), "a calendar is a stock's or a future's"),
    ):
        with pytest.raises(InputError, match=says):
            store.set_facts("ABC", facts)
    with pytest.raises(NotFound):
        store.set_facts("XYZ", Facts.parse(lot="1"))
    assert store.instrument("ABC") == before
