"""TA-Lib's compiled part, loaded alone, is the same library as the package's."""

import subprocess
import sys
from importlib.machinery import ModuleSpec

import pytest

from weaver.marvin.talib_library import talib_function, talib_library, talib_names
from weaver.model.errors import NotFound


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_indicators_load_without_pandas_and_polars() -> None:
    out = run(
        "import sys, numpy as np\n"
        "from weaver.marvin.talib_library import talib_function\n"
        "import weaver.marvin.indicators\n"
        "print(talib_function('sma').compute(np.arange(5.0), timeperiod=2).tolist())\n"
        "print([name for name in ('pandas', 'polars', 'talib') if name in sys.modules])"
    )
    assert out.splitlines() == ["[nan, 0.5, 1.5, 2.5, 3.5]", "[]"]


def test_package_imported_later_shares_the_library_and_takes_data_frames() -> None:
    out = run(
        "import weaver.marvin.talib_library as ours\n"
        "library = ours.talib_library()\n"
        "import pandas, sys, talib.abstract\n"
        "print(sys.modules['talib._ta_lib'] is library is talib.abstract._ta_lib)\n"
        "print(talib.SMA(pandas.Series([1.0, 2.0, 3.0]), 2).tolist())"
    )
    assert out.splitlines() == ["True", "[nan, 1.5, 2.5]"]


def test_package_imported_before_is_shared() -> None:
    assert run("import talib, sys\nimport weaver.marvin.talib_library as ours\nprint(ours.talib_library().SMA)")


def test_unknown_layout_falls_back_to_the_package() -> None:
    out = run(
        "import weaver.marvin.talib_library as ours, sys\n"
        "ours._load_extension = lambda: None\n"
        "print(ours.talib_library().__name__, 'talib' in sys.modules)"
    )
    assert out == "talib._ta_lib True"


def test_missing_package_is_not_found_by_the_extension_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    import weaver.marvin.talib_library as ours

    monkeypatch.setattr(ours, "find_spec", lambda _: None)
    assert ours._load_extension() is None


def test_package_without_the_extension_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import weaver.marvin.talib_library as ours

    monkeypatch.setattr(ours, "_EXTENSION", "talib._no_such_part")
    assert ours._load_extension() is None


class BrokenLoader:
    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: object) -> None:
        raise ImportError("undefined symbol")


class BrokenFinder:
    @staticmethod
    def find_spec(name: str, _path: list[str]) -> ModuleSpec:
        return ModuleSpec(name, BrokenLoader())  # type: ignore[arg-type]


def test_failing_extension_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    import weaver.marvin.talib_library as ours

    monkeypatch.setattr(ours, "_EXTENSION", "talib._broken")
    monkeypatch.setattr(ours, "PathFinder", BrokenFinder)
    with pytest.raises(ImportError, match="undefined symbol"):
        ours._load_extension()
    assert "talib._broken" not in sys.modules


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
