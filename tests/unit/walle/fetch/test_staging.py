"""Pages on the way: there wholly or not at all."""

import errno
import os
from pathlib import Path

import pytest

from tests.unit.walle.fetch.fakes import MINUTES, minutes
from weaver.model.errors import InputError, Unavailable
from weaver.walle.fetch.staging import FOLDER, Staging

BARS = minutes("AAA")


def staging(root: Path, **other: object) -> Staging:
    key = {"source": "fake", "symbol": "AAA", "timeframe": MINUTES, "start": 0}
    return Staging(root, **{**key, **other})  # type: ignore[arg-type]


def test_pages_are_kept_and_joined(tmp_path: Path) -> None:
    first = staging(tmp_path)
    assert (first.reached(), first.bars()) == (None, None)
    first.add(BARS.slice(0, 100))
    first.add(BARS.slice(100, 100))
    first.add(BARS.slice(100, 390))
    again = staging(tmp_path)
    assert again.reached() == BARS.timestamp[-1]
    found = again.bars()
    assert found is not None
    assert found.content_hash() == BARS.content_hash()


def test_only_one_at_a_time_fetches_the_same(tmp_path: Path) -> None:
    with staging(tmp_path).held():
        with pytest.raises(InputError, match="AAA 1m is being fetched already"), staging(tmp_path).held():
            pass
        with staging(tmp_path, symbol="BBB").held():
            pass
    with staging(tmp_path).held():
        staging(tmp_path).add(BARS)
        staging(tmp_path).remove()
    with staging(tmp_path).held():
        assert not staging(tmp_path).has_pages


def test_disk_that_takes_no_more_is_told_and_the_pages_before_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = staging(tmp_path)
    one.add(BARS.slice(0, 100))

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patch, pytest.raises(Unavailable, match="cannot be written: No space left on device"):
        patch.setattr(os, "fsync", full)
        one.add(BARS.slice(100, 390))
    assert one.reached() == BARS.timestamp[99]
    one.add(BARS.slice(100, 390))
    found = one.bars()
    assert found is not None
    assert found.content_hash() == BARS.content_hash()


def test_page_that_was_being_written_is_not_there(tmp_path: Path) -> None:
    one = staging(tmp_path)
    one.add(BARS.slice(0, 100))
    folder = next((tmp_path / FOLDER).iterdir())
    (folder / "000002.new").write_bytes(b"half of a page")
    assert one.reached() == BARS.timestamp[99]


def test_what_is_stored_is_forgotten_but_not_how_far_it_went(tmp_path: Path) -> None:
    one = staging(tmp_path)
    one.stored()
    assert one.reached() is None
    one.add(BARS)
    one.stored()
    assert (one.reached(), one.bars()) == (BARS.timestamp[-1], None)
    one.remove()
    assert staging(tmp_path).reached() is None


def test_other_starts_sources_and_timeframes_have_pages_of_their_own(tmp_path: Path) -> None:
    staging(tmp_path).add(BARS)
    assert staging(tmp_path, start=1).reached() is None
    assert staging(tmp_path, source="other").reached() is None
    assert staging(tmp_path, symbol="BBB").reached() is None
