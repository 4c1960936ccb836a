"""Whatever happens to stored bars on the disk: no reader takes them for the ones that were written, the damage stays
with its symbol, is told, and is mended by an import or a deletion."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tests.unit.walle.damages import FILE_HARMS, RECORD_HARMS, Harm, as_written_before, two_symbols
from tests.unit.walle.store_builders import assert_same, bars, files_below, instrument
from weaver.model.errors import Damaged, InputError, NotFound
from weaver.model.market.corporate_actions import Dividend
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import load_bars
from weaver.walle.bars.folder import bar_files, checked_file
from weaver.walle.bars.store import ParquetBarStore

ONE_MINUTE, HOUR, DAY = (Timeframe.parse(name) for name in ("1m", "1h", "1d"))
BTC, ETH = bars(count=3000, seed=0), bars(count=3000, symbol="ETHUSD", seed=1)
NEW_YEAR = int(np.datetime64("2022-01-01", "ns").astype(np.int64))

ACTIONS_LOST = (
    "BTCUSD: 1 splits and dividends are known from an earlier import, later changes of them are lost: import them again"
)
STRETCH_LOST = (
    "BTCUSD 1m: 440 stored bars from 2021-12-31 16:40:00 to 2022-01-01 were damaged: all but what the new ones cover "
    "is lost: import that stretch again too"
)
NEW_IN_PLACE = (
    "BTCUSD 1m: 1,560 stored bars from 2022-01-01 to 2022-01-02 01:59:00 were damaged, and the new ones take their "
    "place"
)
READERS: dict[str, Callable[[ParquetBarStore, str], object]] = {
    "read": lambda store, symbol: store.read(symbol, ONE_MINUTE),
    "a stretch": lambda store, symbol: store.read(symbol, ONE_MINUTE, NEW_YEAR - 10**12, NEW_YEAR + 10**12),
    "resampled": lambda store, symbol: store.read(symbol, HOUR),
    "a resampled stretch": lambda store, symbol: store.read(symbol, DAY, NEW_YEAR),
    "candles": lambda store, symbol: store.candles(symbol, ONE_MINUTE, None, None, 100),
    "resampled candles": lambda store, symbol: store.candles(symbol, HOUR, None, None, 10),
    "load_bars": lambda _store, symbol: load_bars(symbol, "1m"),
}


@pytest.fixture
def root(weaver_home: Path) -> Path:
    """The bar store's folder, of the home that `load_bars` reads."""
    return weaver_home / "bars"


def file_of(root: Path, symbol: str, year: int = 2021) -> Path:
    return root / symbol / "1m-1" / f"{year}.parquet"


def damaged(store: ParquetBarStore) -> dict[str, str | None]:
    return {one.symbol: one.damaged for one in store.listing(bytes_max=None)}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("harm", FILE_HARMS)
def test_no_reader_takes_damaged_bars_for_good_ones(root: Path, harm: str, reader: str) -> None:
    store = two_symbols(root)
    READERS[reader](store, "BTCUSD")
    FILE_HARMS[harm](file_of(root, "BTCUSD"), file_of(root, "ETHUSD"))
    with pytest.raises(Damaged, match=r"BTCUSD 1m: the stored bars are damaged \(.*\): import them again"):
        READERS[reader](store, "BTCUSD")
    if "swapped" in harm:
        with pytest.raises(Damaged, match="ETHUSD 1m: the stored bars are damaged"):
            READERS[reader](store, "ETHUSD")
    else:
        READERS[reader](store, "ETHUSD")


@pytest.mark.parametrize("harm", FILE_HARMS.values(), ids=FILE_HARMS)
@pytest.mark.parametrize("how", ["again", "replace", "delete"])
def test_damage_is_told_until_it_is_mended(root: Path, harm: Harm, how: str) -> None:
    store = two_symbols(root)
    assert damaged(store) == {"BTCUSD": None, "ETHUSD": None}
    harm(file_of(root, "BTCUSD"), file_of(root, "ETHUSD"))
    assert "BTCUSD 1m: the stored bars are damaged" in str(damaged(store)["BTCUSD"])
    if how == "delete":
        store.delete("BTCUSD", ONE_MINUTE)
        assert "BTCUSD" not in damaged(store)
        assert list((root / "BTCUSD").iterdir()) == []
        return
    store.write(BTC, instrument(), None, "again", keep=how == "again")
    assert damaged(store)["BTCUSD"] is None
    assert_same(store.read("BTCUSD", ONE_MINUTE).bars, BTC)


def test_older_version_of_a_file_is_not_the_file(root: Path) -> None:
    store = two_symbols(root)
    older = file_of(root, "BTCUSD").read_bytes()
    store.write(bars(count=3000, seed=7), instrument(), None, "newer")
    newer = root / "BTCUSD" / "1m-2" / "2021.parquet"
    assert len(newer.read_bytes()) == len(older)
    newer.write_bytes(older)
    with pytest.raises(Damaged, match="is not as it was written"):
        store.read("BTCUSD", ONE_MINUTE)


def test_folder_behind_a_link_is_the_symbols(root: Path, tmp_path: Path) -> None:
    store = two_symbols(root)
    (root / "BTCUSD").rename(tmp_path / "elsewhere")
    (root / "BTCUSD").symlink_to(tmp_path / "elsewhere")
    assert [entry.symbol for entry in store.catalogue()] == ["BTCUSD", "ETHUSD"]
    assert_same(store.read("BTCUSD", ONE_MINUTE).bars, BTC)


def test_older_record_is_not_the_record(root: Path) -> None:
    store = two_symbols(root)
    older = (root / "BTCUSD" / "symbol.json").read_bytes()
    store.delete("BTCUSD", ONE_MINUTE)
    store.write(bars(count=3000, seed=7), instrument(), None, "newer")
    (root / "BTCUSD" / "symbol.json").write_bytes(older)
    with pytest.raises(Damaged):
        store.read("BTCUSD", ONE_MINUTE)


def test_every_byte_of_a_file_is_covered(root: Path) -> None:
    store = ParquetBarStore(root)
    made = bars(count=12)
    store.write(made, instrument(), None, "a file")
    file = file_of(root, "BTCUSD")
    whole = file.read_bytes()
    chance = np.random.default_rng(3)
    for place, bit in enumerate(chance.integers(0, 8, len(whole)).tolist()):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
        with pytest.raises(Damaged):
            store.read("BTCUSD", ONE_MINUTE)
    file.write_bytes(whole)
    assert_same(store.read("BTCUSD", ONE_MINUTE).bars, made)


def test_every_byte_of_a_record_is_covered(root: Path) -> None:
    store = ParquetBarStore(root)
    store.write(bars(count=40), instrument(), [Dividend(ex_date=date(2022, 1, 3), amount=Decimal("0.5"))], "a file")
    path = root / "BTCUSD" / "symbol.json"
    whole, before, told = path.read_bytes(), store.read("BTCUSD", ONE_MINUTE), 0
    chance = np.random.default_rng(4)
    for place, bit in enumerate(chance.integers(0, 8, len(whole)).tolist()):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
        try:
            found = store.read("BTCUSD", ONE_MINUTE)
        except Damaged:
            told += 1
        else:  # a blank that became another blank, and a letter written with a capital, change nothing
            assert (found.instrument, found.actions) == (before.instrument, before.actions)
            assert_same(found.bars, before.bars)
    assert told > 0.8 * len(whole)


@pytest.mark.parametrize("harm", RECORD_HARMS)
def test_bad_record_takes_nothing_from_other_symbols_and_is_mended(root: Path, harm: str) -> None:
    for how in ("again", "replace", "delete"):
        home = root / how
        store = two_symbols(home)
        RECORD_HARMS[harm](home / "BTCUSD" / "symbol.json")
        assert [entry.symbol for entry in store.catalogue()] == ["ETHUSD"]
        assert_same(store.read("ETHUSD", ONE_MINUTE).bars, ETH)
        told = damaged(store)
        assert told["ETHUSD"] is None
        assert "BTCUSD: its record in the bar store is damaged (" in str(told["BTCUSD"])
        for reader in ("read", "candles", "resampled"):
            with pytest.raises(Damaged, match="BTCUSD: its record in the bar store is damaged"):
                READERS[reader](store, "BTCUSD")
        for ask in (store.find, store.actions):
            with pytest.raises(Damaged, match="BTCUSD: its record in the bar store is damaged"):
                ask("BTCUSD")
        if how == "delete":
            store.delete("BTCUSD", ONE_MINUTE)
            assert damaged(store) == {"ETHUSD": None}
        else:
            outcome = store.write(BTC, instrument(), None, "again", keep=how == "again")
            assert outcome.mended[0] == "BTCUSD: its record was damaged, and is written anew"
            assert damaged(store) == {"BTCUSD": None, "ETHUSD": None}
            assert_same(store.read("BTCUSD", ONE_MINUTE).bars, BTC)
        assert [path.name for path in (home / "BTCUSD").iterdir() if path.name.startswith(".")] == []


def test_record_that_may_not_be_read_is_told_as_such(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = two_symbols(root)
    real = os.open

    def refuse(path: object, *args: object, **options: object) -> int:
        if str(path).endswith("BTCUSD/symbol.json"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    assert "cannot be read: Permission denied" in str(damaged(store)["BTCUSD"])
    assert damaged(store)["ETHUSD"] is None
    assert_same(store.read("ETHUSD", ONE_MINUTE).bars, ETH)


def test_disk_that_gives_nothing_back_is_damage(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = two_symbols(root)

    def fail(*_args: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "preadv", fail)
    with pytest.raises(Damaged, match="cannot be read: Input/output error"):
        store.read("BTCUSD", ONE_MINUTE)


def test_other_series_of_a_symbol_survive_the_loss_of_its_record(root: Path) -> None:
    store = two_symbols(root)
    hours = bars(count=48, timeframe="1h", seed=3)
    store.write(hours, instrument(), [Dividend(ex_date=date(2022, 1, 3), amount=Decimal("0.5"))], "hours")
    (root / "BTCUSD" / "symbol.json").write_text("{")
    listed = [(one.symbol, str(one.timeframe), one.entry is not None) for one in store.listing()]
    assert listed == [("BTCUSD", "1m", True), ("BTCUSD", "1h", True), ("ETHUSD", "1m", True)]
    assert store.known_class("BTCUSD") is instrument().asset_class
    outcome = store.write(BTC, instrument(), None, "again")
    assert outcome.mended == (
        "BTCUSD: its record was damaged, and is written anew",
        "BTCUSD 1h: stayed, as the files beside the bars tell",
        ACTIONS_LOST,
    )
    found = store.read("BTCUSD", HOUR)
    assert_same(found.bars, hours)
    assert len(found.actions) == 1


def test_series_of_which_nothing_is_known_is_named_as_it_goes(root: Path) -> None:
    store = two_symbols(root)
    store.write(bars(count=48, timeframe="1h"), instrument(), None, "hours")
    (root / "BTCUSD" / "1h-1" / "series.json").unlink()
    (root / "BTCUSD" / "symbol.json").unlink()
    outcome = store.write(BTC, instrument(), (), "again")
    assert outcome.mended[1:] == (
        "BTCUSD 1h: removed, because nothing is known of the bars any more: import them again",
    )
    with pytest.raises(NotFound, match="BTCUSD 4h is not in the bar store: it has 1m"):
        store.delete("BTCUSD", Timeframe.parse("4h"))


def test_actions_mend_a_record_only_where_no_series_is_lost(root: Path) -> None:
    store = two_symbols(root)
    dividend = Dividend(ex_date=date(2022, 1, 3), amount=Decimal("0.5"))
    (root / "BTCUSD" / "symbol.json").write_text("{")
    store.set_actions("BTCUSD", [dividend])
    assert store.read("BTCUSD", ONE_MINUTE).actions == (dividend,)
    (root / "BTCUSD" / "symbol.json").write_text("{")
    (root / "BTCUSD" / "1m-1" / "series.json").unlink()
    with pytest.raises(Damaged, match="BTCUSD: its record in the bar store is damaged"):
        store.set_actions("BTCUSD", [])


def test_import_keeps_what_is_good_and_says_what_is_lost(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """3,000 minutes from 2021-12-31 in groups of 500: the year's last 440 stand in a group from 16:40 on."""
    monkeypatch.setattr(bar_files, "_ROW_GROUP", 500)
    monkeypatch.setattr(checked_file, "_AT_ONCE", 500)
    store = two_symbols(root)
    file = file_of(root, "BTCUSD")
    group = json.loads((root / "BTCUSD" / "symbol.json").read_text())["series"][0]["checks"][0]
    assert group["rows"] == [500, 500, 440]
    content = bytearray(file.read_bytes())
    content[group["ends"][13] + 50] ^= 1  # the third group's first column
    file.write_bytes(bytes(content))
    new = bars("2022-01-02", 120, seed=9)
    outcome = store.write(new, instrument(), None, "more")
    assert outcome.mended == (STRETCH_LOST,)
    assert (outcome.replaced, outcome.kept) == (120, 3000 - 440 - 120)
    kept = store.read("BTCUSD", ONE_MINUTE).bars
    assert_same(kept.slice(0, 1000), BTC.slice(0, 1000))
    assert_same(kept.slice(1000, 2440), BTC.slice(1440, 2880))


def test_import_that_covers_the_damage_loses_nothing(root: Path) -> None:
    store = two_symbols(root)
    file = file_of(root, "BTCUSD", 2022)
    file.write_bytes(file.read_bytes()[:-100])
    outcome = store.write(BTC.slice(1440, 3000), instrument(), None, "2022 again")
    assert outcome.mended == (NEW_IN_PLACE,)
    assert_same(store.read("BTCUSD", ONE_MINUTE).bars, BTC)


def test_import_cut_short_leaves_the_damage_as_it_was(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = two_symbols(root)
    (root / "BTCUSD" / "symbol.json").write_text("{")
    before = files_below(root)
    real, calls = os.fsync, iter([28 * (call in {6}) for call in range(1, 100)])

    def full(handle: int) -> None:
        if next(calls):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left on device; nothing was changed"):
        store.write(bars(count=5), instrument(), None, "new")
    assert files_below(root) == before


@pytest.mark.parametrize("harm", [name for name in FILE_HARMS if not name.startswith("bit of the magic")])
def test_store_of_before_is_known_by_its_hashes_until_it_has_checksums(root: Path, harm: str) -> None:
    store = two_symbols(root)
    as_written_before(root)
    assert [entry.checks for entry in store.catalogue()] == [None, None]
    assert_same(store.read("BTCUSD", ONE_MINUTE, NEW_YEAR).bars, BTC.slice(1440, 3000))
    FILE_HARMS[harm](file_of(root, "BTCUSD"), file_of(root, "ETHUSD"))
    if harm == "longer":  # a byte behind the footer: no Parquet file any more
        assert "BTCUSD 1m: the stored bars are damaged" in str(damaged(store)["BTCUSD"])
    for read in READERS.values():
        with pytest.raises(Damaged, match="BTCUSD 1m: the stored bars are damaged"):
            read(store, "BTCUSD")
    assert [store.add_checksums(entry) for entry in store.catalogue()] == [False, "swapped" not in harm]


def test_store_of_before_gets_checksums_one_series_at_a_time(root: Path) -> None:
    store = two_symbols(root)
    store.write(bars(count=48, timeframe="1h", seed=3), instrument(), None, "hours")
    as_written_before(root)
    files = {name: content for name, content in files_below(root).items() if name.endswith(".parquet")}
    first, *others = store.catalogue()
    assert store.add_checksums(first)
    assert not store.add_checksums(first), "done already"
    assert [entry.checks is None for entry in ParquetBarStore(root).catalogue()] == [False, True, True]
    assert all(store.add_checksums(entry) for entry in others)
    assert [replace(entry, checks=None) for entry in store.catalogue()] == [first, *others]
    assert {name: files_below(root)[name] for name in files} == files, "the bars' files are as they were"
    assert_same(store.read("BTCUSD", ONE_MINUTE).bars, BTC)
    (root / "BTCUSD" / "symbol.json").write_text("{")
    assert store.write(BTC, instrument(), (), "again").mended[1:] == (
        "BTCUSD 1h: stayed, as the files beside the bars tell",
    )


def test_store_of_before_that_cannot_be_written_is_read_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = two_symbols(root)
    as_written_before(root)
    entry, before = store.catalogue()[0], files_below(root)
    real = Path.open

    def refuse(path: Path, mode: str = "r", *args: object, **options: object) -> object:
        if "w" in mode:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, mode, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="Read-only file system; nothing was changed"):
        store.add_checksums(entry)
    assert_same(store.read("BTCUSD", ONE_MINUTE).bars, BTC)
    assert files_below(root) == before


def test_bytes_beyond_the_budget_are_not_looked_at(root: Path) -> None:
    store = two_symbols(root)
    file = file_of(root, "BTCUSD")
    content = file.read_bytes()
    file.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    assert [one.damaged for one in store.listing()] == [None, None]
    assert [one.damaged is None for one in store.listing(bytes_max=10**6)] == [False, True]
    assert [one.damaged is None for one in store.listing()] == [False, True], "once seen, it is known"
    file.write_bytes(content)
    assert [one.damaged for one in store.listing(bytes_max=10**6)] == [None, None]
    file.write_bytes(content[:-1])
    assert [one.damaged is None for one in store.listing()] == [False, True], "its length tells"


def test_folders_that_the_store_would_not_make_are_nobodys(root: Path) -> None:
    store = two_symbols(root)
    for name in ("BTCUSD copy", "lower%2fcase", "notes"):
        (root / name).mkdir()
        (root / name / "symbol.json").write_bytes((root / "BTCUSD" / "symbol.json").read_bytes())
    (root / "circle").symlink_to("circle")
    assert damaged(store).keys() == {"BTCUSD", "ETHUSD", "notes"}
    assert "is the one of 'BTCUSD'" in str(damaged(store)["notes"])
    store.delete("notes", ONE_MINUTE)
    assert damaged(store) == {"BTCUSD": None, "ETHUSD": None}
