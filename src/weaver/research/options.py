"""Options as somebody writes them in Python or JSON, read once into those of a plan."""

from collections.abc import Callable, Mapping
from typing import Any

from weaver.research.run import Options
from weaver.research.values import day, flag, parameters, text, whole

_READERS: Mapping[str, Callable[[object, str], Any]] = {
    "params": parameters, "start": day, "end": day, "warmup": whole, "shorting": flag, "close_at_end": flag,
    "seed": whole, "venue": text,
}  # fmt: skip
"""Cash, account, leverage, maintenance and costs are read by the model."""
_OPTIONAL = {"params", "start", "end", "warmup", "venue"}
"""None is as good as not given."""


def options_of(**given: Any) -> Options:
    """The options, each of the type that a run relies on. Raises InputError naming the one that is not."""
    left_out = {name for name in _OPTIONAL if given.get(name) is None}
    return Options(**{name: _read(name, value) for name, value in given.items() if name not in left_out})


def _read(name: str, value: object) -> Any:
    return _READERS[name](value, name) if name in _READERS else value
