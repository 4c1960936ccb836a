"""A strategy's parameters as a pydantic model: values validated and converted, bounds described as JSON Schema."""

import inspect
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_origin
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

from weaver.marvin.parameters.declared import declared
from weaver.marvin.strategy import Strategy
from weaver.model.errors import InputError, StrategyError

_LISTS = (list, tuple, set, frozenset)
_models: WeakKeyDictionary[type[Strategy], type[BaseModel]] = WeakKeyDictionary()
"""Making a model takes longer than many a backtest."""
_CONFIG = ConfigDict(extra="forbid", validate_default=True, allow_inf_nan=False, protected_namespaces=())


def parameters_model(strategy: type[Strategy]) -> type[BaseModel]:
    """The pydantic model of a strategy's parameters. Raises StrategyError on a declaration that makes no sense."""
    model = _models.get(strategy)
    if model is None:
        model = _models[strategy] = _model(strategy)
    return model


def _model(strategy: type[Strategy]) -> type[BaseModel]:
    fields: dict[str, Any] = dict(declared(strategy))
    about = inspect.cleandoc(strategy.__doc__ or "")
    try:
        with warnings.catch_warnings():  # BaseModel has attributes such as `copy`, which a parameter may be called too
            warnings.filterwarnings("ignore", message=r"Field name .* shadows an attribute", category=UserWarning)
            return create_model(strategy.__name__, __config__=_CONFIG, __doc__=about, **fields)
    except (PydanticUserError, TypeError) as error:
        text = str(error).splitlines()[0]
        raise StrategyError(f"{strategy.__name__}: its parameters cannot be understood: {text}") from error


def validated(strategy: type[Strategy], given: Mapping[str, object]) -> dict[str, Any]:
    """See `validation.validate`."""
    model = parameters_model(strategy)
    known = model.model_fields
    for name in given:
        if name not in known:
            raise InputError(_unknown(strategy, name, list(known)))
    values = {name: _split(known[name], value) for name, value in given.items()}
    try:
        instance = model.model_validate(values)
    except ValidationError as error:
        raise InputError("; ".join(_problem(detail) for detail in error.errors())) from error
    return {name: instance.__dict__[name] for name in known}


def _split(field: FieldInfo, value: object) -> object:
    """Text for a list, as a command line gives it."""
    if isinstance(value, str) and (get_origin(field.annotation) or field.annotation) in _LISTS:
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _unknown(strategy: type[Strategy], name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    listing = f"it has {', '.join(known)}" if known else "it has none"
    return f"{strategy.__name__} has no parameter {name!r}; {listing}{hint}"


def _problem(detail: ErrorDetails) -> str:
    """`fast=1: must be ≥ 2`."""
    name = ".".join(str(part) for part in detail["loc"])
    given = detail["input"]
    if detail["type"] == "missing":
        return f"{name}: a value is required"
    return f"{name}={given if given is not PydanticUndefined else ''}: {_rule(detail)}"


_RULES = {
    "greater_than_equal": "must be ≥ {ge}",
    "greater_than": "must be > {gt}",
    "less_than_equal": "must be ≤ {le}",
    "less_than": "must be < {lt}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "finite_number": "must be a finite number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "decimal_parsing": "must be a number",
    "decimal_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}


def _rule(detail: ErrorDetails) -> str:
    rule = _RULES.get(detail["type"])
    if rule is None:
        text = detail["msg"]
        return " ".join(f"{text[:1].lower()}{text[1:]}".split())
    return rule.format(**detail.get("ctx", {}))
