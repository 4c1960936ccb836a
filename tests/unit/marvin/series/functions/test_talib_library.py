"""TA-Lib's compiled part, loaded alone, is the same library as the package's."""

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace

import pytest

import weaver.marvin.series.functions.talib_library as ours
from weaver.marvin.series.functions.talib_library import talib_function, talib_library, talib_names
from weaver.model.errors import NotFound


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_indicators_load_without_pandas_and_polars() -> None:
    out = run(
        "import sys, numpy as np\n"
        "from weaver.marvin.series.functions.talib_library import talib_function\n"
        "import weaver.marvin.series.indicators\n"
        "print(talib_function('sma').compute(np.arange(5.0), timeperiod=2).tolist())\n"
        "print([name for name in ('pandas', 'polars', 'talib') if name in sys.modules])"
    )
    assert out.splitlines() == ["[nan, 0.5, 1.5, 2.5, 3.5]", "[]"]


def test_package_imported_later_shares_the_library_and_takes_data_frames() -> None:
    out = run(
        "import weaver.marvin.series.functions.talib_library as ours\n"
        "library = ours.talib_library()\n"
        "import pandas, sys, talib.abstract\n"
        "print(sys.modules['talib._ta_lib'] is library is talib.abstract._ta_lib)\n"
        "print(talib.SMA(pandas.Series([1.0, 2.0, 3.0]), 2).tolist())"
    )
    assert out.splitlines() == ["True", "[nan, 1.5, 2.5]"]


def test_package_imported_before_is_shared() -> None:
    assert run(
        "import talib, sys\nimport weaver.marvin.series.functions.talib_library as ours\n"
        "print(ours.talib_library().SMA)"
    )


def test_unknown_layout_falls_back_to_the_package() -> None:
    out = run(
        "import weaver.marvin.series.functions.talib_library as ours, sys\n"
        "ours._load_extension = lambda: None\n"
        "print(ours.talib_library().__name__, 'talib' in sys.modules)"
    )
    assert out == "talib._ta_lib True"


def test_missing_package_is_not_found_by_the_extension_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "find_spec", lambda _: None)
    assert ours._load_extension() is None


def test_package_without_the_extension_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_EXTENSION", "talib._no_such_part")
    assert ours._load_extension() is None


class Loader:
    """Runs `action` as the module's code."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: object) -> None:
        self.action()


def finder(action: Callable[[], None]) -> object:
    return SimpleNamespace(find_spec=lambda name, _path: ModuleSpec(name, Loader(action)))  # type: ignore[arg-type]


def fail() -> None:
    raise ImportError("undefined symbol")


def import_hidden() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_module("hidden_library")


def test_failing_extension_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_EXTENSION", "talib._broken")
    monkeypatch.setattr(ours, "PathFinder", finder(fail))
    with pytest.raises(ImportError, match="undefined symbol"):
        ours._load_extension()
    assert "talib._broken" not in sys.modules


def test_libraries_are_hidden_only_while_the_extension_loads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hidden_library.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(ours, "_FRAME_LIBRARIES", ("hidden_library",))
    monkeypatch.setattr(ours, "_EXTENSION", "talib._fine")
    monkeypatch.setattr(ours, "PathFinder", finder(import_hidden))
    monkeypatch.setitem(sys.modules, "talib._fine", None)  # type: ignore[arg-type] # taken back after the test
    assert ours._load_extension() is sys.modules["talib._fine"]
    assert import_module("hidden_library")
    del sys.modules["hidden_library"]


def test_whole_package_is_imported_when_its_layout_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    extension = SimpleNamespace(_ta_initialize=lambda: asked.append("initialise"))

    def import_module(name: str) -> object:
        asked.append(name)
        return extension

    monkeypatch.setattr(ours, "_EXTENSION", "talib._absent")
    monkeypatch.setattr(ours, "_load_extension", lambda: None)
    monkeypatch.setattr(ours, "import_module", import_module)
    assert talib_library.__wrapped__() is extension
    assert asked == ["talib", "talib._absent", "initialise"]


def test_names_and_facts_are_those_of_the_package() -> None:
    import talib
    from talib import abstract

    assert set(talib_names()) == set(talib.get_functions())
    for name in talib_names():
        about = abstract.Function(name).info
        function = talib_function(name.lower())
        assert dict(function.options) == dict(about["parameters"])
        assert list(function.outputs) == list(about["output_names"])
    assert talib_library() is sys.modules["talib._ta_lib"]


def test_unknown_function_is_named() -> None:
    with pytest.raises(NotFound, match="TA-Lib has no function 'SMAA'"):
        talib_function("SMAA")


def test_defaults_of_every_function_are_accepted() -> None:
    for name in talib_names():
        function = talib_function(name)
        function.check(name, function.options)
