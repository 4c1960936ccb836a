"""Strategies are listed from their source, and a bad file disturbs no other."""

import json
from pathlib import Path

import pytest

from weaver.marvin.plugins.catalogue import BUILT_IN, Catalogue
from weaver.marvin.plugins.source import strategy_id
from weaver.model.errors import NotFound, StrategyError

SHIPPED = {
    "bollinger-reversion",
    "buy-and-hold",
    "dca",
    "donchian-breakout",
    "momentum-rotation",
    "pairs-spread",
    "rsi-mean-reversion",
    "sma-crossover",
}

GOOD = '''
from weaver import Field, Strategy
raise SystemExit("listing must not run this")

class GapFade(Strategy):
    """Fade the gap.

    More on it.
    """

    version = "1.2"
    gap: float = Field(0.02, gt=0, description="of the close")
    bars: int = 5
    start: int = compute()
    _seen: int = 0
    note: str
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "strategies"
    path.mkdir()
    return path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def errors(folder: Path) -> list[str]:
    return [entry.error for entry in Catalogue(folder).entries() if entry.error is not None]


def test_shipped_strategies_are_listed_without_a_folder_of_the_users(tmp_path: Path) -> None:
    entries = Catalogue(tmp_path / "absent").entries()
    assert {entry.id for entry in entries} == SHIPPED
    assert all(entry.built_in and entry.error is None and entry.description for entry in entries)


def test_file_is_read_without_being_run(folder: Path) -> None:
    path = write(folder, "gap_fade.py", GOOD)
    entry = Catalogue(folder).get("gap-fade")
    assert (entry.name, entry.version, entry.class_name, entry.path) == ("Gap fade", "1.2", "GapFade", path)
    assert entry.description == "Fade the gap.\n\nMore on it."
    assert entry.parameters == {
        "gap": {"type": "float", "default": 0.02, "gt": 0, "description": "of the close"},
        "bars": {"type": "int", "default": 5},
        "start": {"type": "int"},
    }
    assert not entry.built_in


def test_version_is_the_hash_when_the_class_has_none(folder: Path) -> None:
    write(folder, "x.py", "class X(Strategy): pass")
    entry = Catalogue(folder).get("x")
    assert entry.source_hash is not None
    assert entry.source_hash.startswith(entry.version)
    assert len(entry.version) == 8


def test_class_is_found_through_any_spelling_of_its_base(folder: Path) -> None:
    text = (
        "class A(weaver.Strategy): pass\nclass _Base(Strategy):\n  n: int = 1\n"
        "class B(_Base):\n  m: int = 2\nclass C(Generic[T], B):\n  n: int = 3\nclass D(Other, metaclass=M): pass\n"
        "class E(Strategy[int]): pass\nclass F(make()): pass\n"
    )
    write(folder, "many.py", text)
    entries = [entry for entry in Catalogue(folder).entries() if not entry.built_in]
    assert [entry.id for entry in entries] == ["a", "b", "c", "e"]
    assert {name: facts["default"] for name, facts in entries[2].parameters.items()} == {"n": 3, "m": 2}


def test_class_that_derives_from_itself_in_the_text_is_no_endless_loop(folder: Path) -> None:
    write(folder, "loop.py", "class A(Strategy, B): pass\nclass B(A): pass\n")
    assert {"a", "b"} <= {entry.id for entry in Catalogue(folder).entries()}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"class X(Strategy):\n    def on_bar(self\n", "line 2: '(' was never closed"),
        (b"\xff\xfe\x00", "is not UTF-8 text (byte 0)"),
        (b"x = 1\n", "no class in it derives from Strategy"),
        (b"", "no class in it derives from Strategy"),
        (b"x = '\x00'\n", "null bytes"),
        (b"(" * 5000, "line 1: too many nested parentheses"),
        (b"x = " + b"-" * 100_000 + b"1", "cannot be parsed: "),
    ],
)
def test_broken_file_is_listed_with_its_error_and_disturbs_no_other(folder: Path, content: bytes, says: str) -> None:
    write(folder, "gap_fade.py", GOOD)
    (folder / "broken_one.py").write_bytes(content)
    (error,) = errors(folder)
    assert "broken_one.py" in error and says in error
    catalogue = Catalogue(folder)
    assert catalogue.get("gap-fade").class_name == "GapFade"
    with pytest.raises(StrategyError, match=r"strategy 'broken-one' cannot be used: .*broken_one.py"):
        catalogue.get("broken-one")


def test_link_to_nowhere_is_listed_with_its_error(folder: Path) -> None:
    (folder / "gone.py").symlink_to(folder / "nowhere.py")
    assert errors(folder) == [f"there is no strategy file {folder / 'gone.py'}"]


@pytest.mark.parametrize("target", ["outside.py", "/etc/passwd", "/nowhere/at/all.py", "other/inside.py"])
def test_link_out_of_its_folder_is_listed_with_its_error_and_not_read(folder: Path, target: str) -> None:
    other = folder.parent / "other"
    other.mkdir()
    write(folder.parent, "outside.py", GOOD)
    write(other, "inside.py", GOOD)
    (folder / "link.py").symlink_to(folder.parent / target)
    found = [entry for entry in Catalogue(folder, other).entries() if entry.path == folder / "link.py"]
    way = f"{folder / 'link.py'} is a link to {folder.parent / target}"
    says = f"{way}, which lies outside {folder}: put a copy of that file there"
    assert [(entry.id, entry.error, entry.source_hash) for entry in found] == [("link", says, None)]
    with pytest.raises(StrategyError, match="lies outside"):
        found[0].source()
    with pytest.raises(StrategyError, match="lies outside"):
        Catalogue(folder, other).get("link")


def test_link_that_leads_out_by_another_link_is_not_read_either(folder: Path) -> None:
    outside = write(folder.parent, "outside.py", GOOD)
    (folder / "hop.txt").symlink_to(outside)
    (folder / "link.py").symlink_to(folder / "hop.txt")
    (error,) = errors(folder)
    assert f"is a link to {outside}" in error


def test_links_within_a_folder_and_folders_that_are_links_are_followed(folder: Path) -> None:
    (folder / "sub").mkdir()
    write(folder / "sub", "fade.txt", GOOD)
    (folder / "fade.py").symlink_to(Path("sub") / "fade.txt")
    alias = folder.parent / "alias"
    alias.symlink_to(folder)
    for way in (folder, alias, folder.parent / "alias" / ".." / "strategies"):
        entry = Catalogue(way).get("gap-fade")
        assert (entry.error, entry.path) == (None, way / "fade.py")
        assert entry.source().text == GOOD
    built_in = Catalogue(folder, built_in=alias).get("gap-fade")
    assert (built_in.built_in, built_in.source().text) == (True, GOOD)


def test_link_that_leads_to_itself_is_listed_with_its_error(folder: Path) -> None:
    (folder / "loop.py").symlink_to(folder / "loop.py")
    assert errors(folder) == [f"{folder / 'loop.py'} cannot be read: Too many levels of symbolic links"]


def test_private_files_and_folders_are_left_out(folder: Path) -> None:
    write(folder, "_helper.py", "x = 1")
    write(folder, ".hidden.py", "x = 1")
    (folder / "folder.py").mkdir()
    assert {entry.id for entry in Catalogue(folder).entries()} == SHIPPED


def test_id_of_a_built_in_stays_the_built_ins(folder: Path) -> None:
    path = write(folder, "mine.py", "class SmaCrossover(Strategy): pass")
    assert Catalogue(folder).get("sma-crossover").path == BUILT_IN / "sma_crossover.py"
    assert errors(folder) == [f"{path}: sma-crossover is the id of a built-in strategy; rename class SmaCrossover"]


def test_id_that_two_files_claim_belongs_to_neither(folder: Path) -> None:
    first, second = (write(folder, name, "class Twin(Strategy): pass") for name in ("a.py", "b.py"))
    says = f"twin is claimed by {first} and {second}; rename one of the classes"
    assert errors(folder) == [says, says]
    with pytest.raises(StrategyError, match="twin is claimed by"):
        Catalogue(folder).get("twin")


@pytest.mark.parametrize("identifier", ["sma-crossovr", "sma_crossover"])
def test_unknown_id_suggests_near_ones(identifier: str) -> None:
    with pytest.raises(NotFound, match=r"there is no strategy '\S+'; did you mean sma-crossover"):
        Catalogue().get(identifier)


@pytest.mark.parametrize("identifier", ["", "../../etc/passwd", "zzz", "*", "\x00"])
def test_id_never_reaches_a_file(identifier: str) -> None:
    with pytest.raises(NotFound, match="`weaver strategies list` shows them all"):
        Catalogue().get(identifier)


def test_json_form_holds_only_plain_values(folder: Path) -> None:
    write(
        folder,
        "x.py",
        "class X(Strategy):\n  a: tuple = (1, 2)\n  b: complex = 3j\n  c: int = Field(..., ge=1, **more)\n",
    )
    entry = next(entry for entry in Catalogue(folder).entries() if entry.id == "x")
    shown = json.loads(json.dumps(entry.to_json()))
    assert shown["parameters"] == {
        "a": {"type": "tuple", "default": "(1, 2)"},
        "b": {"type": "complex", "default": "3j"},
        "c": {"type": "int", "ge": 1},
    }
    assert (shown["id"], shown["class"], shown["built_in"], shown["error"]) == ("x", "X", False, None)


@pytest.mark.parametrize(
    ("class_name", "identifier"),
    [
        ("SmaCrossover", "sma-crossover"),
        ("RSIMeanReversion", "rsi-mean-reversion"),
        ("DCA", "dca"),
        ("Ema20Cross", "ema20-cross"),
        ("My_Strategy", "my-strategy"),
    ],
)
def test_id_is_the_class_name_in_kebab_case(class_name: str, identifier: str) -> None:
    assert strategy_id(class_name) == identifier
