"""A strategy's file comes to where the server finds it, and takes no other's place."""

from pathlib import Path

import pytest

from weaver.cli.requested.strategy_file import known_strategy
from weaver.model.errors import InputError, NotFound

ONE = "from weaver import Strategy\n\nclass GapFade(Strategy):\n    pass\n"
TWO = f"{ONE}\nclass GapRide(Strategy):\n    pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "strategies"


def written(tmp_path: Path, text: str = ONE, name: str = "gap.py") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def known(reference: object, folder: Path, *, is_kept: bool = True) -> tuple[str, Path | None]:
    with known_strategy(str(reference), folder, is_kept=is_kept) as found:
        assert not is_kept or found.copied_to is None or found.copied_to.is_file()
        return found.id, found.copied_to


def test_id_is_what_it_is_and_an_unknown_one_is_refused(folder: Path) -> None:
    assert known("sma-crossover", folder) == ("sma-crossover", None)
    with pytest.raises(NotFound):
        known("no-such", folder)


def test_file_is_copied_once_under_its_own_name(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path)
    assert known(path, folder) == ("gap-fade", folder / "gap.py")
    assert (folder / "gap.py").read_text() == ONE
    assert known(path, folder) == ("gap-fade", None)
    assert known(folder / "gap.py", folder) == ("gap-fade", None)


def test_other_file_of_that_name_stays_as_it_is(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "gap.py").write_text(TWO)
    with pytest.raises(InputError, match=r"gap\.py is there already, and is another strategy"):
        known(written(tmp_path), folder)
    assert (folder / "gap.py").read_text() == TWO


def test_id_of_another_is_refused_and_nothing_is_copied(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path, ONE.replace("GapFade", "SmaCrossover"))
    with pytest.raises(InputError, match=r"sma-crossover is the id of .* already: rename the class"):
        known(path, folder)
    assert not (folder / "gap.py").exists()


def test_class_is_chosen_where_there_are_several(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path, TWO)
    with pytest.raises(
        InputError, match=r"has several strategies \(GapFade, GapRide\): name one, as .*gap\.py:GapFade"
    ):
        known(path, folder)
    assert known(f"{path}:GapRide", folder)[0] == "gap-ride"
    with pytest.raises(InputError, match="has no strategy GapGone; it has GapFade, GapRide"):
        known(f"{path}:GapGone", folder)
    with pytest.raises(InputError, match="no class in it derives from Strategy"):
        known(written(tmp_path, "x = 1\n", "none.py"), folder)


def test_what_is_not_kept_is_gone_afterwards(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path)
    assert known(path, folder, is_kept=False) == ("gap-fade", folder / "gap.py")
    assert not (folder / "gap.py").exists()
    known(path, folder)
    known(path, folder, is_kept=False)
    assert (folder / "gap.py").exists()


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        known(written(tmp_path), tmp_path / "home" / "strategies")
