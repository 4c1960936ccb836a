"""TA-Lib's compiled functions, loaded without the data frame libraries that its Python package would pull in.

`import talib` imports pandas and polars when they are installed (over a second), only to accept their series as
arguments. Weaver hands it numpy arrays, so it loads the package's compiled part, `talib._ta_lib`, alone: it stays
registered under its own name, and a later `import talib` elsewhere finds and shares it.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import InputError, NotFound

_EXTENSION = "talib._ta_lib"
_FRAME_LIBRARIES = ("pandas", "polars")


class Compute(Protocol):
    """One of TA-Lib's functions: float64 arrays of equal length in, one array or a tuple of them, as long, out."""

    def __call__(self, *arrays: NDArray[np.float64], **options: float) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TalibFunction:
    """What TA-Lib tells about a function."""

    name: str
    compute: Compute
    inputs: tuple[str, ...]
    """The columns that it reads by default, in order: open, high, low, close, volume; `periods` for MAVP's second."""
    options: Mapping[str, int | float]
    """Its options with their defaults; whole numbers have an int for a default."""
    outputs: tuple[str, ...]

    def check(self, label: str, options: Mapping[str, float]) -> None:
        """Raise InputError when TA-Lib refuses the options: it is asked with one bar."""
        one = np.ones(1)
        try:
            self.compute(*(one for _ in self.inputs), **options)
        except Exception as error:
            given = ", ".join(f"{name}={value!r}" for name, value in options.items())
            raise InputError(f"{label}: TA-Lib does not accept {given} (out of its range)") from error


@cache
def talib_function(name: str) -> TalibFunction:
    """The function of that name, in upper or lower case. Raises NotFound."""
    library = talib_library()
    upper = name.upper()
    if upper not in talib_names():
        raise NotFound(f"TA-Lib has no function {name!r}; its documentation lists them (for example ADX, SAR, CDLDOJI)")
    compute = getattr(library, upper)
    about = library.Function(upper, compute)
    inputs: list[str] = []
    for columns in about.input_names.values():
        inputs.extend([columns] if isinstance(columns, str) else columns)
    return TalibFunction(
        name=upper,
        compute=compute,
        inputs=tuple(inputs),
        options=dict(about.parameters),
        outputs=tuple(about.output_names),
    )


@cache
def talib_names() -> tuple[str, ...]:
    """All of TA-Lib's functions, in upper case."""
    return tuple(talib_library().__TA_FUNCTION_NAMES__)


@cache
def talib_library() -> ModuleType:
    """TA-Lib's compiled module, ready for use.

    Its memory is not handed back by `TA_Shutdown` at exit: the end of the process does that.
    """
    library = sys.modules.get(_EXTENSION) or _load_extension()
    if library is None:  # not the layout that we know: pay for the whole package
        import_module("talib")
        library = import_module(_EXTENSION)
    library._ta_initialize()  # what the package itself does on import; a second call changes nothing
    return library


def _load_extension() -> ModuleType | None:
    package = find_spec("talib")
    if package is None or not package.submodule_search_locations:
        return None
    spec = PathFinder.find_spec(_EXTENSION, list(package.submodule_search_locations))
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    sys.modules[_EXTENSION] = module
    try:
        with _hidden(*_FRAME_LIBRARIES):
            spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(_EXTENSION, None)
        raise
    return module


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Modules that are not loaded yet cannot be imported inside: to the importer they look like not installed."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type] # None is the import system's mark for this
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
