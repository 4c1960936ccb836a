"""Strategies load by id, from a file and from recorded text; what fails names its own line."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from weaver.marvin.parameters.validation import validate
from weaver.marvin.plugins.catalogue import BUILT_IN, Catalogue
from weaver.marvin.plugins.loader import from_class, from_source, load
from weaver.marvin.plugins.source import StrategySource
from weaver.marvin.strategies.sma_crossover import SmaCrossover
from weaver.marvin.strategy import Strategy
from weaver.model.errors import NotFound, StrategyError

HEAD = "from weaver import Field, Strategy\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("entry", Catalogue().entries(), ids=lambda entry: entry.id)
def test_every_shipped_strategy_loads_and_its_defaults_are_valid(entry) -> None:
    loaded = load(entry.id, Catalogue())
    assert loaded.id == entry.id
    assert loaded.source_hash == hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.source_hash
    assert set(validate(loaded.cls, {})) == set(entry.parameters)


def test_listed_defaults_are_those_of_the_class() -> None:
    for entry in Catalogue().entries():
        values = validate(load(entry.id, Catalogue()).cls, {})
        assert {name: facts["default"] for name, facts in entry.parameters.items()} == values


def test_file_with_one_strategy_needs_no_class_name(tmp_path: Path) -> None:
    path = write(tmp_path, "one.py", HEAD + "class One(Strategy):\n    n: int = 3\nclass _Two(Strategy): pass\n")
    loaded = load(str(path), Catalogue())
    assert (loaded.id, loaded.class_name, loaded.path) == ("one", "One", path)
    assert loaded.source == path.read_text()
    assert loaded.source_hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_class_is_named_after_a_colon(tmp_path: Path) -> None:
    path = write(tmp_path, "two.py", HEAD + "class One(Strategy): pass\nclass Two(One): pass\n")
    assert load(f"{path}:Two", Catalogue()).cls.__name__ == "Two"
    with pytest.raises(
        StrategyError, match=r"two.py has several strategies; name one, as in .*two.py:One \(it has One, Two\)"
    ):
        load(str(path), Catalogue())
    with pytest.raises(StrategyError, match=r"two.py has no strategy Three; it has One, Two"):
        load(f"{path}:Three", Catalogue())
    with pytest.raises(StrategyError, match=r"two.py: Field does not derive from weaver.Strategy"):
        load(f"{path}:Field", Catalogue())
    with pytest.raises(StrategyError, match=r"two.py has no strategy Strategy; it has One, Two"):
        load(f"{path}:Strategy", Catalogue())


def test_id_of_the_users_folder_loads(tmp_path: Path) -> None:
    write(tmp_path, "mine.py", HEAD + "class Mine(Strategy): pass\n")
    assert load("mine", Catalogue(tmp_path)).cls.__name__ == "Mine"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "class A(Strategy):\n    def on_bar(self, bar)\n        pass\n", r"a\.py line 3: expected ':'"),
        (HEAD + "x = 1\n", r"a\.py: no class in it derives from Strategy"),
        (HEAD + "x = 1 / 0\nclass A(Strategy): pass\n", r"^a\.py line 2: ZeroDivisionError: division by zero$"),
        (
            HEAD + "def f():\n    return {}['k']\nclass A(Strategy):\n    n: int = f()\n",
            r"^a\.py line 3, in f: KeyError: 'k'$",
        ),
        (
            "import nowhere_to_be_found\nclass A(Strategy): pass\n",
            r"^a\.py line 1: ModuleNotFoundError: No module named",
        ),
        ("class A(Strategy): pass\n", r"^a\.py line 1: NameError: name 'Strategy' is not defined$"),
        (
            HEAD + "from weaver.model.errors import InputError\nraise InputError('no key')\nclass A(Strategy): pass\n",
            r"^a\.py line 3: no key$",
        ),
        (HEAD + "import sys\nsys.exit(3)\nclass A(Strategy): pass\n", r"^a\.py line 3: SystemExit: 3$"),
        ("class Strategy: pass\nclass A(Strategy): pass\n", r"a\.py: A does not derive from weaver.Strategy"),
    ],
)
def test_file_that_fails_names_its_own_line(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, "a.py", text)
    before = set(sys.modules)
    with pytest.raises(StrategyError, match=says) as caught:
        load(str(path), Catalogue())
    assert "\n" not in str(caught.value)
    assert not {name for name in set(sys.modules) - before if name.startswith("weaver_strategy_")} or "derive" in says


def test_missing_file_and_folder_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"there is no strategy file .*absent\.py"):
        load(str(tmp_path / "absent.py"), Catalogue())
    with pytest.raises(NotFound, match=r"is a folder; name a file in it"):
        load(str(tmp_path), Catalogue())
    with pytest.raises(NotFound, match="did you mean sma-crossover"):
        load("sma-crosover", Catalogue())


def test_unreadable_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "sub.py" / "x.py"
    (tmp_path / "sub.py").write_text("")
    with pytest.raises(StrategyError, match=r"x\.py cannot be read: Not a directory"):
        load(str(path), Catalogue())


def test_modules_of_two_files_with_one_name_do_not_meet(tmp_path: Path) -> None:
    texts = [HEAD + f"VALUE = {n}\nclass Same(Strategy):\n    def value(self):\n        return VALUE\n" for n in (1, 2)]
    paths = []
    for n, text in enumerate(texts):
        (tmp_path / str(n)).mkdir()
        paths.append(write(tmp_path / str(n), "same.py", text))
    first, second = (load(str(path), Catalogue()).cls for path in paths)
    assert (first().value(), second().value()) == (1, 2)  # type: ignore[attr-defined]
    assert first.__module__ != second.__module__
    assert "same" not in sys.modules


def test_changed_file_is_loaded_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "a.py", HEAD + "class A(Strategy):\n    n: int = 1\n")
    first = load(str(path), Catalogue())
    write(tmp_path, "a.py", HEAD + "class A(Strategy):\n    n: int = 2\n")
    second = load(str(path), Catalogue())
    assert (validate(first.cls, {}), validate(second.cls, {})) == ({"n": 1}, {"n": 2})
    assert first.source_hash != second.source_hash


def test_failed_reload_leaves_the_first_module_in_place(tmp_path: Path) -> None:
    text = (
        HEAD + "import builtins\nif hasattr(builtins, 'weaver_test_fail'): raise ValueError\nclass A(Strategy): pass\n"
    )
    path = write(tmp_path, "a.py", text)
    first = load(str(path), Catalogue()).cls
    import builtins

    builtins.weaver_test_fail = True  # type: ignore[attr-defined]
    try:
        with pytest.raises(StrategyError, match=r"^a\.py line 3: ValueError$"):
            load(str(path), Catalogue())
    finally:
        del builtins.weaver_test_fail  # type: ignore[attr-defined]
    assert vars(sys.modules[first.__module__])["A"] is first


def test_dataclasses_and_postponed_annotations_work_in_a_strategy_file(tmp_path: Path) -> None:
    text = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n" + HEAD
        + "@dataclass\nclass Note:\n    text: str\nclass A(Strategy):\n    n: int = Field(3, ge=2)\n"
    )  # fmt: skip
    path = write(tmp_path, "a.py", text)
    assert validate(load(str(path), Catalogue()).cls, {"n": "4"}) == {"n": 4}


def test_recorded_text_loads_without_its_file() -> None:
    source = StrategySource(path=Path("gone/a.py"), text=HEAD + "class A(Strategy): pass\nclass B(Strategy): pass\n")
    loaded = from_source(source, "B")
    assert (loaded.class_name, loaded.source_hash) == ("B", source.hash)


def test_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode() + b"class A(Strategy): pass\r\n")
    loaded = load(str(path), Catalogue())
    assert loaded.source.startswith("from weaver") and loaded.source.endswith("\r\n")
    assert from_source(StrategySource(path=path, text=loaded.source), "A").source_hash == loaded.source_hash


def test_class_at_hand_brings_the_text_of_its_file() -> None:
    loaded = from_class(SmaCrossover)
    assert loaded.source == (BUILT_IN / "sma_crossover.py").read_text()
    assert (
        from_source(StrategySource(path=Path("x.py"), text=loaded.source), loaded.class_name).cls.__name__
        == "SmaCrossover"
    )


def test_loaded_class_brings_the_text_that_was_run_even_when_the_file_has_changed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.py", HEAD + "class A(Strategy): pass\n")
    loaded = load(str(path), Catalogue())
    path.write_text("something else")
    assert from_class(loaded.cls) == loaded


def test_nested_class_brings_its_imports_and_itself() -> None:
    class Inner(Strategy):
        n: int = 3

    loaded = from_class(Inner)
    assert "import subprocess\n" in loaded.source and "def test_" not in loaded.source
    assert validate(from_source(StrategySource(path=Path("x.py"), text=loaded.source)).cls, {}) == {"n": 3}


def test_class_of_a_notebook_brings_its_own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    made = type("Cell", (Strategy,), {"__module__": "__main__"})
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)  # as in a notebook's kernel
    monkeypatch.setattr("inspect.getsource", lambda _: "    class Cell(Strategy):\n        pass\n")
    assert from_class(made).source == "class Cell(Strategy):\n    pass\n"


def test_class_without_text_has_an_empty_source() -> None:
    made = type("Made", (Strategy,), {"__module__": "nowhere"})
    loaded = from_class(made)
    assert (loaded.id, loaded.source, loaded.path) == ("made", "", None)
    assert loaded.source_hash == hashlib.sha256(b"").hexdigest()


def test_class_of_a_script_can_be_loaded_again_without_running_the_script(tmp_path: Path) -> None:
    script = write(
        tmp_path,
        "script.py",
        "from weaver import Strategy\nfrom weaver.marvin.plugins.loader import from_class, from_source\n"
        "from weaver.marvin.plugins.source import StrategySource\n"
        "class A(Strategy):\n    n: int = 7\n"
        "loaded = from_class(A)\n"
        "again = from_source(StrategySource(path=loaded.path, text=loaded.source), 'A')\n"
        "print(again.cls.n)\n",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


def test_exit_of_its_own_kind_in_a_file_is_the_files_failure(tmp_path: Path) -> None:
    text = HEAD + "class Own(BaseException): pass\nclass One(Strategy): pass\nraise Own('no')\n"
    path = write(tmp_path, "one.py", text)
    modules = set(sys.modules)
    with pytest.raises(StrategyError, match=r"one.py line 4: Own: no$"):
        load(str(path), Catalogue())
    assert set(sys.modules) == modules


def test_interruption_while_a_file_loads_stays_one(tmp_path: Path) -> None:
    path = write(tmp_path, "one.py", HEAD + "class One(Strategy): pass\nraise KeyboardInterrupt\n")
    modules = set(sys.modules)
    with pytest.raises(KeyboardInterrupt):
        load(str(path), Catalogue())
    assert set(sys.modules) == modules
