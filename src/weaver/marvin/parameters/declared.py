"""A strategy's parameters: annotated class attributes with a value.

`fast: int = Field(10, ge=2)` and `fast: int = 10` are parameters; `spread: Series` (no value), `_cache: dict = {}`
(private) and a ClassVar are not. A subclass inherits them, and may give one another default (`fast = 20`) under the
same bounds.
"""

import inspect
import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, get_origin

from weaver.marvin.strategy import Strategy
from weaver.model.errors import StrategyError

_PLAIN = (bool, int, float, str)


def validate(strategy: type[Strategy], given: Mapping[str, object]) -> dict[str, Any]:
    """All parameters with their values, defaults filled in; text is converted (`{"fast": "12"}`, lists by commas).

    Raises InputError, in one line, on an unknown name or a value that is not allowed.
    """
    plain = None if given else _plain_defaults(strategy)
    if plain is not None:
        return plain
    from weaver.marvin.parameters.model import validated  # brings pydantic, a tenth of a second

    return validated(strategy, given)


def json_schema(strategy: type[Strategy]) -> dict[str, Any]:
    """The parameters as JSON Schema: title, description, defaults, bounds and choices, in the order of declaration."""
    from weaver.marvin.parameters.model import parameters_model

    return parameters_model(strategy).model_json_schema()


def _plain_defaults(strategy: type[Strategy]) -> dict[str, Any] | None:
    """The defaults, where each is a number, a text or a truth value just as it is annotated: nothing to validate."""
    found = {}
    for name, (annotation, value) in declared(strategy).items():
        if annotation not in _PLAIN or type(value) is not annotation:
            return None
        if isinstance(value, float) and not math.isfinite(value):
            return None
        found[name] = value
    return found


def declared(strategy: type[Strategy]) -> dict[str, tuple[Any, Any]]:
    """Name → (annotation, value or Field), base classes first. Raises StrategyError where that makes no sense."""
    found: dict[str, tuple[Any, Any]] = {}
    for cls in reversed(strategy.__mro__):
        if issubclass(Strategy, cls):  # Strategy itself, and object
            continue
        annotations = _annotations(cls)
        for name, annotation in annotations.items():
            if name in vars(cls) and not name.startswith("_") and not _is_class_variable(annotation):
                found[name] = (annotation, vars(cls)[name])
        for name, value in vars(cls).items():
            if name in annotations:
                continue
            if name in found:
                found[name] = _overridden(found[name], value)
            elif _is_field(value):
                raise StrategyError(f"{cls.__name__}: {name} = Field(…) needs a type, such as {name}: int = Field(…)")
    for name in found:
        if hasattr(Strategy, name):
            raise StrategyError(f"{strategy.__name__}: parameter {name!r} would hide Strategy.{name}; rename it")
    return found


def _annotations(cls: type) -> dict[str, Any]:
    try:
        return inspect.get_annotations(cls, eval_str=True)
    except Exception as error:  # the user's own expression, which may raise anything
        raise StrategyError(f"{cls.__name__}: an annotation cannot be evaluated: {error}") from error


def _is_class_variable(annotation: object) -> bool:
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def _overridden(inherited: tuple[Any, Any], value: object) -> tuple[Any, Any]:
    """A new default for an inherited parameter, or a new Field."""
    annotation, before = inherited
    if _is_field(before) and not _is_field(value):
        return Annotated[annotation, before], value
    return annotation, value


def _is_field(value: object) -> bool:
    """Whether it is a pydantic `Field(…)`, without loading pydantic to find out."""
    return type(value).__module__ == "pydantic.fields"
