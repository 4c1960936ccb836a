"""The bar store: what goes in comes out, bit for bit, and imports of the same symbol meet sensibly."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.walle.store_builders import assert_same, bars, files_below, instrument
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError, NotFound
from weaver.model.market.bars import PRICES
from weaver.model.market.corporate_actions import Delisting, Dividend, Split
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.walle.bars.store import ParquetBarStore

ONE_MINUTE, HOUR, DAY = (Timeframe.parse(name) for name in ("1m", "1h", "1d"))
ACTIONS = (
    Dividend(ex_date=date(2020, 5, 8), amount=Decimal("0.82")),
    Split(ex_date=date(2020, 8, 31), ratio=Decimal("4.0")),
    Delisting(ex_date=date(2021, 1, 4), value=Decimal("0.10")),
)


@pytest.fixture
def store(tmp_path: Path) -> ParquetBarStore:
    return ParquetBarStore(tmp_path / "bars")


def test_bars_come_back_bit_for_bit_with_their_facts(store: ParquetBarStore) -> None:
    made = bars(count=3000)
    outcome = store.write(made, instrument(), ACTIONS, "a file")
    stored = store.read("BTCUSD", ONE_MINUTE)
    assert_same(stored.bars, made)
    assert (stored.instrument, stored.actions) == (instrument(), ACTIONS)
    assert stored.content_hash == made.content_hash() == outcome.entry.content_hash
    assert (outcome.written, outcome.replaced, outcome.kept) == (3000, 0, 0)


def test_intraday_bars_stand_in_a_file_per_year_that_others_can_read(store: ParquetBarStore, tmp_path: Path) -> None:
    made = bars("2021-12-31", 3000)
    entry = store.write(made, instrument(), None, "a file").entry
    assert entry.files == ("2021.parquet", "2022.parquet")
    first = pyarrow.parquet.read_table(tmp_path / "bars" / "BTCUSD" / entry.folder / "2021.parquet")
    assert first.num_rows == 1440
    assert str(first.schema.field("timestamp").type) == "timestamp[ns, tz=UTC]"
    assert first.column("close").to_pylist() == made.close[:1440].tolist()


def test_years_without_bars_have_no_file(store: ParquetBarStore) -> None:
    early, late = bars("2017-01-01", 10), bars("2020-01-01", 10)
    store.write(early, instrument(), None, "a file")
    assert store.write(late, instrument(), None, "a file").entry.files == ("2017.parquet", "2020.parquet")
    assert len(store.read("BTCUSD", ONE_MINUTE).bars) == 20


def test_daily_bars_stand_in_one_file(store: ParquetBarStore) -> None:
    assert store.write(bars(count=900, timeframe="1d"), instrument(), None, "a file").entry.files == ("all.parquet",)


def test_range_is_cut_by_start_stamps(store: ParquetBarStore) -> None:
    made = bars(count=100)
    store.write(made, instrument(), None, "a file")
    first, last = int(made.timestamp[10]), int(made.timestamp[20])
    part = store.read("BTCUSD", ONE_MINUTE, first, last)
    assert_same(part.bars, made.slice(10, 20))
    assert part.content_hash is None
    assert_same(store.read("BTCUSD", ONE_MINUTE, first + 1, last + 1).bars, made.slice(11, 21))
    assert_same(store.read("BTCUSD", ONE_MINUTE, start=last).bars, made.slice(20, 100))
    assert len(store.read("BTCUSD", ONE_MINUTE, last, first).bars) == 0


def test_timeframe_that_is_not_stored_is_put_together_from_the_coarsest_that_fits(store: ParquetBarStore) -> None:
    minutes, quarters = bars(count=3000), bars(count=300, timeframe="15m", seed=2)
    store.write(minutes, instrument(), None, "a file")
    store.write(quarters, instrument(), None, "a file")
    found = store.read("BTCUSD", HOUR)
    assert_same(found.bars, resample(quarters, HOUR, calendar_for(AssetClass.CRYPTO)))
    assert found.content_hash is None


def test_finer_timeframe_than_stored_is_not_found(store: ParquetBarStore) -> None:
    store.write(bars(count=48, timeframe="1h"), instrument(), None, "a file")
    with pytest.raises(NotFound, match="BTCUSD 1m is not in the bar store: it has 1h"):
        store.read("BTCUSD", ONE_MINUTE)
    with pytest.raises(NotFound, match="NONE is not in the bar store: import it with"):
        store.read("NONE", ONE_MINUTE)


def test_second_import_replaces_its_own_stretch_and_keeps_the_rest(store: ParquetBarStore) -> None:
    old, new = bars("2022-01-01", 100), bars("2022-01-01T00:30", 20, seed=9)
    store.write(old, instrument(), None, "old")
    outcome = store.write(new, instrument(), None, "new")
    assert (outcome.written, outcome.replaced, outcome.kept) == (20, 20, 80)
    merged = store.read("BTCUSD", ONE_MINUTE).bars
    for name in PRICES:
        column = np.concatenate([getattr(old, name)[:30], getattr(new, name), getattr(old, name)[50:]])
        assert np.array_equal(getattr(merged, name), column)
    assert outcome.entry.source == "new"
    assert outcome.entry.content_hash == merged.content_hash()


def test_daily_stock_bars_meet_by_their_dates(store: ParquetBarStore) -> None:
    facts, stock = instrument("ABC", AssetClass.STOCK), calendar_for(AssetClass.STOCK)

    def days(first: str, last: str, seed: int) -> object:
        sessions = stock.expected_sessions(*(int(np.datetime64(one, "D").astype(int)) for one in (first, last)))
        stamps = sessions.astype(np.int64) * DAY.nanoseconds
        made = bars(count=len(stamps), symbol="ABC", timeframe="1d", seed=seed)
        from dataclasses import replace

        return replace(made, timestamp=stamps, end=stock.bar_end(stamps, DAY))

    store.write(days("2017-01-03", "2017-01-31", 1), facts, None, "a")  # type: ignore[arg-type]
    outcome = store.write(days("2017-01-17", "2017-02-10", 2), facts, None, "b")  # type: ignore[arg-type]
    assert (outcome.written, outcome.replaced, outcome.kept) == (19, 11, 9)
    assert outcome.entry.missing == 0
    assert (np.diff(store.read("ABC", DAY).bars.end) > 0).all()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(imports=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=4))
def test_any_row_of_imports_is_a_dictionary_by_stretches(tmp_path: Path, imports: list[tuple[int, int]]) -> None:
    from tempfile import mkdtemp

    store = ParquetBarStore(Path(mkdtemp(dir=tmp_path)))
    first = bars("2022-01-01", 1).timestamp[0]
    expected: dict[int, float] = {}
    for seed, (offset, count) in enumerate(imports):
        new = bars(str(np.datetime64(int(first + offset * MINUTE), "ns")), count, seed=seed)
        inside = set(range(offset, offset + count))
        expected = {minute: close for minute, close in expected.items() if minute not in inside}
        expected |= dict(zip(range(offset, offset + count), new.close.tolist(), strict=True))
        outcome = store.write(new, instrument(), None, "x")
        assert outcome.kept + count == len(expected)
    found = store.read("BTCUSD", ONE_MINUTE).bars
    minutes = ((found.timestamp - first) // MINUTE).tolist()
    assert dict(zip(minutes, found.close.tolist(), strict=True)) == expected
    assert minutes == sorted(expected)


def test_replacing_drops_what_was_there(store: ParquetBarStore) -> None:
    store.write(bars("2022-01-01", 100), instrument(), None, "old")
    outcome = store.write(bars("2022-01-01T00:30", 20), instrument(), None, "new", keep=False)
    assert (outcome.entry.rows, outcome.kept) == (20, 0)


def test_actions_stay_unless_others_are_given(store: ParquetBarStore) -> None:
    store.write(bars(count=10), instrument(), ACTIONS, "a")
    store.write(bars(count=10, timeframe="1h"), instrument(), None, "b")
    assert store.read("BTCUSD", ONE_MINUTE).actions == ACTIONS
    store.set_actions("BTCUSD", ACTIONS[:1])
    assert store.actions("BTCUSD") == store.read("BTCUSD", HOUR).actions == ACTIONS[:1]
    with pytest.raises(NotFound, match="NONE is not in the bar store"):
        store.set_actions("NONE", ACTIONS)


def test_catalogue_lists_each_series_in_order(store: ParquetBarStore) -> None:
    assert store.catalogue() == []
    gap = bars("2022-01-02", 50)
    for symbol, timeframe in [("ETHUSD", "1h"), ("BTCUSD", "1d"), ("BTCUSD", "1m")]:
        store.write(bars(count=100, symbol=symbol, timeframe=timeframe), instrument(symbol), None, f"{symbol} file")
    entry = store.write(gap, instrument(), None, "more").entry
    listed = store.catalogue()
    assert [(one.symbol, str(one.timeframe)) for one in listed] == [
        ("BTCUSD", "1m"),
        ("BTCUSD", "1d"),
        ("ETHUSD", "1h"),
    ]
    assert listed[0] == entry == store.find("BTCUSD") == store.find("BTCUSD", ONE_MINUTE)
    assert (entry.rows, entry.missing) == (150, 2 * 1440 - 100)
    assert (entry.first, entry.last) == (int(bars().timestamp[0]), int(gap.timestamp[-1]))
    assert store.find_by_hash(entry.content_hash) == entry
    assert store.find_by_hash("0" * 64) is None
    assert store.find("BTCUSD", HOUR) is None
    assert store.find("NONE") is None


@pytest.mark.parametrize(
    "symbol",
    ["BTC/USD", "../../etc/passwd", "..", ".", ".hidden", "A B", "EUR%USD", "日経225", "a" * 64, "~", "-", "con:1"],
)
def test_any_symbol_has_a_folder_of_its_own_inside_the_root(
    store: ParquetBarStore, tmp_path: Path, symbol: str
) -> None:
    made = bars(count=5, symbol=symbol)
    store.write(made, instrument(symbol), None, "a file")
    assert_same(store.read(symbol, ONE_MINUTE).bars, made)
    assert [entry.symbol for entry in store.catalogue()] == [symbol]
    assert [path.name for path in tmp_path.iterdir() if path.name != "weaver_home"] == ["bars"]
    assert len(list((tmp_path / "bars").glob("*/symbol.json"))) == 1


def test_folder_names_tell_symbols_apart(store: ParquetBarStore) -> None:
    symbols = ["BTC/USD", "BTC%2FUSD", "BTC-USD", "BTC_USD", "BTCUSD"]
    for seed, symbol in enumerate(symbols):
        store.write(bars(count=5, symbol=symbol, seed=seed), instrument(symbol), None, "a file")
    assert sorted(entry.symbol for entry in store.catalogue()) == sorted(symbols)


def test_impossible_symbols_and_empty_series_are_refused(store: ParquetBarStore) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        store.write(bars(count=5, symbol="A\nB"), instrument("A\nB"), None, "a file")
    with pytest.raises(InputError, match="too long for the bar store"):
        store.write(bars(count=5, symbol="日" * 64), instrument("日" * 64), None, "a file")
    with pytest.raises(InputError, match="there are no bars to store"):
        store.write(bars(count=5).slice(0, 0), instrument(), None, "a file")
    assert store.catalogue() == []


def test_symbol_stored_as_another_asset_class_is_refused_unless_all_of_it_goes(store: ParquetBarStore) -> None:
    store.write(bars(count=5), instrument(), None, "a file")
    as_stock = instrument("BTCUSD", AssetClass.STOCK)
    with pytest.raises(InputError, match="BTCUSD is in the bar store as crypto, not stock"):
        store.write(bars(count=5), as_stock, None, "a file")
    with pytest.raises(InputError, match="as crypto, not stock"):
        store.write(bars(count=5, timeframe="1h"), as_stock, None, "a file", keep=False)
    store.write(bars(count=5), as_stock, None, "a file", keep=False)
    assert store.read("BTCUSD", ONE_MINUTE).instrument == as_stock


def test_deleting_a_series_leaves_the_others(store: ParquetBarStore, tmp_path: Path) -> None:
    store.write(bars(count=5), instrument(), ACTIONS, "a")
    store.write(bars(count=5, timeframe="1h"), instrument(), None, "b")
    store.delete("BTCUSD", ONE_MINUTE)
    assert [str(entry.timeframe) for entry in store.catalogue()] == ["1h"]
    assert store.actions("BTCUSD") == ACTIONS
    store.delete("BTCUSD", HOUR)
    assert store.catalogue() == []
    assert files_below(tmp_path / "bars") == {}
    with pytest.raises(NotFound):
        store.delete("BTCUSD", HOUR)


def test_root_that_is_no_folder_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="file: the bar store cannot be read: Not a directory"):
        ParquetBarStore(file).catalogue()
    with pytest.raises(InputError, match="could not be written: File exists; nothing was changed"):
        ParquetBarStore(file).write(bars(count=5), instrument(), None, "a")
