"""A strategy's parameters: annotated class attributes with a value.

`fast: int = Field(10, ge=2)` and `fast: int = 10` are parameters; `spread: Series` (no value), `_cache: dict = {}`
(private) and a ClassVar are not. A subclass inherits them, and may give one another default (`fast = 20`) under the
same bounds.
"""

import inspect
from typing import Annotated, Any, ClassVar, get_origin

from weaver.marvin.strategy import Strategy
from weaver.model.errors import StrategyError


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
